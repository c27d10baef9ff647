/* The one-response rule: only one response may be written to a conversation, and the server creates some by itself.
 * What we want waits here until the place is free; a race that is lost is asked for again. Pure: it says what to send,
 * and is told what came (openai-realtime.md §9.4).
 *
 *            ask                    created (by whomever)             done
 *   FREE ----------> REQUESTED ----------------------> ACTIVE ----------------> FREE
 *                        |  refused: busy               |  cancel
 *                        +--> ACTIVE, ours waits again  +--> CANCELLING --done-> FREE
 */
#ifndef RESPONSES_H
#define RESPONSES_H

#include <stdbool.h>
#include <stddef.h>

#include "realtime.h"

#define RESPONSES_QUEUE 8
#define RESPONSES_WORDS 1024 /* of one thing to be said exactly */

enum responses_state { RESPONSES_FREE, RESPONSES_REQUESTED, RESPONSES_ACTIVE, RESPONSES_CANCELLING };

struct responses_wish {
	unsigned number;	     /* counts from 1; 0: none */
	char words[RESPONSES_WORDS]; /* instructions of this one; "": a plain answer, of which one at a time is enough
				      */
};

struct responses { /* zeroed is ready */
	enum responses_state state;
	char active[REALTIME_ID_BYTES]; /* "": not known */
	size_t queued;
	unsigned numbers;
	bool held;		    /* the caller speaks: nothing is asked for meanwhile */
	bool cancel_at_once;	    /* cancelled before it was created */
	bool covers;		    /* the active one has seen every item of ours: it answers a plain wish, too */
	struct responses_wish sent; /* asked for, not yet known to be accepted */
	struct responses_wish queue[RESPONSES_QUEUE];
};

/* Wants a response. Plain ones are one with a plain one that waits. -1: the queue is full, or the words are too long.
 */
int responses_ask(struct responses *r, const char *words);

/* What to send now, or NULL; it counts as sent. Borrowed until the next call. */
const struct responses_wish *responses_next(struct responses *r);

/* The server has created a response; covers: it had every item of ours by then, so a plain wish is fulfilled by it
 * whoever made it. true: it is to be cancelled at once. */
bool responses_created(struct responses *r, const char *id, bool covers);
/* It is over. An id other than the active one's is none of ours to wait for. */
void responses_done(struct responses *r, const char *id);
/* Our wish was refused: busy, it waits again; else it is dropped. number 0: whichever is out. */
void responses_refused(struct responses *r, unsigned number, bool busy);

/* true: send a cancel. */
bool responses_cancel(struct responses *r);
/* The server knows of nothing to cancel. */
void responses_cancel_refused(struct responses *r);

/* A new connection: nothing runs there. What was sent and not created waits again. */
void responses_restart(struct responses *r);

static inline bool responses_idle(const struct responses *r)
{
	return r->state == RESPONSES_FREE && r->queued == 0;
}

#endif
