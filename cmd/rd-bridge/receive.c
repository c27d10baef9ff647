#include "receive.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "bridge.h"
#include "clock.h"
#include "json.h"
#include "log.h"
#include "realtime.h"
#include "request.h"
#include "settings.h"

/* The number of an id of ours, "truncate-17", if it is of this sort; else 0. */
static unsigned number_of(const char *id, const char *what)
{
	size_t n = strlen(what);

	return strncmp(id, what, n) == 0 && id[n] == '-' ? (unsigned)strtoul(id + n + 1, NULL, 10) : 0;
}

/* The server has less of an item than came here: once more with its own number. */
static void truncate_again(struct bridge *b, const struct realtime_event *e)
{
	struct item *i = items_cut_by(&b->items, number_of(e->error.cause, "truncate"));
	long ms = fault_shorter_ms(e->error.message);
	char id[SENDER_ID_BYTES];

	if (!i || i->retried || ms < 0)
		return;
	i->retried = true;
	i->cut_event = sender_id(b, "truncate", id);
	sender_send(b, request_truncate(id, i->id, i->content, ms));
}

static void report(struct bridge *b, const struct realtime_event *e)
{
	bool ours = *e->error.cause != 0;

	if (number_of(e->error.cause, "alive")) /* whatever it says: it is there */
		return;

	if (number_of(e->error.cause, "session") || (!ours && b->session.state == SESSION_CONFIGURING)) {
		session_refused(b, e->error.code, e->error.param);
		return;
	}
	log_warn("model reports an error code=%.60s param=%.60s of=%.20s", *e->error.code ? e->error.code : "none",
		 e->error.param, ours ? e->error.cause : "none");
}

static void on_error(struct bridge *b, const struct realtime_event *e)
{
	enum fault fault = fault_of_error(e->error.code, e->error.message);
	unsigned wish = number_of(e->error.cause, "response");
	char words[RESPONSES_WORDS] = "";

	trace(TRACE_TURN, "error code=%s of=%s", e->error.code, e->error.cause);
	if (number_of(e->error.cause, "item") || number_of(e->error.cause, "output"))
		sender_settled(b);
	switch (fault) {
	case FAULT_BUSY: responses_refused(&b->responses, wish, true); break;
	case FAULT_IGNORE:
		if (number_of(e->error.cause, "commit"))
			turn_not_committed(b);
		else if (number_of(e->error.cause, "cancel") || !*e->error.cause)
			responses_cancel_refused(&b->responses);
		break;
	case FAULT_SHORTER: truncate_again(b, e); break;
	case FAULT_FORGET: log_debug("model does not know the item of=%.20s", e->error.cause); break;
	case FAULT_EXPIRED: session_lost(b, "the session has expired"); return;
	case FAULT_KEY:
	case FAULT_QUOTA:
	case FAULT_REFUSED:
		session_fail(b, fault_why(fault),
			     fault == FAULT_QUOTA ? "model refuses us: the quota is spent"
			     : fault == FAULT_KEY ? "model refuses us: the key is not accepted"
						  : "model refuses us: it is not to be had");
		return;
	case FAULT_RETRY:
	case FAULT_REPORT:
		if (wish && wish == b->responses.sent.number)
			snprintf(words, sizeof words, "%s", b->responses.sent.words);
		if (wish)
			responses_refused(&b->responses, wish, false);
		if (wish && fault == FAULT_RETRY)
			answer_failed(b, words, e->error.code, e->error.message);
		else
			report(b, e);
		break;
	}
	answer_next(b);
	turn_change(b);
}

static void on_created(struct bridge *b, const struct realtime_event *e)
{
	session_expires(b, e->session.expires_at);
}

static void on_transcription_failed(struct bridge *b, const struct realtime_event *e)
{
	log_warn("caller's words were not written down code=%.60s", e->error.code);
	turn_unwritten(b, e->item_id);
}

static void on_item_added(struct bridge *b, const struct realtime_event *e)
{
	sender_acknowledged(b, e->item.id);
}

/* What the service counted, as it names it. */
static void say_usage(struct bridge *b, const struct realtime_event *e)
{
	bool heard = e->type == REALTIME_TRANSCRIBED;
	const char *model = heard ? settings_of(b, "transcription-model") : b->session.model;
	struct cJSON *event =
		json_make("type:s service:s model:s", "usage", heard ? "transcription" : "realtime", model);

	if (event && realtime_usage(e, event))
		(void)stage_say_object(&b->stage, event);
	else
		cJSON_Delete(event);
}

static void (*const acts[REALTIME_TYPES])(struct bridge *b, const struct realtime_event *e) = {
	[REALTIME_SESSION_CREATED] = on_created,
	[REALTIME_SESSION_UPDATED] = session_updated,
	[REALTIME_ERROR] = on_error,
	[REALTIME_SPEECH_STARTED] = turn_speech_started,
	[REALTIME_SPEECH_STOPPED] = turn_speech_stopped,
	[REALTIME_COMMITTED] = turn_committed,
	[REALTIME_TRANSCRIBED] = turn_transcribed,
	[REALTIME_TRANSCRIPTION_FAILED] = on_transcription_failed,
	[REALTIME_ITEM_ADDED] = on_item_added,
	[REALTIME_RESPONSE_CREATED] = answer_created,
	[REALTIME_OUTPUT_ADDED] = answer_added,
	[REALTIME_AUDIO] = answer_audio,
	[REALTIME_AUDIO_DONE] = answer_audio_done,
	[REALTIME_WORDS] = answer_words,
	[REALTIME_WORDS_DONE] = answer_words_done,
	[REALTIME_OUTPUT_DONE] = answer_item_done,
	[REALTIME_RESPONSE_DONE] = answer_done,
};

void receive_text(struct bridge *b, char *text, size_t n)
{
	struct realtime_event e;
	const char *why;

	trace(TRACE_JSON, "from model %.2000s", text);
	if (realtime_read(&e, text, n, &why) < 0) {
		if (b->session.strange++ == 0)
			log_warn("model sends what cannot be read: %s", why);
		return;
	}
	if (acts[e.type])
		acts[e.type](b, &e);
	if (e.type == REALTIME_RESPONSE_DONE || e.type == REALTIME_TRANSCRIBED)
		say_usage(b, &e);
	if (e.type != REALTIME_SESSION_UPDATED && !number_of(e.error.cause, "alive"))
		b->session.heard_us = clock_us();
	realtime_free(&e);
}
