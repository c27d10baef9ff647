#include "sender.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bridge.h"
#include "log.h"
#include "request.h"
#include "ws.h"

unsigned sender_id(struct bridge *b, const char *what, char out[SENDER_ID_BYTES])
{
	snprintf(out, SENDER_ID_BYTES, "%s-%u", what, ++b->sender.ids);
	return b->sender.ids;
}

void sender_item_id(struct bridge *b, char out[SENDER_ID_BYTES])
{
	snprintf(out, SENDER_ID_BYTES, "rd-%u-%u", b->session.number, ++b->sender.ids);
	b->sender.unacknowledged++;
}

void sender_acknowledged(struct bridge *b, const char *item_id)
{
	if (strncmp(item_id, "rd-", 3) == 0)
		sender_settled(b);
}

void sender_settled(struct bridge *b)
{
	if (b->sender.unacknowledged)
		b->sender.unacknowledged--;
}

void sender_send(struct bridge *b, char *text)
{
	const struct session *s = &b->session;

	if (!text)
		log_error("cannot make a message for the model: %s", strerror(ENOMEM));
	else if (s->ws && s->state >= SESSION_CONFIGURING && s->state != SESSION_OVER) {
		trace(TRACE_JSON, "to model %.2000s", text);
		if (ws_send(s->ws, text, strlen(text)) < 0 && b->sender.dropped++ == 0)
			log_warn("model does not take what is sent queued_bytes=%zu", ws_queued(s->ws));
	}
	free(text);
}

static char voice_text[REQUEST_VOICE_MAX]; /* of the caller's voice: the stack would keep two more pages for it */

void sender_voice(struct bridge *b)
{
	const uint8_t *audio;
	size_t n;

	while (session_running(b) && (n = backlog_unsent(&b->backlog, REQUEST_VOICE_BYTES, &audio)) > 0) {
		if (ws_send(b->session.ws, voice_text, request_voice(voice_text, audio, n)) < 0)
			return; /* it waits in the backlog; a ping finds out whether anybody is there */
		backlog_took(&b->backlog, n);
	}
}

void sender_rewind(struct bridge *b, uint64_t place)
{
	uint64_t sent = backlog_sent(&b->backlog);

	backlog_rewind(&b->backlog, place);
	b->sender.voice_from -= sent - backlog_sent(&b->backlog); /* may go below zero: only differences count */
}

void sender_voice_of(struct bridge *b, uint64_t from, uint64_t to)
{
	const uint8_t *audio;

	if (from < backlog_oldest(&b->backlog))
		from = backlog_oldest(&b->backlog);
	while (from < to) {
		size_t most = to - from < REQUEST_VOICE_BYTES ? (size_t)(to - from) : REQUEST_VOICE_BYTES;
		size_t n = backlog_at(&b->backlog, from, most, &audio);

		if (n == 0 || ws_send(b->session.ws, voice_text, request_voice(voice_text, audio, n)) < 0)
			return;
		from += n;
		b->sender.voice_from -= n; /* the server counts it, too */
	}
}
