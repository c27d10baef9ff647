#include "ingest.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "log.h"

static struct ingest *of(struct stage *s)
{
	return s->self;
}

/* --- said to the ring */

void ring_say_setup(struct stage *s)
{
	struct cJSON *setup = of(s)->setup ? cJSON_Duplicate(of(s)->setup, true) : NULL;

	if (setup && s->back.offered)
		cJSON_AddBoolToObject(setup, "back", true);
	if (setup)
		(void)stage_say_object(s, setup); /* unsaid only without memory; a hello asks again */
}

void ring_say_start(struct stage *s)
{
	struct stream *t = of(s)->stream;

	if (of(s)->state == INGEST_TALKING && t)
		(void)stage_say(s, EVENT_CALL_START, "stream:s step:i resumed:s", t->sid, (int)t->step, of(s)->resumed);
}

void ring_say_lost(struct stage *s)
{
	if (*of(s)->lost_why)
		(void)stage_say(s, EVENT_CALL_LOST, "why:s heard_ms:n", of(s)->lost_why,
				(long long)of(s)->lost_heard_ms);
}

static struct cJSON *make_items(const struct event_heard *list, size_t n)
{
	struct cJSON *items = cJSON_CreateArray();

	for (size_t i = 0; items && i < n; i++)
		cJSON_AddItemToArray(items, event_heard_make(&list[i]));
	return items;
}

void ring_say_heard(struct ingest *in)
{
	struct event_heard list[PLAYOUT_ITEMS];
	size_t n = playout_news(&in->playout, list, clock_us());

	if (n)
		(void)stage_say(&in->stage, EVENT_CALL_HEARD, "items:j", make_items(list, n));
}

void ring_say_key(struct ingest *in, char digit)
{
	const char text[2] = { digit, 0 };

	(void)stage_say(&in->stage, EVENT_USER_KEY, "digit:s", text);
}

void ring_say_done(struct ingest *in, const struct errand *o, bool ok, const char *why)
{
	(void)stage_say(&in->stage, EVENT_CALL_NEXT_DONE, "id:s verb:s ok:b why:s?", o->id, errand_verb_name(o->verb),
			(int)ok, why);
}

void ring_on_voice(void *ctx, const uint8_t *audio, size_t n, bool filled)
{
	struct ingest *in = ctx;
	struct frame f = {
		.kind = FRAME_UP, .flags = filled ? FRAME_FILLED : 0, .codec = CODEC_MULAW, .rate_100hz = 80
	};

	(void)stage_audio(&in->stage, &f, audio, n);
}

/* --- said by the ring */

/* Audio that cannot be played here: it ends here all the same, for it would go round for ever. */
static bool is_playable(struct ingest *in, const struct frame *f)
{
	char name[32];

	if (f->codec == CODEC_MULAW && f->rate_100hz == 80 && f->item)
		return true;
	if (in->unplayable++ == 0)
		log_warn("dropped audio: mulaw/8000 with an item expected, %s %s found",
			 f->length || f->codec ? frame_format_name(f->codec, f->rate_100hz, name, sizeof name)
					       : "nothing",
			 f->item ? "with one" : "without one");
	return false;
}

static enum stage_verdict on_down(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	struct ingest *in = of(s);

	(void)event;
	if (f->flags & FRAME_TAKEN)
		return STAGE_PASS;
	if (!is_playable(in, f))
		return STAGE_TAKE;
	if (f->flags & FRAME_FILLED && !playout_ends_with(&in->playout, f->item)) {
		in->unneeded++; /* the answer was quicker: it is not to be cut by what excuses that it is late */
		return STAGE_TAKE;
	}
	if (playout_audio(&in->playout, f->item, f->payload, f->length, f->flags & FRAME_END, clock_us()) < 0 &&
	    !in->warned_full) {
		log_warn("dropped audio: more than 10 minutes wait to be heard");
		in->warned_full = true;
	}
	if (in->playout.queue.fd < 0 && s->dir && !in->warned_file) {
		log_warn("cannot keep what is unheard in %s: what it holds dies with this process", s->dir);
		in->warned_file = true;
	}
	call_run(in);
	return STAGE_TAKE;
}

