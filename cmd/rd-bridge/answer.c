#include "answer.h"

#include <stdio.h>
#include <string.h>

#include "alive.h"
#include "bridge.h"
#include "clock.h"
#include "log.h"
#include "request.h"

#define TEXT_PIECE 40  /* bytes that are worth an event of their own */
#define PIECE_MS 250   /* of sound, likewise */
#define FAILURES_MAX 3 /* in a row, then it is said that something is broken */
#define RETRY_US (400 * MS)

/* --- asking */

void answer_next(struct bridge *b)
{
	const struct responses_wish *wish;
	char id[SENDER_ID_BYTES];

	if (!session_running(b))
		return;
	wish = responses_next(&b->responses);
	if (!wish)
		return;
	snprintf(id, sizeof id, "response-%u", wish->number);
	sender_send(b, request_response(id, wish->words));
	b->session.asked_us = clock_us();
	alive_owe(b);
	turn_change(b);
}

void answer_ask(struct bridge *b, const char *words)
{
	if (responses_ask(&b->responses, words) < 0)
		log_warn("too many answers are waited for: one is dropped");
	answer_next(b);
}

void answer_say(struct bridge *b, const char *text)
{
	char words[RESPONSES_WORDS];
	int n = snprintf(words, sizeof words, "Say exactly this, word for word, and nothing else: \"%s\"", text);

	if (n < 0 || (size_t)n >= sizeof words)
		log_warn("cannot say a text of %zu bytes: too long", strlen(text));
	else
		answer_ask(b, words);
}

/* --- an item's life */

static struct item *open_item(struct bridge *b, const char *response, const char *id, int content)
{
	uint32_t ring = stage_item(&b->stage);

	if (!ring) { /* 65,535 utterances: the next life counts from one */
		log_error("no item is left in this life");
		stage_end(&b->stage, 111);
		return NULL;
	}
	return items_add(&b->items, ring, response, id, content, b->session.number);
}

static struct item *item_of(struct bridge *b, const struct realtime_event *e)
{
	struct item *i = items_find(&b->items, e->item_id, e->content_index, b->session.number);

	return i ? i : open_item(b, e->response_id, e->item_id, e->content_index);
}

static void send_audio(struct bridge *b, struct item *i, const uint8_t *audio, size_t n, uint8_t flags)
{
	struct frame like = { .kind = FRAME_DOWN,
			      .flags = flags,
			      .codec = b->output.codec,
			      .rate_100hz = b->output.rate_100hz,
			      .item = i->ring };

	(void)stage_audio(&b->stage, &like, audio, n);
	like.flags |= FRAME_TAKEN;
	if (b->listeners && b->stage.back.taken)
		(void)stage_audio(&b->stage, &like, audio, n);
}

/* A delta may end in the middle of a 16 bit sample: its first half waits for the second. */
static void send_samples(struct bridge *b, struct item *i, const uint8_t *audio, size_t n)
{
	uint8_t sample[2] = { i->rest, 0 };

	if (b->output.codec == CODEC_S16 && i->odd && n > 0) {
		sample[1] = *audio++;
		n--;
		i->odd = false;
		send_audio(b, i, sample, sizeof sample, 0);
	}
	if (b->output.codec == CODEC_S16 && n % 2) {
		i->rest = audio[--n];
		i->odd = true;
	}
	if (n > 0)
		send_audio(b, i, audio, n, 0);
}

static void end_audio(struct bridge *b, struct item *i)
{
	if (i->ended || i->discarded || i->bytes == 0)
		return;
	i->ended = true;
	send_audio(b, i, NULL, 0, FRAME_END);
}

static bool ends_sentence(const char *text, size_t n)
{
	return n > 0 && strchr(".!?\n", text[n - 1]) != NULL;
}

/* Words behind the first sound, never before it: the caller waits for the sound. And not each word an event, but the
 * first at once: whoever comes after us must know that something was begun. */
