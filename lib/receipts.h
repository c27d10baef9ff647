/* The ring's memory of events: what a stage said and has not seen come home (coming home is the receipt), and what it
 * has handled already (so that something said again is not handled again). */
#ifndef RECEIPTS_H
#define RECEIPTS_H

#include <stdbool.h>

#include "frame.h"

#define RECEIPTS_SEEN 64 /* remembered for each origin and life */

struct receipts_kept {
	struct receipts_kept *next;
	struct frame frame; /* its payload lies behind */
	uint8_t bytes[];
};

struct receipts_seen {
	uint8_t origin, life;
	unsigned next;
	uint32_t seqs[RECEIPTS_SEEN];
};

struct receipts { /* zeroed is empty */
	struct receipts_kept *head, **tail;
	size_t kept_bytes;
	struct receipts_seen *seen;
	size_t seen_count;
};

void receipts_close(struct receipts *r);

/* Keeps a copy of an event until it comes home. -1: no memory. */
int receipts_keep(struct receipts *r, const struct frame *f);

/* The event with this seq is home. Whether it was kept until now. */
bool receipts_home(struct receipts *r, uint32_t seq);

/* Calls say for each that is still out, with FRAME_AGAIN set; stops at the first -1 and returns it. */
int receipts_again(struct receipts *r, int (*say)(void *ctx, const struct frame *f), void *ctx);

/* Whether the event was seen before; it is remembered now. */
bool receipts_seen_before(struct receipts *r, uint8_t origin, uint8_t life, uint32_t seq);

#endif