/* Whether a clear was answered before; it is remembered now. Typed by hand it may have no id. */
static bool was_answered(struct ingest *in, const char *id)
{
	if (!*id)
		return false;
	for (unsigned i = 0; i < INGEST_ANSWERED; i++)
		if (strncmp(in->answered[i], id, sizeof in->answered[i] - 1) == 0)
			return true;
	snprintf(in->answered[in->answered_next++ % INGEST_ANSWERED], sizeof in->answered[0], "%s", id);
	return false;
}

static enum stage_verdict on_clear(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	struct ingest *in = of(s);
	const char *id = json_text(event, "id");
	uint32_t newest = frame_item_parse(json_text(event, "item"));
	struct event_heard list[PLAYOUT_ITEMS];
	char name[16];
	size_t n;

	(void)f;
	if (was_answered(in, id ? id : ""))
		return STAGE_PASS;
	n = playout_clear(&in->playout, newest, list, clock_us());
	(void)stage_say(s, EVENT_CALL_CLEARED, "id:s items:j", id ? id : "", make_items(list, n));
	playout_drop(&in->playout, newest, list, n);
	playout_pause(&in->playout, false, clock_us());
	if (n)
		log_info("cleared heard_ms=%ld item=%s items=%zu", list[0].heard_ms,
			 frame_item_name(list[0].item, name), n);
	call_run(in);
	return STAGE_PASS;
}

static enum stage_verdict on_pause(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	playout_pause(&of(s)->playout, json_flag(event, "on", false), clock_us());
	ring_say_heard(of(s));
	call_run(of(s));
	return STAGE_PASS;
}

static enum stage_verdict on_mute(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *who = json_text(event, "who");
	bool on = json_flag(event, "on", false);

	(void)f;
	if (who && strcmp(who, "caller") == 0)
		of(s)->spoken.muted = on;
	else if (who && strcmp(who, "assistant") == 0)
		of(s)->playout.muted = on;
	return STAGE_PASS;
}

static enum stage_verdict on_next(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	next_arm(of(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_speech(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	(void)event;
	if (errand_disarmed_by_speech(&of(s)->errand))
		next_disarm(of(s), "the caller spoke");
	return STAGE_PASS;
}

static enum stage_verdict on_state(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *state = json_text(event, "state");

	(void)f;
	of(s)->listening = state && strcmp(state, "listening") == 0;
	call_run(of(s));
	return STAGE_PASS;
}

/* A brain that has failed says nothing any more, so nothing more is waited for. */
static enum stage_verdict on_failed(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	(void)event;
	of(s)->listening = true;
	call_run(of(s));
	return STAGE_PASS;
}

/* A brain that died sent more than its words tell: its successor's memory is to know before it is asked. */
static enum stage_verdict on_hello(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	(void)event;
	playout_note(&of(s)->playout, clock_us());
	playout_renew(&of(s)->playout);
	ring_say_heard(of(s));
	return STAGE_PASS;
}

const struct stage_row ring_rows[] = {
	{ FRAME_DOWN, NULL, on_down },		 /* to the caller, by its item */
	{ FRAME_EVENT, "call.clear", on_clear }, /* forget what was not yet heard, and say what was */
	{ FRAME_EVENT, "call.pause", on_pause }, /* silence, and on from there */
	{ FRAME_EVENT, "call.mute", on_mute },	 /* silence in the place of a voice */
	{ FRAME_EVENT, "call.next", on_next },	 /* hang up, transfer, press: when the last words were heard */
	{ FRAME_EVENT, "user.speech.started", on_speech }, /* ... unless the caller speaks */
	{ FRAME_EVENT, "assistant.state", on_state },	   /* ... and the assistant has nothing more to say */
	{ FRAME_EVENT, "brain.failed", on_failed },
	{ FRAME_EVENT, "stage.hello", on_hello }, /* how much was sent and heard, for who begins */
};
const size_t ring_row_count = sizeof ring_rows / sizeof ring_rows[0];

const struct stage_state ring_states[] = {
	{ "call.setup", ring_say_setup },
	{ "call.start", ring_say_start },
	{ "call.lost", ring_say_lost },
};
const size_t ring_state_count = sizeof ring_states / sizeof ring_states[0];
