#include "turn.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "bridge.h"
#include "clock.h"
#include "interrupt.h"
#include "json.h"
#include "log.h"
#include "opening.h"
#include "request.h"
#include "settings.h"
#include "utf8.h"

#define HOLD_US (2 * SECOND) /* the server's time to create the response to a turn */
#define PREFIX_MS 400	     /* so much before words may belong to them */
#define OWED_US (300 * MS)   /* until the carrier has said whether something is still being played */
#define UNANSWERED_US (15 * SECOND)
#define UNWRITTEN_US (60 * SECOND) /* words that nobody writes down by then are given up */
#define UNFOUND_US (8 * SECOND)	   /* so long a server may look for words that were said to it again */
#define TEXT_MAX 16384u
#define UNTOLD_US (10 * SECOND)

static void on_hold_timer(void *ctx);
static void on_owed_timer(void *ctx);

void turn_open(struct bridge *b)
{
	b->turn.hold_timer = (struct timer){ .name = "hold", .on = on_hold_timer, .ctx = b };
	b->turn.owed_timer = (struct timer){ .name = "owed", .on = on_owed_timer, .ctx = b };
	b->turn.state = "";
}

/* --- who does what */

bool turn_by_server(const struct bridge *b)
{
	return strcmp(settings_of(b, "turn-detection"), "none") != 0;
}

static const char *state_of(const struct bridge *b, const char **on)
{
	bool running = b->responses.state == RESPONSES_REQUESTED ||
		       (b->responses.state == RESPONSES_ACTIVE && !items_is_discarded(&b->items, b->responses.active));
	bool asking = running || (b->responses.queued && !b->responses.held);

	*on = NULL;
	if (items_unheard(&b->items, clock_us()))
		return "speaking";
	if (!asking && !b->turn.waiting && calls_pending(b))
		*on = "tool";
	else if (asking || b->turn.waiting)
		*on = "model";
	return *on ? "thinking" : "listening";
}

void turn_say_state(struct bridge *b)
{
	b->turn.state = state_of(b, &b->turn.on);
	(void)stage_say(&b->stage, EVENT_ASSISTANT_STATE, "state:s on:s?", b->turn.state, b->turn.on);
}

void turn_change(struct bridge *b)
{
	const char *on, *state = state_of(b, &on);

	if (strcmp(state, b->turn.state) == 0 && on == b->turn.on)
		return;
	trace(TRACE_TURN, "%s%s%s", state, on ? " on " : "", on ? on : "");
	turn_say_state(b);
}

bool turn_quiet(const struct bridge *b)
{
	return !b->turn.speaking && !b->turn.waiting && responses_idle(&b->responses) && !calls_pending(b) &&
	       !items_unheard(&b->items, clock_us()) && !b->interrupt.clear[0];
}

/* --- the caller's turn */

static struct untold *untold_of(struct bridge *b)
{
	return &b->backlog.map->untold;
}

/* Where the caller's words begin in the backlog, a little early. The server counts the sound that it got on this
 * connection; its clock is not believed where it is ahead of that. */
static uint64_t place_of(const struct bridge *b, long start_ms)
{
	int64_t per_ms = b->input.bytes_per_ms, sent = (int64_t)backlog_sent(&b->backlog);
	int64_t place = start_ms < 0 ? sent : (int64_t)b->sender.voice_from + start_ms * per_ms;

	if (place > sent)
		place = sent;
	place -= PREFIX_MS * per_ms;
	return place > 0 ? (uint64_t)place : 0;
}

void turn_speech_started(struct bridge *b, const struct realtime_event *e)
{
	struct turn *t = &b->turn;

	interrupt(b, "speech"); /* first of all: the caller hears us as long as this takes */
	if (t->speaking)
		return;
	alive_paid(b); /* nobody is to answer while he speaks */
	if (!t->again)
		(void)stage_say(&b->stage, EVENT_USER_SPEECH_STARTED, "");
	t->again = false;
	t->owed = false; /* he takes the word himself */
	t->speaking = true;
	t->since_us = clock_us();
	t->words_us = untold_begin(untold_of(b), place_of(b, e->start_ms), t->since_us)->since_us;
	b->responses.held = true;
	timer_stop(&b->stage.loop, &t->hold_timer);
	turn_change(b);
}

