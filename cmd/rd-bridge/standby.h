/* The next connection to the model, made beside the one that runs while that one's time comes to an end: connected and
 * configured, it waits for a moment in which nobody speaks, is told what was said and takes over; the caller hears
 * nothing of it. Should the running one be lost meanwhile, it takes over at once.
 *
 *   NONE --begin--> CONNECTING --open--> CONFIGURING --session.updated--> READY --a good moment--> it is the session
 */
#ifndef STANDBY_H
#define STANDBY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"

struct bridge;
struct ws;

enum standby_state { STANDBY_NONE, STANDBY_CONNECTING, STANDBY_CONFIGURING, STANDBY_READY };

struct standby {
	enum standby_state state;
	struct ws *ws;
	double expires_at;   /* Unix seconds, as the service said; 0: it did not */
	uint64_t not_before; /* after one that failed, us */
	unsigned failures;   /* in a row */
	struct timer timer;
};

void standby_open(struct bridge *b);

/* Makes one unless there is one, or the last one failed a moment ago: ever longer ago, if several did. */
void standby_begin(struct bridge *b);
/* Gives it up: what it was told is not true any more, or the call is over. */
void standby_drop(struct bridge *b);

/* If it is ready: the connection is the caller's from now on. NULL: it is not. */
struct ws *standby_take(struct bridge *b, double *expires_at);

/* The connection's word, from session.c: true if w is the standby. */
bool standby_on_open(struct bridge *b, const struct ws *w);
bool standby_on_text(struct bridge *b, const struct ws *w, char *text, size_t n);
bool standby_on_close(struct bridge *b, const struct ws *w, const char *why);

#endif
