/* What the door says of those it refuses: a line each in the log and a row for rd-ctl, at most GUARD_LINES of a kind in
 * a minute, so that a flood fills neither; how many more there were is said when the minute is over. */
#ifndef REFUSALS_H
#define REFUSALS_H

#include <stdbool.h>

#include "guard.h"
#include "loop.h"

struct requests;

struct refused {		     /* a request, as far as it is known */
	const char *method, *target; /* "-" */
	const char *address;	     /* of who asks */
};

struct refusals {
	struct loop *loop;
	struct requests *requests;
	struct guard_lines lines;
	struct timer over; /* of the window in which something was not said */
};

void refusals_open(struct refusals *r, struct loop *loop, struct requests *requests); /* both borrowed */
void refusals_close(struct refusals *r);					      /* says what was not said */

/* Says that a request is refused; kind is a word that is kept as it is. status 0: nobody is there to be told. */
void refusals_say(struct refusals *r, const char *kind, int status, const char *why, const struct refused *q);

/* Whether the line of a refusal of that kind, a word that is kept as it is, may be written now. */
bool refusals_may_say(struct refusals *r, const char *kind);

#endif
