#include "playing.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "event.h"

#define FORGOTTEN_MS 3000 /* of sound; call.heard comes every 200 ms while it is played */

void playing_state(struct playing *p, const char *state)
{
	p->speaking = state && strcmp(state, "speaking") == 0;
}

static int find(const struct playing *p, uint32_t item)
{
	for (int i = 0; i < PLAYING_ITEMS; i++)
		if (p->items[i].item == item)
			return i;
	return -1;
}

static void forget(struct playing *p, uint32_t item)
{
	int i = item ? find(p, item) : -1;

	if (i >= 0)
		p->items[i].item = 0;
}

static int oldest(const struct playing *p)
{
	int at = 0;

	for (int i = 1; i < PLAYING_ITEMS; i++)
		if (p->items[i].news_ms < p->items[at].news_ms)
			at = i;
	return at;
}

void playing_text(struct playing *p, uint32_t item, uint64_t now_ms)
{
	int i = find(p, item);

	if (!item)
		return;
	if (i < 0)
		i = find(p, 0);
	if (i < 0)
		i = oldest(p);
	p->items[i].item = item;
	p->items[i].news_ms = now_ms;
}

void playing_heard(struct playing *p, const struct cJSON *items, uint64_t now_ms)
{
	const cJSON *entry;
	struct event_heard h;

	cJSON_ArrayForEach(entry, items) {
		if (event_heard_read(&h, entry) < 0)
			continue;
		if (h.end)
			forget(p, h.item);
		else
			playing_text(p, h.item, now_ms);
	}
}

void playing_cleared(struct playing *p, const struct cJSON *items)
{
	const cJSON *entry;
	struct event_heard h;

	cJSON_ArrayForEach(entry, items)
		if (event_heard_read(&h, entry) == 0)
			forget(p, h.item);
}

void playing_done(struct playing *p, uint32_t item, const char *status)
{
	if (status && strcmp(status, "complete") != 0)
		forget(p, item);
}

bool playing_unheard(const struct playing *p, uint64_t now_ms)
{
	for (int i = 0; i < PLAYING_ITEMS; i++)
		if (p->items[i].item && now_ms - p->items[i].news_ms < FORGOTTEN_MS)
			return true;
	return p->speaking;
}
