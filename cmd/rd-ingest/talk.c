#include "ingest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "setup.h"

#define ASK_US (5 * SECOND)
#define IDLE_WARN_US (10 * SECOND)
#define IDLE_LOST_US (30 * SECOND)

static void count_stream(struct ingest *in, const struct stream *t)
{
	in->counts.early += t->counts.early;
	in->counts.foreign += t->counts.foreign;
	in->counts.binary += t->counts.binary;
	in->counts.bad += t->counts.bad;
	in->counts.unknown += t->counts.unknown;
	in->counts.unsent += t->counts.unsent;
}

void talk_lose(struct ingest *in, const char *why, uint64_t alive_us)
{
	struct event_heard list[PLAYOUT_ITEMS];
	uint64_t now_us = clock_us();

	playout_break(&in->playout, now_us < alive_us + INGEST_ALIVE_US ? now_us : alive_us, now_us);
	spoken_end(&in->spoken);
	in->lost_heard_ms = unheard_items(&in->playout.queue, list, PLAYOUT_ITEMS, NULL, NULL) ? list[0].heard_ms : 0;
	snprintf(in->lost_why, sizeof in->lost_why, "%s", why);
	in->stream = NULL;
	log_warn("stream lost heard_ms=%ld: %s", in->lost_heard_ms, why);
	ring_say_lost(&in->stage);
	if (in->options.listen) {
		call_over(in, "failed", NULL, false); /* nobody sends Twilio back to us */
		return;
	}
	call_await(in, 0);
	call_run(in);
}

/* Nothing at all from Twilio: perhaps it sends no silence, then it still answers a mark; perhaps nobody is there. */
static void check_life(struct ingest *in, uint64_t now_us)
{
	uint64_t idle_us = in->stream ? now_us - in->stream->last_us : 0;
	struct stream *dead = in->stream;

	if (idle_us < IDLE_WARN_US)
		in->warned_idle = false;
	if (idle_us >= IDLE_LOST_US) {
		talk_lose(in, "nothing came for 30 s", dead->last_us);
		stream_close(dead, 1001, NULL);
	} else if (idle_us >= IDLE_WARN_US && !in->warned_idle) {
		log_warn("nothing comes from Twilio idle_ms=%llu", (unsigned long long)(idle_us / MS));
		in->warned_idle = true;
	} else if (idle_us >= ASK_US) {
		playout_ask(&in->playout, now_us);
	}
}

void talk_on_watch(void *ctx)
{
	struct ingest *in = ctx;
	uint64_t now_us = clock_us(), due_us;

	if (in->state != INGEST_TALKING)
		return;
	due_us = spoken_run(&in->spoken, now_us);
	check_life(in, now_us);
	if (due_us && in->state == INGEST_TALKING)
		timer_set(&in->stage.loop, &in->watch, due_us);
}

/* What the stream comes after: an errand of ours, a loss, or nothing. */
static const char *came_after(struct ingest *in)
{
	uint32_t awaited = unheard_fact(&in->playout.queue, UNHEARD_AWAITED);

	if (awaited == ERRAND_PRESS || awaited == ERRAND_TRANSFER)
		return errand_verb_name((enum errand_verb)awaited);
	return unheard_fact(&in->playout.queue, UNHEARD_STARTED) ? "lost" : "no";
}

/* --listen without a call folder: the call is whoever comes. */
static void know_call(struct ingest *in, const char *call)
{
	if (in->setup)
		return;
	snprintf(in->call, sizeof in->call, "%s", call);
	if (!in->stage.call)
		log_open(in->stage.program->name, in->call);
	in->setup = setup_make(in->call, in->options.from, in->options.to, in->stage.agent);
	ring_say_setup(&in->stage);
}

