#include "talk.h"

#include <stdio.h>

#include "clock.h"
#include "json.h"

#define TICK_US (20 * MS)
#define CATCH_UP 50 /* frames at once, after we were held up; beyond it the line has lost them */
#define HELD_UP 3   /* frames; a machine that is busy elsewhere, not a timer's inaccuracy */
#define CLEAR_LATE_US (3 * SECOND)

static void on_tick(void *ctx);

/* --- the line's clock */

static double pace(const struct talk *t)
{
	return 1 + t->line->drift_ppm / 1e6;
}

uint64_t talk_now_us(const struct talk *t)
{
	uint64_t now_us = clock_us();

	return now_us <= t->begun_us ? now_us : t->begun_us + (uint64_t)((double)(now_us - t->begun_us) * pace(t));
}

/* When it is so late on the line. */
static uint64_t true_us(const struct talk *t, uint64_t line_us)
{
	return line_us <= t->begun_us ? line_us : t->begun_us + (uint64_t)((double)(line_us - t->begun_us) / pace(t));
}

/* --- what is heard */

static void on_heard(void *ctx, const uint8_t *mulaw, size_t n, uint64_t at_us)
{
	struct talk *t = ctx;

	t->summary->heard_bytes += n;
	transit_played(&t->transit, mulaw, n, at_us);
	tape_heard(&t->tape, mulaw, n);
	handset_heard(&t->handset, mulaw, n);
	if (!ear_hear(&t->heard, mulaw, n, at_us))
		return;
	if (!t->summary->first_audio_us)
		t->summary->first_audio_us = t->heard.begun_us;
	if (t->asked && t->heard.begun_us > t->mouth.sound_us) {
		double ms = (double)((t->heard.begun_us - t->mouth.sound_us) / MS);

		summary_number(t->summary, "answer_ms", ms);
		progress_line(t->progress, "assistant", "begins to speak, %.0f ms after the caller", ms);
		t->asked = false;
	} else {
		progress_line(t->progress, "assistant", "begins to speak");
	}
}

static void on_mark_reached(void *ctx, const char *name)
{
	struct talk *t = ctx;

	t->summary->marks++;
	latemarks_add(&t->latemarks, name);
}

static void on_mark_back(void *ctx, const char *name)
{
	struct talk *t = ctx;

	stream_mark(&t->stream, name);
}

static const struct playout_calls playout_calls = { on_heard, on_mark_reached };

/* Wakes up for the next mark, so that it goes back when it is reached and not up to 20 ms later. */
static void set_mark_timer(struct talk *t)
{
	uint64_t due = playout_due(&t->playout);

	if (due)
		timer_set(t->loop, &t->mark, true_us(t, due));
	else
		timer_stop(t->loop, &t->mark);
}

/* A timer of ours has run that was due then. */
static void note_lateness(struct talk *t, struct lateness *l, uint64_t due_us)
{
	uint64_t now_us = clock_us();

	lateness_add(l, due_us, now_us);
	plays_late(&t->plays, due_us, now_us);
}

static void on_mark_due(void *ctx)
{
	struct talk *t = ctx;

	note_lateness(t, &t->mark_late, t->mark.at_us);
	playout_advance(&t->playout, talk_now_us(t));
	set_mark_timer(t);
}

/* --- the stream */

static void on_open(void *ctx)
{
	struct talk *t = ctx;

	t->summary->streams++;
	progress_line(t->progress, "stream", "%u is open", t->summary->streams);
	talk_begin(t);
	caller_line(&t->caller, true, talk_now_us(t));
	mishap_begin(&t->mishap);
	t->on_stream_open(t->ctx);
}

static void on_audio(void *ctx, const uint8_t *mulaw, size_t n)
{
	struct talk *t = ctx;

	plays_audio(&t->plays, clock_us());
	if (playout_audio(&t->playout, mulaw, n, talk_now_us(t)) < 0)
		t->stream.calls->on_warning(t, 31931, "more than ten minutes of audio are waiting");
}

