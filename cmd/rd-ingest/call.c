#include "ingest.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "json.h"
#include "log.h"
#include "setup.h"

#define FIRST_STREAM_US (60 * SECOND)
#define LAST_STREAM_US (5 * SECOND) /* for a stream that comes when the call is over already: to send Twilio on */
#define LAST_CLOSE_US (2 * SECOND)

/* --- saying where the call stands */

static void tell_state(struct ingest *in, const char *reason)
{
	static const char *const names[] = { "ringing", "talking", "waiting", "ending" };
	char *text = json_print(json_make("do:s state:s reason:s?", "state", names[in->state], reason));

	if (text)
		(void)stage_line_send(&in->stage, text, -1); /* no line by hand; lost it costs a line of status */
	free(text);
}

void call_state(struct ingest *in, enum ingest_state state)
{
	if (in->state == state && state != INGEST_RINGING)
		return;
	in->state = state;
	tell_state(in, NULL);
}

static void log_counters(const struct ingest *in)
{
	const struct playout_counts *p = &in->playout.counts;

	log_info("counters up=%lu holes=%lu filled_ms=%llu down_ms=%llu down=%lu marks=%lu echoes=%lu old=%lu lost=%lu "
		 "clears=%lu dry=%lu late=%lu full=%lu unplayable=%lu unneeded=%lu bad=%lu early=%lu foreign=%lu "
		 "binary=%lu "
		 "unknown=%lu unsent=%lu",
		 in->spoken.counts.messages, in->spoken.counts.holes, (unsigned long long)in->spoken.counts.filled_ms,
		 (unsigned long long)p->sent_bytes / PLAYED_BYTES_PER_MS, p->messages, p->marks, p->echoes,
		 p->old_echoes, p->lost_marks, p->clears, p->dry, p->late_frames, p->full, in->unplayable, in->unneeded,
		 in->counts.bad, in->counts.early, in->counts.foreign, in->counts.binary, in->counts.unknown,
		 in->counts.unsent);
}

/* --- the end */

static void end_now(struct ingest *in)
{
	timer_stop(&in->stage.loop, &in->wait);
	stage_end(&in->stage, 0);
}

static void on_end_limit(void *ctx)
{
	end_now(ctx);
}

static void set_wait(struct ingest *in, const char *name, void (*on)(void *ctx), uint64_t us)
{
	timer_stop(&in->stage.loop, &in->wait);
	in->wait = (struct timer){ .name = name, .on = on, .ctx = in };
	timer_after(&in->stage.loop, &in->wait, us);
}

void call_over(struct ingest *in, const char *reason, const char *text, bool linger)
{
	if (in->state == INGEST_ENDING)
		return;
	playout_end(&in->playout, clock_us());
	spoken_end(&in->spoken);
	ring_say_heard(in);
	in->state = INGEST_ENDING;
	tell_state(in, reason);
	(void)stage_say(&in->stage, EVENT_CALL_END, "reason:s text:s?", reason, text);
	log_info("ended reason=%s seconds=%llu streams=%u", reason,
		 (unsigned long long)((clock_us() - in->began_us) / SECOND), in->streams);
	timer_stop(&in->stage.loop, &in->clock);
	if (in->stream) {
		stream_close(in->stream, 1000, NULL);
		set_wait(in, "end", on_end_limit, LAST_CLOSE_US);
	} else if (linger) {
		set_wait(in, "end", on_end_limit, LAST_STREAM_US);
	} else {
		end_now(in);
	}
}

static void on_no_stream(void *ctx)
{
	struct ingest *in = ctx;

	log_warn("no stream came in time");
	call_over(in, "failed", NULL, false);
}

/* --- the clock */

void call_run(struct ingest *in)
{
	uint64_t now_us = clock_us(), due_us, errand_us;
	bool alive = in->stream && now_us < in->stream->last_us + INGEST_ALIVE_US;

	if (in->state == INGEST_ENDING)
		return;
	due_us = playout_run(&in->playout, alive, now_us);
	ring_say_heard(in);
	errand_us = next_run(in, now_us);
	if (errand_us && (!due_us || errand_us < due_us))
		due_us = errand_us;
	if (in->state == INGEST_ENDING || !due_us)
		timer_stop(&in->stage.loop, &in->clock);
	else if (!in->clock.set || in->clock.at_us != due_us)
		timer_set(&in->stage.loop, &in->clock, due_us);
}

static void on_clock(void *ctx)
{
	call_run(ctx);
}

void call_await(struct ingest *in, long more_s)
{
	long limit_s = conf_number(in->stage.conf, "limits", NULL, "resume-seconds") + more_s;

	in->away_us = clock_us();
	call_state(in, INGEST_WAITING);
	set_wait(in, "resume", on_no_stream, (uint64_t)limit_s * SECOND);
}

void call_leave(struct ingest *in, const struct errand *o)
{
	playout_break(&in->playout, clock_us(), clock_us());
	spoken_end(&in->spoken);
	stream_close(in->stream, 1000, NULL);
	in->stream = NULL;
	call_await(in, errand_away_s(o));
}

/* --- the line */

/* The end that was ordered: at once, with what Twilio is to say or do then. */
static void on_order_to_end(struct ingest *in, const struct cJSON *message)
{
	static const char *const reasons[] = { "caller", "operator", "limit", "idle", "failed", "drain", "transfer" };
	struct errand o = { .verb = ERRAND_HANGUP };
	const char *say = json_text(message, "say"), *reason = json_text(message, "reason"), *known = "operator";

	for (size_t i = 0; reason && i < sizeof reasons / sizeof reasons[0]; i++)
		if (strcmp(reason, reasons[i]) == 0)
			known = reasons[i];
	if (say && *say) {
		o.verb = ERRAND_SAY;
		snprintf(o.text, sizeof o.text, "%s", say);
	}
	if (in->state == INGEST_ENDING)
		return;
	playout_pause(&in->playout, true, clock_us());
	next_disarm(in, "the call is ended");
	if (strcmp(known, "transfer") == 0 || strcmp(known, "caller") == 0) { /* Twilio said so: it asks no more */
		call_over(in, known, NULL, false);
		return;
	}
	(void)next_write(in, &o); /* said in the log; Twilio then gets a new stream, which finds the call ended */
	in->errand = o;
	call_over(in, known, say, true);
}