static void say_words(struct bridge *b, struct item *i, bool all)
{
	size_t left = i->text_bytes - i->said_bytes;
	char name[16];

	if (left == 0 || i->bytes == 0 || i->discarded)
		return;
	if (!all && i->pieces && left < TEXT_PIECE && !ends_sentence(i->text, i->text_bytes) &&
	    i->bytes < i->said_at + (uint64_t)PIECE_MS * b->output.bytes_per_ms)
		return;
	i->said_at = i->bytes;
	(void)stage_say(&b->stage, EVENT_ASSISTANT_TEXT, "item:s n:i text:s sent_ms:n", frame_item_name(i->ring, name),
			(int)++i->pieces, i->text + i->said_bytes, (long long)items_received_ms(&b->items, i));
	i->said_bytes = i->text_bytes;
}

static void finish(struct bridge *b, struct item *i, const char *status)
{
	char name[16];

	if (i->done)
		return;
	end_audio(b, i);
	say_words(b, i, true);
	i->done = true;
	if (i->bytes == 0) /* announced, and never begun for the caller */
		return;
	(void)stage_say(&b->stage, EVENT_ASSISTANT_DONE, "item:s text:s sent_ms:n status:s",
			frame_item_name(i->ring, name), i->text ? i->text : "",
			(long long)items_received_ms(&b->items, i), i->discarded ? "cancelled" : status);
	history_assistant(&b->history, i->ring, i->text, i->discarded || strcmp(status, "complete") != 0);
	if (i->settled && !i->heard_all)
		history_cut(&b->history, i->ring, items_heard_words(&b->items, i));
}

/* --- the model's word */

void answer_created(struct bridge *b, const struct realtime_event *e)
{
	bool asked = b->responses.state == RESPONSES_REQUESTED, covers = b->sender.unacknowledged == 0;
	bool unwanted = responses_created(&b->responses, e->response_id, covers);
	char id[SENDER_ID_BYTES];

	trace(TRACE_TURN, "response %s created asked=%d covers=%d unwanted=%d", e->response_id, asked, covers,
	      unwanted);
	if (!asked) /* the server's own: the caller's turn is over, also where it does not say so */
		b->turn.speaking = false;
	turn_answered(b);
	if (!unwanted && b->turn.speaking) /* ours crossed the caller's first word, and would talk over him */
		unwanted = responses_cancel(&b->responses);
	if (unwanted) {
		items_discard(&b->items, e->response_id);
		sender_id(b, "cancel", id);
		sender_send(b, request_cancel(id, e->response_id));
	}
	turn_change(b);
}

void answer_added(struct bridge *b, const struct realtime_event *e)
{
	struct item *i;

	if (e->item.kind != REALTIME_KIND_MESSAGE || items_find(&b->items, e->item.id, 0, b->session.number))
		return;
	i = open_item(b, e->response_id, e->item.id, 0);
	if (!i || !items_is_discarded(&b->items, e->response_id))
		return;
	i->discarded = true;
	interrupt_settle(b, i);
}

void answer_audio(struct bridge *b, const struct realtime_event *e)
{
	struct item *i = item_of(b, e);
	bool first;

	if (!i || e->audio_bytes == 0)
		return;
	i->discarded = i->discarded || items_is_discarded(&b->items, e->response_id);
	if (i->discarded)
		return;
	first = i->bytes == 0;
	alive_paid(b);
	send_samples(b, i, e->audio, e->audio_bytes);
	i->bytes += e->audio_bytes;
	if (!first) {
		say_words(b, i, false);
		return;
	}
	alive_found(b);
	i->first_us = clock_us();
	b->items.newest = i->ring;
	turn_taken_in(b);
	turn_change(b);
	say_words(b, i, false);
}

void answer_audio_done(struct bridge *b, const struct realtime_event *e)
{
	struct item *i = items_find(&b->items, e->item_id, e->content_index, b->session.number);

	if (i)
		end_audio(b, i);
}