static void on_mark(void *ctx, const char *name)
{
	struct talk *t = ctx;

	if (playout_mark(&t->playout, name, talk_now_us(t)) < 0)
		t->stream.calls->on_warning(t, 31951, "a mark too long or too many");
	set_mark_timer(t);
}

static void end_play(struct talk *t, const char *why)
{
	uint64_t now_us = clock_us();

	if (t->tick.set)
		plays_late(&t->plays, true_us(t, t->next_us), now_us);
	plays_end(&t->plays, &t->playout, t->summary, why, now_us);
}

static void on_clear(void *ctx)
{
	struct talk *t = ctx;
	uint64_t now = talk_now_us(t);

	playout_advance(&t->playout, now);
	t->summary->clears++;
	if (!playout_empty(&t->playout))
		summary_number(t->summary, "interrupted_at_ms", playout_run_ms(&t->playout));
	end_play(t, "clear");
	playout_clear(&t->playout, now);
	set_mark_timer(t);
	if (t->onset_us && now < t->onset_us + CLEAR_LATE_US) {
		double ms = (double)((now - t->onset_us) / MS);

		summary_number(t->summary, "clear_ms", ms);
		progress_line(t->progress, "assistant", "falls silent, %.0f ms after it was interrupted", ms);
		t->heard.speaking = false; /* what follows, however soon, is an answer */
	}
	t->onset_us = 0;
}

static void on_warning(void *ctx, int code, const char *text)
{
	struct talk *t = ctx;
	char line[200];

	snprintf(line, sizeof line, "%d: %s", code, text);
	t->summary->warnings++;
	summary_text(t->summary, "warning_texts", line);
	progress_line(t->progress, "warning", "%s", line);
}

static void on_over(void *ctx, int status, const char *why)
{
	struct talk *t = ctx;
	bool was_open = t->caller.open_us != 0;

	mishap_end(&t->mishap);
	playout_advance(&t->playout, talk_now_us(t));
	end_play(t, "over");
	playout_clear(&t->playout, talk_now_us(t)); /* what Twilio still had is not played */
	latemarks_drop(&t->latemarks);
	set_mark_timer(t);
	caller_line(&t->caller, false, 0);
	t->on_stream_over(t->ctx, was_open, status, why);
}

static const struct stream_calls stream_calls = { on_open, on_audio, on_mark, on_clear, on_warning, on_over };

/* --- the caller */

static void on_act(void *ctx, const struct act *a)
{
	struct talk *t = ctx;

	progress_line(t->progress, "caller", "%s %s%s", a->keys ? "presses" : "says", a->name,
		      a->interrupt_ms >= 0 ? ", interrupting" : "");
}

static void on_key(void *ctx, char digit)
{
	struct talk *t = ctx;

	stream_key(&t->stream, digit);
}

static void on_caller_done(void *ctx)
{
	struct talk *t = ctx;

	t->on_hang_up(t->ctx);
}

static const struct caller_calls caller_calls = { on_act, on_key, on_caller_done };

static void one_frame(struct talk *t, uint64_t now_us)
{
	uint8_t frame[CALLER_FRAME];

	playout_advance(&t->playout, now_us);
	if (ear_tick(&t->heard, now_us)) {
		progress_line(t->progress, "assistant", "has finished, after %.1f s",
			      (double)(t->heard.sound_us - t->heard.begun_us) / SECOND);
		t->onset_us = 0;
	}
	caller_frame(&t->caller, frame, &t->heard, playout_empty(&t->playout), now_us);
	if (!t->caller.now)
		(void)handset_frame(&t->handset, frame, sizeof frame); /* without one the caller is silent */
	handset_play(&t->handset, sizeof frame);
	ear_tick(&t->mouth, now_us);
	if (ear_hear(&t->mouth, frame, sizeof frame, now_us)) {
		t->asked = true;
		if (!t->onset_us && t->heard.speaking && !playout_empty(&t->playout))
			t->onset_us = now_us;
	}
	transit_mix(&t->transit, frame, sizeof frame, now_us);
	tape_frame(&t->tape, frame, sizeof frame);
	switch (transit_fate(&t->transit, frame, sizeof frame)) {
	case TRANSIT_SENT: stream_audio(&t->stream, frame, sizeof frame); break;
	case TRANSIT_LOST: stream_skip(&t->stream, sizeof frame, true); break;
	case TRANSIT_SILENT: stream_skip(&t->stream, sizeof frame, false); break;
	}
}

