#include "interrupt.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "bridge.h"
#include "clock.h"
#include "json.h"
#include "log.h"
#include "opening.h"
#include "request.h"

#define HEARD_TAIL 100		/* bytes that show where it was */
#define CLEARED_US (1 * SECOND) /* the carrier's time to answer a clear */

static void on_timer(void *ctx);

void interrupt_open(struct bridge *b)
{
	b->interrupt.timer = (struct timer){ .name = "clear", .on = on_timer, .ctx = b };
}

static void cancel(struct bridge *b, bool server_does)
{
	char id[SENDER_ID_BYTES];

	if (server_does && b->responses.state != RESPONSES_REQUESTED)
		return;
	if (!responses_cancel(&b->responses))
		return;
	sender_id(b, "cancel", id);
	sender_send(b, request_cancel(id, b->responses.active));
}

/* Items that were announced and had no sound yet: they were never begun for the caller. */
static void settle_silent(struct bridge *b)
{
	for (int n = 0; n < ITEMS_MAX; n++) {
		struct item *i = &b->items.all[n];

		if (i->ring && i->discarded && !i->settled && i->bytes == 0)
			interrupt_settle(b, i);
	}
}

static void discard(struct bridge *b, bool server_does)
{
	bool running = b->responses.state == RESPONSES_ACTIVE || b->responses.state == RESPONSES_CANCELLING;

	items_discard(&b->items, running ? b->responses.active : "");
	cancel(b, server_does);
	settle_silent(b);
}

void interrupt(struct bridge *b, const char *why)
{
	char id[sizeof b->interrupt.clear], item[16];
	bool unheard = items_unheard(&b->items, clock_us());

	if (unheard) {
		snprintf(id, sizeof id, "%u.%u.%u", b->stage.origin, b->stage.life, ++b->interrupt.clears);
		(void)stage_say(&b->stage, EVENT_CALL_CLEAR, "why:s id:s item:s?", why, id,
				b->items.newest ? frame_item_name(b->items.newest, item) : NULL);
		memcpy(b->interrupt.clear, id, sizeof id);
		timer_after(&b->stage.loop, &b->interrupt.timer, CLEARED_US);
	}
	discard(b, strcmp(why, "speech") == 0 && turn_by_server(b));
	turn_change(b);
}

void interrupt_by_other(struct bridge *b, const struct cJSON *event)
{
	const char *id = json_text(event, "id");

	if (!id || strncmp(id, b->interrupt.cleared, sizeof b->interrupt.cleared - 1) != 0) {
		snprintf(b->interrupt.clear, sizeof b->interrupt.clear, "%s", id ? id : "?");
		timer_after(&b->stage.loop, &b->interrupt.timer, CLEARED_US);
	}
	discard(b, false);
	turn_change(b);
}

/* This session knows it from what it was told, as something that was said to its end. */
static void tell_heard(struct bridge *b, const struct item *i)
{
	size_t n = items_heard_words(&b->items, i), from = n > HEARD_TAIL ? n - HEARD_TAIL : 0;
	char text[HEARD_TAIL + 100];

	if (!i->text || n == strlen(i->text))
		return;
	while (from < n && (i->text[from] & 0xc0) == 0x80)
		from++;
	snprintf(text, sizeof text, "The caller interrupted you: the last words that he heard were \"%.*s\".",
		 (int)(n - from), i->text + from);
	opening_tell(b, n ? text : "The caller interrupted you: your last words were not heard.");
}

static void tell_server(struct bridge *b, struct item *i, enum items_cut cut, long end_ms)
{
	char id[SENDER_ID_BYTES];

	if (!session_running(b) || cut == ITEMS_LEAVE)
		return;
	if (i->connection != b->session.number) {
		tell_heard(b, i);
		return;
	}
	if (cut == ITEMS_DELETE) {
		sender_id(b, "delete", id);
		sender_send(b, request_delete(id, i->id));
		return;
	}
	i->cut_event = sender_id(b, "truncate", id);
	sender_send(b, request_truncate(id, i->id, i->content, end_ms));
}

void interrupt_settle(struct bridge *b, struct item *i)
{
	long end_ms;
	enum items_cut cut = items_cut(&b->items, i, &end_ms);

	i->settled = true;
	tell_server(b, i, cut, end_ms);
	trace(TRACE_TURN, "settled item=%u heard_ms=%ld received_ms=%ld cut=%d", i->ring, i->heard_ms,
	      items_received_ms(&b->items, i), cut);
	if (i->done && cut != ITEMS_LEAVE)
		history_cut(&b->history, i->ring, items_heard_words(&b->items, i));
}

static void settle_all(struct bridge *b)
{
	timer_stop(&b->stage.loop, &b->interrupt.timer);
	b->interrupt.clear[0] = 0;
	for (int n = 0; n < ITEMS_MAX; n++) {
		struct item *i = &b->items.all[n];

		if (i->ring && i->discarded && !i->settled)
			interrupt_settle(b, i);
	}
}

static void on_timer(void *ctx)
{
	struct bridge *b = ctx;

	if (b->items.told_us) /* else nobody keeps count here */
		log_warn("no answer to call.clear: what was heard last counts");
	settle_all(b);
}

void interrupt_cleared(struct bridge *b, const struct cJSON *event)
{
	const char *id = json_text(event, "id");
	const struct cJSON *entry;
	struct event_heard h;

	cJSON_ArrayForEach(entry, json_array(event, "items")) {
		struct item *i = event_heard_read(&h, entry) == 0 ? items_ring(&b->items, h.item) : NULL;

		if (!i)
			continue;
		items_heard(&b->items, &h, clock_us());
		i->discarded = true; /* it is out of the carrier's queue, whoever wanted it */
		if (!i->settled)
			interrupt_settle(b, i);
	}
	snprintf(b->interrupt.cleared, sizeof b->interrupt.cleared, "%s", id ? id : "");
	if (id && strcmp(id, b->interrupt.clear) == 0)
		settle_all(b);
	turn_change(b);
}
