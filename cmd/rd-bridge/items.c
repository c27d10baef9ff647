#include "items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "words.h"

#define FOREIGN_US (1 * SECOND) /* the carrier says what is heard five times a second */

void items_open(struct items *t, unsigned bytes_per_ms)
{
	t->bytes_per_ms = bytes_per_ms;
}

void items_close(struct items *t)
{
	for (int i = 0; i < ITEMS_MAX; i++)
		free(t->all[i].text);
	*t = (struct items){ 0 };
}

struct item *items_add(struct items *t, uint32_t ring, const char *response, const char *id, int content,
		       unsigned connection)
{
	struct item *i = &t->all[t->next++ % ITEMS_MAX];

	free(i->text);
	*i = (struct item){ .ring = ring, .content = content, .connection = connection };
	snprintf(i->response, sizeof i->response, "%s", response);
	snprintf(i->id, sizeof i->id, "%s", id);
	return i;
}

struct item *items_find(struct items *t, const char *id, int content, unsigned connection)
{
	for (unsigned back = 1; back <= ITEMS_MAX; back++) { /* the newest first: nearly always it */
		struct item *i = &t->all[(t->next - back) % ITEMS_MAX];

		if (i->ring && i->connection == connection && i->content == content && strcmp(i->id, id) == 0)
			return i;
	}
	return NULL;
}

struct item *items_ring(struct items *t, uint32_t ring)
{
	for (int i = 0; i < ITEMS_MAX; i++)
		if (ring && t->all[i].ring == ring)
			return &t->all[i];
	return NULL;
}

struct item *items_cut_by(struct items *t, unsigned cut_event)
{
	for (int i = 0; i < ITEMS_MAX; i++)
		if (cut_event && t->all[i].cut_event == cut_event)
			return &t->all[i];
	return NULL;
}

long items_received_ms(const struct items *t, const struct item *i)
{
	return (long)(i->bytes / t->bytes_per_ms);
}

int items_words(struct item *i, const char *words)
{
	size_t n = strlen(words);
	char *text;

	if (i->text_bytes + n > ITEMS_TEXT_MAX)
		return -1;
	text = realloc(i->text, i->text_bytes + n + 1);
	if (!text)
		return -1;
	memcpy(text + i->text_bytes, words, n + 1);
	i->text = text;
	i->text_bytes += n;
	return 0;
}

void items_heard(struct items *t, const struct event_heard *h, uint64_t now_us)
{
	struct item *i = items_ring(t, h->item);

	t->told_us = now_us;
	if (!i) {
		t->foreign.item = h->end || h->heard_ms >= h->sent_ms ? 0 : h->item; /* who was killed ends nothing */
		t->foreign.at_us = now_us;
		return;
	}
	if (h->heard_ms > i->heard_ms)
		i->heard_ms = h->heard_ms;
	if (h->sent_ms > i->sent_ms)
		i->sent_ms = h->sent_ms;
	if (h->end)
		i->heard_all = true;
}

static bool unheard(const struct item *i)
{
	return i->ring && i->bytes > 0 && !i->heard_all && !i->discarded;
}

bool items_unheard(const struct items *t, uint64_t now_us)
{
	for (int i = 0; i < ITEMS_MAX; i++)
		if (unheard(&t->all[i]))
			return true;
	return t->foreign.item && now_us < t->foreign.at_us + FOREIGN_US;
}

uint64_t items_heard_by_us(const struct items *t)
{
	uint64_t at_us = 0;

	for (unsigned back = ITEMS_MAX; back > 0; back--) { /* the oldest first: they are heard one after the other */
		const struct item *i = &t->all[(t->next - back) % ITEMS_MAX];

		if (unheard(i))
			at_us = (i->first_us > at_us ? i->first_us : at_us) + (uint64_t)items_received_ms(t, i) * MS;
	}
	return at_us;
}

void items_assume_heard(struct items *t)
{
	for (int n = 0; n < ITEMS_MAX; n++) {
		struct item *i = &t->all[n];

		if (!unheard(i) || !i->ended)
			continue;
		i->heard_ms = items_received_ms(t, i);
		i->heard_all = true;
	}
}

void items_discard(struct items *t, const char *response)
{
	for (int n = 0; n < ITEMS_MAX; n++) {
		struct item *i = &t->all[n];

		if (unheard(i) || (i->ring && !i->done && *response && strcmp(i->response, response) == 0))
			i->discarded = true;
	}
	t->foreign.item = 0;
	if (*response && !items_is_discarded(t, response))
		snprintf(t->discarded[t->next_discarded++ % ITEMS_DISCARDED], REALTIME_ID_BYTES, "%s", response);
}

bool items_is_discarded(const struct items *t, const char *response)
{
	for (int i = 0; *response && i < ITEMS_DISCARDED; i++)
		if (strcmp(t->discarded[i], response) == 0)
			return true;
	return false;
}

size_t items_heard_words(const struct items *t, const struct item *i)
{
	return i->text ? words_heard(i->text, NULL, i->heard_ms, items_received_ms(t, i)) : 0;
}

enum items_cut items_cut(const struct items *t, const struct item *i, long *end_ms)
{
	long received_ms = items_received_ms(t, i);

	*end_ms = i->heard_ms < received_ms ? i->heard_ms : received_ms;
	if (i->heard_all || (i->ended && i->heard_ms >= received_ms && received_ms > 0))
		return ITEMS_LEAVE;
	return *end_ms > 0 ? ITEMS_TRUNCATE : ITEMS_DELETE;
}