static void on_tick(void *ctx)
{
	struct talk *t = ctx;
	uint64_t now = talk_now_us(t);

	note_lateness(t, &t->tick_late, true_us(t, t->next_us));
	if (now > t->next_us + HELD_UP * TICK_US) { /* what the assistant said meanwhile is still to be read */
		playout_advance(&t->playout, now);
		ear_wake(&t->heard, now);
	}
	if (now > t->next_us + CATCH_UP * TICK_US)
		t->next_us = now;
	while (t->next_us <= now) {
		one_frame(t, t->next_us);
		t->next_us += TICK_US;
	}
	progress_bar(t->progress, t->mouth.level, t->heard.level, now);
	timer_set(t->loop, &t->tick, true_us(t, t->next_us));
}

int talk_open(struct talk *t)
{
	t->stream.calls = &stream_calls;
	t->stream.ctx = t;
	t->caller.calls = &caller_calls;
	t->caller.ctx = t;
	t->tick = (struct timer){ .name = "tick", .on = on_tick, .ctx = t };
	t->mark = (struct timer){ .name = "mark", .on = on_mark_due, .ctx = t };
	t->mishap = (struct mishap){ .loop = t->loop,
				     .line = t->line,
				     .manners = t->manners,
				     .summary = t->summary,
				     .progress = t->progress,
				     .stream = &t->stream };
	mishap_open(&t->mishap);
	t->stream.manners = t->manners;
	transit_open(&t->transit, t->line);
	t->latemarks.loop = t->loop;
	t->latemarks.line = t->line;
	t->latemarks.on_mark = on_mark_back;
	t->latemarks.ctx = t;
	latemarks_open(&t->latemarks);
	return playout_open(&t->playout, &playout_calls, t);
}

void talk_close(struct talk *t)
{
	timer_stop(t->loop, &t->tick);
	timer_stop(t->loop, &t->mark);
	mishap_close(&t->mishap);
	latemarks_drop(&t->latemarks);
	handset_close(&t->handset);
	tape_close(&t->tape);
	playout_close(&t->playout);
	caller_close(&t->caller);
}

void talk_begin(struct talk *t)
{
	if (t->tick.set)
		return;
	t->summary->answered = true;
	t->next_us = t->begun_us = clock_us();
	on_tick(t);
}

int talk_stream(struct talk *t, const char *url, const char *headers, char *error, size_t size)
{
	char over[MISHAP_URL];

	if (mishap_route(&t->mishap, url, headers, over, error, size) < 0)
		return -1;
	return stream_open(&t->stream, over, headers, error, size);
}

static struct cJSON *lateness_json(const struct lateness *l)
{
	return json_make("n:n p99_ms:f max_ms:f", (long long)l->n, lateness_ms(l, 0.99), (double)l->max_us / 1000);
}

void talk_facts(const struct talk *t)
{
	const unsigned long *fates = t->transit.fates;

	summary_fact(t->summary, "line",
		     json_make("sent:n lost:n silent:n", (long long)fates[TRANSIT_SENT], (long long)fates[TRANSIT_LOST],
			       (long long)fates[TRANSIT_SILENT]));
	summary_fact(t->summary, "late",
		     json_make("send:j mark:j", lateness_json(&t->tick_late), lateness_json(&t->mark_late)));
}

void talk_stop(struct talk *t)
{
	caller_line(&t->caller, false, 0);
	stream_stop(&t->stream);
}