void turn_speech_stopped(struct bridge *b, const struct realtime_event *e)
{
	uint64_t now_us = clock_us();

	(void)e;
	if (!b->turn.speaking)
		return;
	(void)stage_say(&b->stage, EVENT_USER_SPEECH_STOPPED, "speech_ms:n",
			(long long)((now_us - b->turn.since_us) / MS));
	untold_end(untold_of(b), backlog_sent(&b->backlog));
	b->turn.speaking = false;
	b->turn.waiting = true;
	b->turn.since_us = now_us;
	alive_owe(b);
	turn_hold(b, HOLD_US);
	turn_change(b);
}

/* What was told again for its words' sake, the oldest that is not committed yet: commits are answered in order. */
static struct untold_turn *told_again(struct bridge *b)
{
	return untold_called(untold_of(b), HISTORY_AGAIN);
}

void turn_committed(struct bridge *b, const struct realtime_event *e)
{
	struct untold_turn *t = told_again(b);

	if (t) {
		history_rename(&b->history, t->id, e->item_id);
		snprintf(t->id, sizeof t->id, "%s", e->item_id);
		b->turn.words_us = t->since_us;
		return;
	}
	turn_speech_stopped(b, e); /* some do not say that by itself */
	untold_name(untold_of(b), e->item_id);
	history_user(&b->history, e->item_id, b->turn.words_us);
}

void turn_not_committed(struct bridge *b)
{
	struct untold_turn *t = told_again(b);

	if (t)
		turn_unwritten(b, t->id);
}

void turn_unwritten(struct bridge *b, const char *id)
{
	untold_told(untold_of(b), id);
}

/* Its words are said: once they are on the link they outlive us, and its sound is not needed any more. Before that it
 * is: told twice is mended by whoever asks twice, lost is lost. */
static void let_go(struct bridge *b)
{
	if (!b->turn.told[0] || writer_waiting(&b->stage.out))
		return;
	turn_unwritten(b, b->turn.told);
	b->turn.told[0] = 0;
}

/* Without the blanks around it, in place. */
static char *trim(char *text)
{
	size_t n;

	text += strspn(text, " \t\r\n");
	for (n = strlen(text); n > 0 && strchr(" \t\r\n", text[n - 1]);)
		text[--n] = 0;
	return text;
}

void turn_transcribed(struct bridge *b, const struct realtime_event *e)
{
	char *copy = strdup(e->text), *text = copy ? trim(copy) : NULL;
	const struct history_entry *entry;

	untold_name(untold_of(b), e->item_id);
	if (text) /* as long as a field may be */
		text[utf8_clip(text, TEXT_MAX)] = 0;
	entry = text && *text ? history_user_text(&b->history, e->item_id, text) : NULL;
	if (entry)
		(void)stage_say(&b->stage, EVENT_USER_TEXT, "utterance:s text:s final:b since_us:n", e->item_id, text,
				1, (long long)(entry->since_us ? entry->since_us : b->turn.words_us));
	free(copy);
	if (b->turn.told[0]) /* of two the first has waited for long enough */
		turn_unwritten(b, b->turn.told);
	snprintf(b->turn.told, sizeof b->turn.told, "%s", e->item_id);
	let_go(b);
}

void turn_answered(struct bridge *b)
{
	b->turn.prompt = b->turn.prompt || (b->turn.waiting && b->turn.hold_timer.set);
	b->turn.waiting = false;
	if (!b->turn.speaking) /* some servers do not say that he has finished */
		untold_end(untold_of(b), backlog_sent(&b->backlog));
	b->responses.held = b->turn.speaking;
	timer_stop(&b->stage.loop, &b->turn.hold_timer);
}

void turn_taken_in(struct bridge *b)
{
	untold_of(b)->spoken = 1;
	untold_answered(untold_of(b));
	if (!*settings_of(b, "transcription-model"))
		untold_told(untold_of(b), ""); /* nobody writes them down */
}

void turn_hold(struct bridge *b, uint64_t us)
{
	b->responses.held = true;
	timer_after(&b->stage.loop, &b->turn.hold_timer, us);
}