void answer_words(struct bridge *b, const struct realtime_event *e)
{
	struct item *i = item_of(b, e);

	if (i && items_words(i, e->text) == 0)
		say_words(b, i, false);
}

void answer_words_done(struct bridge *b, const struct realtime_event *e)
{
	struct item *i = item_of(b, e);

	if (!i)
		return;
	if (i->text_bytes == 0 && items_words(i, e->text) < 0)
		log_warn("words of an utterance are too many: left out");
	say_words(b, i, true);
}

static void finish_all(struct bridge *b, const char *response, const char *item, const char *status)
{
	for (int n = 0; n < ITEMS_MAX; n++) {
		struct item *i = &b->items.all[n];

		if (i->ring && i->connection == b->session.number &&
		    (!response || strcmp(i->response, response) == 0) && (!item || strcmp(i->id, item) == 0))
			finish(b, i, status);
	}
}

void answer_item_done(struct bridge *b, const struct realtime_event *e)
{
	if (e->item.kind == REALTIME_KIND_MESSAGE)
		finish_all(b, NULL, e->item.id, e->item.complete ? "complete" : "cancelled");
	else if (e->item.kind == REALTIME_KIND_CALL && e->item.complete)
		calls_begin(b, e->response_id, &e->item);
}

static void ask_later(struct bridge *b, const char *words)
{
	b->turn.waiting = true;
	b->turn.since_us = clock_us();
	turn_hold(b, RETRY_US << b->session.failures % FAILURES_MAX);
	answer_ask(b, words);
}

void answer_failed(struct bridge *b, const char *words, const char *code, const char *message)
{
	const char *why = fault_why(fault_of_error(code, message));
	char text[160];

	snprintf(text, sizeof text, "model failed to answer code=%.60s", *code ? code : "none");
	b->session.failures++;
	if (why) {
		session_fail(b, why, text);
	} else if (b->session.failures == 2 * FAILURES_MAX || alive_overdue(b, clock_us())) {
		session_fail(b, "silent", text);
	} else if (b->session.failures == FAILURES_MAX) {
		(void)stage_say(&b->stage, EVENT_STAGE_FAULT, "what:s text:s", "model", text);
		session_lost(b, text);
		if (words && *words)
			answer_ask(b, words);
	} else {
		log_warn("%s; asking again", text);
		ask_later(b, words);
	}
}

void answer_done(struct bridge *b, const struct realtime_event *e)
{
	bool complete = strcmp(e->response.status, "completed") == 0 || !*e->response.status;
	char words[RESPONSES_WORDS] = "";
	struct realtime_item item;

	if (b->responses.sent.number) /* ours; after a failure it is wanted still */
		snprintf(words, sizeof words, "%s", b->responses.sent.words);
	finish_all(b, e->response_id, NULL,
		   complete				       ? "complete"
		   : strcmp(e->response.status, "failed") == 0 ? "failed"
							       : "cancelled");
	for (size_t i = 0; complete && realtime_output(e, i, &item); i++)
		if (item.kind == REALTIME_KIND_CALL && item.complete)
			calls_begin(b, e->response_id, &item);
	alive_found(b);
	if (strcmp(e->response.status, "failed") != 0)
		alive_paid(b);
	responses_done(&b->responses, e->response_id);
	if (complete)
		b->session.failures = 0;
	else if (strcmp(e->response.status, "incomplete") == 0)
		log_warn("answer cut by the model reason=%.40s", e->response.reason);
	else if (strcmp(e->response.status, "failed") == 0)
		answer_failed(b, words, e->error.code, e->error.message);
	calls_response_over(b, e->response_id);
	answer_next(b);
	turn_change(b);
}

void answer_lost(struct bridge *b)
{
	finish_all(b, NULL, NULL, "failed");
}
