#include "lead.h"

#include "frame.h"

static struct lead_item *find(struct lead *l, uint32_t item)
{
	for (int i = 0; i < LEAD_ITEMS; i++)
		if (l->all[i].item == item)
			return &l->all[i];
	return NULL;
}

static long said_unheard_ms(const struct lead *l)
{
	long ms = 0;

	for (const struct lead_item *i = l->all; i < l->all + LEAD_ITEMS; i++)
		if (i->item && i->sent_ms > i->heard_ms)
			ms += i->sent_ms - i->heard_ms;
	return ms;
}

void lead_sent(struct lead *l, uint32_t item, long sent_ms, uint64_t now_us)
{
	struct lead_item *i = find(l, item);

	if (said_unheard_ms(l) == 0)
		l->news_us = now_us;
	if (!i) {
		i = &l->all[l->next++ % LEAD_ITEMS];
		*i = (struct lead_item){ .item = item };
	}
	i->sent_ms = sent_ms;
}

void lead_heard(struct lead *l, const struct event_heard *h, uint64_t now_us)
{
	struct lead_item *i = find(l, h->item);

	if (!i || !h->item)
		return;
	l->news_us = now_us;
	if (h->heard_ms > i->heard_ms)
		i->heard_ms = h->heard_ms;
	if (h->end)
		i->item = 0;
}

void lead_clear(struct lead *l, uint32_t newest)
{
	for (struct lead_item *i = l->all; i < l->all + LEAD_ITEMS; i++)
		if (!frame_item_newer(i->item, newest))
			i->item = 0;
}

void lead_hold(struct lead *l, bool held, uint64_t now_us)
{
	l->held = held;
	l->news_us = now_us;
}

long lead_ms(const struct lead *l, uint64_t now_us)
{
	long ms = said_unheard_ms(l);

	if (!l->held && now_us > l->news_us + LEAD_PATIENCE_US)
		ms -= (long)((now_us - l->news_us - LEAD_PATIENCE_US) / 1000);
	return ms > 0 ? ms : 0;
}