static void on_hold_timer(void *ctx)
{
	struct bridge *b = ctx;

	b->responses.held = false;
	if (b->turn.waiting && b->turn.prompt && b->responses.queued == 0) {
		b->turn.waiting = false;
		opening_resume(b, "You were interrupted by a noise, nobody has spoken.");
	}
	answer_next(b);
	turn_change(b);
}

void turn_by_other(struct bridge *b, bool started)
{
	char id[SENDER_ID_BYTES];

	if (turn_by_server(b))
		return;
	if (started) {
		interrupt(b, "speech");
		return;
	}
	sender_id(b, "commit", id);
	sender_send(b, request_commit(id));
	answer_ask(b, NULL);
}

/* --- the end of the call, or its transfer */

void turn_next(struct bridge *b, const char *verb)
{
	b->turn.armed = verb && strcmp(verb, "press") != 0;
}

/* The model believes that it is done: if it is not, it must know. */
void turn_next_done(struct bridge *b, const struct cJSON *event)
{
	const char *verb = json_text(event, "verb"), *why = json_text(event, "why");
	char text[240];

	b->turn.armed = false;
	if (json_flag(event, "ok", false) || !verb)
		return;
	snprintf(text, sizeof text, "The order \"%.20s\" was not carried out (%.80s): the caller is still on the line.",
		 verb, why ? why : "no reason given");
	opening_note(b, text);
}

/* --- after another brain */

static void pay(struct bridge *b)
{
	if (!b->turn.owed || b->turn.owed_timer.set || items_unheard(&b->items, clock_us()) || !session_running(b))
		return;
	b->turn.owed = false;
	opening_go_on(b);
}

static void on_owed_timer(void *ctx)
{
	pay(ctx);
}

void turn_owe(struct bridge *b)
{
	b->turn.owed = true;
	timer_after(&b->stage.loop, &b->turn.owed_timer, OWED_US);
}

void turn_heard(struct bridge *b, const struct cJSON *event)
{
	const struct cJSON *entry;
	struct event_heard h;

	cJSON_ArrayForEach(entry, json_array(event, "items"))
		if (event_heard_read(&h, entry) == 0)
			items_heard(&b->items, &h, clock_us());
	pay(b);
	turn_change(b);
}

/* --- time */

void turn_restart(struct bridge *b)
{
	b->turn.again = b->turn.speaking || b->turn.again;
	b->turn.speaking = false;
	b->turn.waiting = false;
	b->turn.prompt = false;
	timer_stop(&b->stage.loop, &b->turn.hold_timer);
	responses_restart(&b->responses);
}

/* Of a service that does not write down what it has heard. */
static void give_up_unwritten(struct bridge *b, uint64_t now_us)
{
	struct untold_turn *t = untold_first(untold_of(b), UNTOLD_ANSWERED);

	if (t && now_us > t->since_us + UNWRITTEN_US)
		t->state = UNTOLD_FREE;
}

/* There were no words in it, then: whoever waits for an answer waits for that to what was said before. */
static void give_up_unfound(struct bridge *b, uint64_t now_us)
{
	struct untold_turn *t = untold_first(untold_of(b), UNTOLD_AGAIN);

	if (!t || b->turn.speaking || !session_running(b) || now_us < b->session.running_us + UNFOUND_US)
		return;
	t->state = UNTOLD_FREE;
	if (b->turn.again)
		(void)stage_say(&b->stage, EVENT_USER_SPEECH_STOPPED, "speech_ms:n", 0LL);
	b->turn.again = false;
	if (!b->turn.owed)
		opening_go_on(b);
}

void turn_tick(struct bridge *b)
{
	uint64_t now_us = clock_us(), heard_by_us = items_heard_by_us(&b->items);
	uint64_t grace_us = b->items.told_us ? UNTOLD_US : 1 * SECOND;
	bool flows = !b->stage.in_ring || (b->known.started && !b->known.lost);

	if (b->turn.waiting && now_us > b->turn.since_us + UNANSWERED_US)
		b->turn.waiting = false;
	if (flows && heard_by_us && now_us > heard_by_us + grace_us && now_us > b->items.told_us + grace_us)
		items_assume_heard(&b->items);
	let_go(b);
	give_up_unwritten(b, now_us);
	give_up_unfound(b, now_us);
	pay(b);
	turn_change(b);
}
