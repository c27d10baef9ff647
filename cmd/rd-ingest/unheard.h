/* The play-out queue of a call: what is to be said to the caller and was not yet heard, with the few facts that a
 * carrier stage needs to go on after its predecessor was killed. It is a file in the call folder, mapped: every change
 * is done at the moment it is made, and each becomes valid by one store of a counter, so that kill -9 at any moment
 * leaves either the queue before it or the queue after it. Without a folder it is plain memory.
 *
 *   segments    | 2.0.7 | 2.0.7 | 5.0.1 | …        in the order in which they are played; an item has one or several
 *   audio       a ring of 10 minutes: heard | sent, not yet heard | not yet sent
 *
 * All bytes are mu-law at 8000 Hz. Who sends asks with a cursor, which is not kept: what was sent and not heard is lost
 * with the connection and sent again. */
#ifndef UNHEARD_H
#define UNHEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "paths.h"

#define UNHEARD_AUDIO_BYTES (10u * 60 * 8000) /* 10 minutes; Twilio's own limit, too */
#define UNHEARD_SEGMENTS 128u
#define UNHEARD_ERRAND_BYTES 4096u

struct unheard_map;

struct unheard { /* zeroed is closed */
	struct unheard_map *map;
	int fd;		      /* -1: memory only */
	size_t reserved;      /* of the ring, on the file system */
	bool rests;	      /* nothing of the ring is needed */
	struct unheard_told { /* what unheard_news said of a segment's item */
		long heard_ms;
		bool end;
	} told[UNHEARD_SEGMENTS];
	char path[PATHS_MAX_BYTES];
};

struct unheard_cursor {
	uint64_t segment, offset;
};

/* Maps DIR/unheard (NULL: memory). 1: a predecessor's was found whole; 0: a new one; -1: errno (no memory). A file that
 * cannot be made or is no such queue is not fatal: *why says so (a constant, else NULL). */
int unheard_open(struct unheard *u, const char *dir, const char **why);
void unheard_close(struct unheard *u); /* the file stays */

/* Queues audio of an item behind all else. -1: no room (10 minutes, or UNHEARD_SEGMENTS): nothing was queued. */
int unheard_append(struct unheard *u, uint32_t item, const uint8_t *audio, size_t n);

/* The item is complete; one of which nothing came gets its place in the queue, too. -1 as above. */
int unheard_end(struct unheard *u, uint32_t item);

/* To the first byte that was not heard. */
struct unheard_cursor unheard_begin(const struct unheard *u);

/* What may be sent at the cursor, skipping what was dropped: bytes of one segment (0: nothing yet). *complete: this is
 * all of it. *first: nothing of the item was sent before. */
size_t unheard_next(const struct unheard *u, struct unheard_cursor *c, bool *complete, bool *first);
void unheard_read(const struct unheard *u, struct unheard_cursor *c, uint8_t *out, size_t n); /* n <= unheard_next() */

/* The caller heard n more bytes (of what was sent). */
void unheard_heard(struct unheard *u, uint64_t n);

/* The last n of them were not: they may be less in the queue by now, then it is as much as there is. */
void unheard_take_back(struct unheard *u, uint64_t n);

/* Everything queued was heard, and none of it will be taken back. */
void unheard_rest(struct unheard *u);

/* Bytes that were not heard yet. */
uint64_t unheard_bytes(const struct unheard *u);

/* Drops every item that is not to be kept. */
void unheard_drop(struct unheard *u, bool (*keep)(const void *ctx, uint32_t item), const void *ctx);

/* What is queued belongs to nobody any more: a whole ring died, and the new one's brain gives the same names again. The
 * items become 0.0.N. */
void unheard_orphan(struct unheard *u);

/* The items in the queue, oldest first, as many as fit; drop: only those that keep() would let go. How many. */
size_t unheard_items(const struct unheard *u, struct event_heard *list, size_t max,
		     bool (*keep)(const void *ctx, uint32_t item), const void *ctx);

uint32_t unheard_newest(const struct unheard *u); /* the item that came last; 0: none */

/* What was told of the items in the queue is news again. */
void unheard_untell(struct unheard *u);

/* The items whose figures changed since they were told last; what was heard to its end leaves the queue, but not before
 * that is proven: of what was heard, the last `unproven` bytes are not. How many. */
size_t unheard_news(struct unheard *u, struct event_heard *list, size_t max, uint64_t unproven);

/* Facts beside the queue, each kept by one store. */
enum unheard_fact {
	UNHEARD_GENERATION, /* of marks */
	UNHEARD_STARTED,    /* 1: a stream was open once */
	UNHEARD_STEP,	    /* 1 + the newest stream's step; 0: none came yet */
	UNHEARD_AWAITED,    /* what the next stream comes after: enum errand_verb, 0: none */
	UNHEARD_FACTS
};
uint32_t unheard_fact(const struct unheard *u, enum unheard_fact fact);
void unheard_set(struct unheard *u, enum unheard_fact fact, uint32_t value);

/* The errand that is armed (call.next as JSON; NULL, or longer than UNHEARD_ERRAND_BYTES: none). unheard_errand: NULL,
 * or borrowed. */
void unheard_set_errand(struct unheard *u, const char *text);
const char *unheard_errand(const struct unheard *u);

#endif
