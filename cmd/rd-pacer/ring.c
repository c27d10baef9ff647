#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "pacer.h"
#include "utf8.h"

static struct pacer *of(struct stage *s)
{
	return s->self;
}

/* --- the call */

static enum stage_verdict on_start(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *stream = json_text(event, "stream");

	(void)f;
	if (!stream || (of(s)->silence.here && strncmp(stream, of(s)->stream, sizeof of(s)->stream - 1) == 0))
		return STAGE_PASS; /* said again for somebody else */
	snprintf(of(s)->stream, sizeof of(s)->stream, "%s", stream);
	silence_here(&of(s)->silence, true, clock_us());
	said_look(of(s));
	return STAGE_PASS;
}

static enum stage_verdict on_gone(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s, (void)f, (void)event;
	silence_here(&of(s)->silence, false, clock_us());
	return STAGE_PASS;
}

static enum stage_verdict on_mute(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *who = json_text(event, "who");

	(void)f;
	silence_muted(&of(s)->silence, who && strcmp(who, "caller") == 0, json_flag(event, "on", false), clock_us());
	said_look(of(s));
	return STAGE_PASS;
}

static enum stage_verdict on_next(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s, (void)f, (void)event;
	silence_leaving(&of(s)->silence, true, clock_us());
	return STAGE_PASS;
}

/* Carried out, the caller is with somebody else, and a call.start brings him back. */
static enum stage_verdict on_next_done(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	if (json_flag(event, "ok", false))
		silence_here(&of(s)->silence, false, clock_us());
	else
		silence_leaving(&of(s)->silence, false, clock_us());
	said_look(of(s));
	return STAGE_PASS;
}

/* --- the caller */

static enum stage_verdict on_begins(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f, (void)event;
	silence_begins(&of(s)->silence, clock_us());
	said_look(of(s));
	return STAGE_PASS;
}

static enum stage_verdict on_ends(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f, (void)event;
	silence_ends(&of(s)->silence, clock_us());
	said_look(of(s));
	return STAGE_PASS;
}

static enum stage_verdict on_words(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *text = json_text(event, "text");

	(void)f;
	if (json_flag(event, "final", true) && text && *text)
		silence_words(&of(s)->silence, clock_us());
	said_look(of(s));
	return STAGE_PASS;
}

static enum stage_verdict on_key(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s, (void)f, (void)event;
	silence_key(&of(s)->silence, clock_us());
	return STAGE_PASS;
}

/* --- the assistant */

static enum stage_verdict on_state(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *state = json_text(event, "state");
	enum silence_state now = !state				   ? SILENCE_UNKNOWN
				 : strcmp(state, "thinking") == 0  ? SILENCE_THINKING
				 : strcmp(state, "listening") == 0 ? SILENCE_LISTENING
								   : SILENCE_SPEAKING;

	(void)f;
	silence_state(&of(s)->silence, now, clock_us());
	said_look(of(s));
	return STAGE_PASS;
}

/* The supervisor finds another brain, which has its own words for this. */
static enum stage_verdict on_failed(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s, (void)f, (void)event;
	silence_state(&of(s)->silence, SILENCE_UNKNOWN, clock_us());
	return STAGE_PASS;
}

static uint64_t duration_ms(const struct frame *f)
{
	unsigned sample = frame_sample_bytes(f->codec);

	return sample && f->rate_100hz ? f->length / sample * 10 / f->rate_100hz : 0;
}

static enum stage_verdict on_sound(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)event;
	silence_sound(&of(s)->silence, f->item, duration_ms(f), clock_us());
	said_look(of(s));
	return STAGE_PASS;
}

/* Where the sound takes the way back, its words tell that it was sent. */
static enum stage_verdict on_text(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	silence_sound(&of(s)->silence, frame_item_parse(json_text(event, "item")), 0, clock_us());
	said_look(of(s));
	return STAGE_PASS;
}

static enum stage_verdict on_heard(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const struct cJSON *entry;
	struct event_heard h;

	(void)f;
	cJSON_ArrayForEach(entry, json_array(event, "items"))
		if (event_heard_read(&h, entry) == 0)
			silence_heard(&of(s)->silence, h.item, (uint64_t)(h.sent_ms - h.heard_ms), h.end, clock_us());
	said_look(of(s));
	return STAGE_PASS;
}

static enum stage_verdict on_cleared(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f, (void)event;
	silence_cleared(&of(s)->silence, clock_us());
	said_look(of(s));
	return STAGE_PASS;
}

/* --- tools */

static enum stage_verdict on_progress(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *id = json_text(event, "id"), *text = json_text(event, "text");

	(void)f;
	if (!id || !text || !*text)
		return STAGE_PASS;
	snprintf(of(s)->tool, sizeof of(s)->tool, "%s", id);
	snprintf(of(s)->progress, sizeof of(s)->progress, "%.*s", (int)utf8_clip(text, sizeof of(s)->progress - 1),
		 text);
	of(s)->silence.progress = true;
	said_look(of(s));
	return STAGE_PASS;
}

static enum stage_verdict on_result(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *id = json_text(event, "id");

	(void)s, (void)f;
	if (id && strncmp(id, of(s)->tool, sizeof of(s)->tool - 1) == 0)
		of(s)->silence.progress = false;
	return STAGE_PASS;
}

const struct stage_row ring_rows[] = {
	{ FRAME_EVENT, "call.start", on_start }, /* who is there */
	{ FRAME_EVENT, "call.lost", on_gone },
	{ FRAME_EVENT, "call.end", on_gone },
	{ FRAME_EVENT, "call.mute", on_mute },
	{ FRAME_EVENT, "call.next", on_next },
	{ FRAME_EVENT, "call.next.done", on_next_done },
	{ FRAME_EVENT, "user.speech.started", on_begins }, /* the caller makes himself heard */
	{ FRAME_EVENT, "user.speech.stopped", on_ends },
	{ FRAME_EVENT, "user.text", on_words },
	{ FRAME_EVENT, "user.key", on_key },
	{ FRAME_EVENT, "assistant.state", on_state }, /* so does the assistant */
	{ FRAME_EVENT, "assistant.text", on_text },
	{ FRAME_EVENT, "brain.failed", on_failed },
	{ FRAME_DOWN, NULL, on_sound },
	{ FRAME_EVENT, "call.heard", on_heard }, /* how much of it has been heard */
	{ FRAME_EVENT, "call.cleared", on_cleared },
	{ FRAME_EVENT, "tool.progress", on_progress }, /* why it takes its time */
	{ FRAME_EVENT, "tool.result", on_result },
};
const size_t ring_row_count = sizeof ring_rows / sizeof ring_rows[0];
