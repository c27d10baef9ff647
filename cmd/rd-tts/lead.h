/* How far what was sent is ahead of the caller's ear: by the carrier's word, and by the clock where that stays away. */
#ifndef LEAD_H
#define LEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

#define LEAD_ITEMS 16
#define LEAD_PATIENCE_US 3000000u /* for the carrier's word; then what was sent is heard as time goes by */

struct lead { /* zeroed is nothing sent */
	struct lead_item {
		uint32_t item; /* 0: free */
		long sent_ms, heard_ms;
	} all[LEAD_ITEMS];
	unsigned next;
	uint64_t news_us; /* of the carrier, or of a first sound */
	bool held;	  /* nobody hears anything: a pause, a lost line */
};

void lead_sent(struct lead *l, uint32_t item, long sent_ms, uint64_t now_us);
void lead_heard(struct lead *l, const struct event_heard *h, uint64_t now_us);
/* Forgets what is not newer than the item; 0: everything. */
void lead_clear(struct lead *l, uint32_t newest);
void lead_hold(struct lead *l, bool held, uint64_t now_us);
long lead_ms(const struct lead *l, uint64_t now_us);

#endif