static void begin_talking(struct ingest *in, const struct stream *t)
{
	uint64_t now_us = clock_us(), rest_ms = unheard_bytes(&in->playout.queue) / PLAYED_BYTES_PER_MS;
	uint64_t away_ms = in->away_us ? (now_us - in->away_us) / MS : 0;

	in->resumed = came_after(in);
	in->lost_why[0] = 0;
	in->away_us = 0;
	unheard_set(&in->playout.queue, UNHEARD_STARTED, 1);
	unheard_set(&in->playout.queue, UNHEARD_AWAITED, ERRAND_NONE);
	timer_stop(&in->stage.loop, &in->wait);
	playout_begin(&in->playout, now_us);
	spoken_begin(&in->spoken, now_us);
	call_state(in, INGEST_TALKING);
	timer_set(&in->stage.loop, &in->watch, spoken_run(&in->spoken, now_us));
	log_info("stream opened stream=%s step=%u resumed=%s away_ms=%llu unheard_ms=%llu", t->sid, t->step,
		 in->resumed, (unsigned long long)away_ms, (unsigned long long)rest_ms);
	call_run(in); /* the greeting waits: it goes first */
	ring_say_start(&in->stage);
}

static bool on_start(void *ctx, struct stream *t, const struct twilio_message *m)
{
	struct ingest *in = ctx;
	char ours[16], theirs[16];

	if (t != in->stream)
		return false;
	if (!in->options.listen && strcmp(m->call, in->call) != 0) {
		log_error("cannot take the stream: it belongs to %s, not to %s", log_short_call(m->call, theirs),
			  log_short_call(in->call, ours));
		return false;
	}
	in->streams++;
	if (in->state == INGEST_ENDING) { /* it is only to be sent on, and its `next` has a step of its own */
		(void)next_write(in, &in->errand);
		stream_close(t, 1000, NULL);
		return true;
	}
	know_call(in, m->call);
	door_close(&in->door);
	begin_talking(in, t);
	return true;
}

static void on_message(void *ctx, struct stream *t, struct twilio_message *m)
{
	struct ingest *in = ctx;

	if (t != in->stream || in->state != INGEST_TALKING)
		return;
	switch (m->kind) {
	case TWILIO_MEDIA:
		spoken_media(&in->spoken, m->timestamp_ms, m->audio, m->n, clock_us());
		playout_note(&in->playout, clock_us());
		break;
	case TWILIO_MARK:
		playout_echo(&in->playout, m->mark, clock_us());
		call_run(in);
		break;
	case TWILIO_DTMF: ring_say_key(in, m->digit); break;
	default: /* stop */
		t->phase = STREAM_STOPPED;
		call_over(in, "caller", NULL, false);
		break;
	}
}

static void on_gone(void *ctx, struct stream *t, const char *why)
{
	struct ingest *in = ctx;
	bool started = *t->sid != 0;

	count_stream(in, t);
	if (t != in->stream)
		return;
	in->stream = NULL;
	if (in->state == INGEST_ENDING)
		stage_end(&in->stage, 0);
	else if (started && in->state == INGEST_TALKING)
		talk_lose(in, why, t->last_us);
	else
		log_warn("connection ended before its start message: %s", why);
}

static const struct stream_calls stream_calls = { .on_start = on_start, .on_message = on_message, .on_gone = on_gone };

void talk_take(struct ingest *in, int fd, const void *bytes, size_t n, unsigned step)
{
	struct stream *old = in->stream;
	struct stream *t;

	if (step < unheard_fact(&in->playout.queue, UNHEARD_STEP)) {
		log_warn("refused a second stream step=%u", step);
		close(fd);
		return;
	}
	t = stream_adopt(&in->stage.loop, fd, bytes, n, step, &stream_calls, in);
	if (!t) {
		log_error("cannot take the connection: %s", strerror(errno));
		return;
	}
	unheard_set(&in->playout.queue, UNHEARD_STEP, step + 1);
	if (old && in->state == INGEST_TALKING)
		talk_lose(in, "another stream came", old->last_us);
	if (old)
		stream_close(old, 1000, NULL);
	in->stream = t;
}

void talk_on_come(void *ctx, int fd)
{
	struct ingest *in = ctx;

	if (in->stream || in->state == INGEST_ENDING)
		close(fd); /* one at a time */
	else
		talk_take(in, fd, NULL, 0, unheard_fact(&in->playout.queue, UNHEARD_STEP));
}