/* Another agent has the call: who asks for call.setup from now on is one of its stages. */
static void on_agent(struct ingest *in, const char *agent)
{
	struct cJSON *name = agent && in->setup ? cJSON_CreateString(agent) : NULL;

	if (name && !cJSON_ReplaceItemInObjectCaseSensitive(in->setup, "agent", name))
		cJSON_Delete(name);
}

void call_on_line(struct stage *s, const struct cJSON *message, const void *bytes, size_t n, int fd)
{
	struct ingest *in = s->self;
	const char *what = json_text(message, "do");
	double step = json_number(message, "step", -1);

	if (what && strcmp(what, "stream") == 0 && fd >= 0 && step >= 0 && step < 1e6) {
		talk_take(in, fd, bytes, n, (unsigned)step);
		return;
	}
	if (fd >= 0)
		close(fd);
	if (what && strcmp(what, "end") == 0)
		on_order_to_end(in, message);
	else if (what && strcmp(what, "agent") == 0)
		on_agent(in, json_text(message, "agent"));
	else
		log_debug("ignored on the line: %s", what ? what : "no order");
}

/* End of input, SIGTERM, no supervisor: the call itself is not over. `next` is not written, so Twilio comes back to
 * whoever goes on with it; 111 says that somebody should. */
void call_on_end(struct stage *s)
{
	struct ingest *in = s->self;

	if (in->state == INGEST_ENDING) {
		stage_end(s, 0);
		return;
	}
	playout_break(&in->playout, clock_us(), clock_us());
	if (in->stream)
		stream_close(in->stream, 1001, NULL);
	in->stream = NULL;
	stage_end(s, s->in_ring ? 111 : 0);
}

/* --- open and close */

static int send_media(void *ctx, const uint8_t *audio, size_t n)
{
	struct ingest *in = ctx;

	return in->stream ? stream_media(in->stream, audio, n) : -1;
}

static int send_mark(void *ctx, const char *name)
{
	struct ingest *in = ctx;

	return in->stream ? stream_mark(in->stream, name) : -1;
}

static int send_clear(void *ctx)
{
	struct ingest *in = ctx;

	return in->stream ? stream_clear(in->stream) : -1;
}

static const struct playout_calls playout_calls = { .media = send_media, .mark = send_mark, .clear = send_clear };

static void open_door(struct ingest *in)
{
	int port;

	in->door.on_come = talk_on_come;
	in->door.ctx = in;
	port = door_open(&in->door, &in->stage.loop, in->options.listen);
	if (port < 0 && errno == EINVAL)
		log_die(100, "--listen %s: ADDRESS:PORT expected, numbers only", in->options.listen);
	if (port < 0)
		log_die(111, "cannot bind %s: %s", in->options.listen, strerror(errno));
	log_info("listening on %.*s:%d", (int)(strrchr(in->options.listen, ':') - in->options.listen),
		 in->options.listen, port);
}

void call_open(struct ingest *in)
{
	struct stage *s = &in->stage;
	char error[512];
	const char *why;
	int found;

	in->began_us = clock_us();
	in->listening = true; /* until an assistant says otherwise */
	in->spoken = (struct spoken){ .on_audio = ring_on_voice, .ctx = in };
	in->clock = (struct timer){ .name = "media clock", .on = on_clock, .ctx = in };
	in->watch = (struct timer){ .name = "line", .on = talk_on_watch, .ctx = in };
	if (s->dir && !(in->setup = setup_read(s->dir, error, sizeof error)))
		log_die(100, "%s", error);
	if (s->call)
		snprintf(in->call, sizeof in->call, "%s", s->call);
	found = playout_open(&in->playout, s->dir, (unsigned)in->options.lead_ms, &playout_calls, in, &why);
	if (found < 0)
		log_die(111, "cannot open the play-out queue: %s", strerror(errno));
	if (why)
		log_warn("cannot use %s/unheard: %s", s->dir, why);
	if (found && s->life == 0)
		unheard_orphan(&in->playout.queue);
	if (in->options.listen)
		open_door(in);
}

/* A predecessor was killed in mid-call: its stream died with it, its errand is still to be done. */
static void go_on(struct ingest *in)
{
	uint32_t awaited = unheard_fact(&in->playout.queue, UNHEARD_AWAITED);
	const char *text = unheard_errand(&in->playout.queue);
	struct cJSON *next = text ? json_parse(text, strlen(text)) : NULL;

	if (awaited)
		call_await(in, errand_away_most_s((enum errand_verb)awaited));
	else
		talk_lose(in, "the carrier stage was started again", clock_us());
	if (next)
		next_arm(in, next);
	cJSON_Delete(next);
}

void call_begin(struct ingest *in)
{
	ring_say_setup(&in->stage);
	if (unheard_fact(&in->playout.queue, UNHEARD_STARTED)) {
		go_on(in);
	} else {
		call_state(in, INGEST_RINGING);
		if (!in->options.listen)
			set_wait(in, "stream", on_no_stream, FIRST_STREAM_US);
	}
}

void call_close(struct ingest *in)
{
	log_counters(in);
	door_close(&in->door);
	playout_close(&in->playout);
	cJSON_Delete(in->setup);
}
