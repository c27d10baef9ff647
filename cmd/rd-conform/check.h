/* The checks: each a name, a line that says what is expected, and a function that does it. One table a file, so that a
 * new check is a function and a row. */
#ifndef CHECK_H
#define CHECK_H

#include "subject.h"

struct check {
	const char *name, *what;
	void (*run)(struct subject *s);
};

/* Rows end with an empty one. */
extern const struct check passing_checks[];  /* what goes by */
extern const struct check recovery_checks[]; /* hello, receipts, state, a successor */
extern const struct check input_checks[];    /* what is no frame, no event, no message */
extern const struct check load_checks[];     /* bursts, an output that nobody reads */
extern const struct check ending_checks[];   /* the end of input, signals */
extern const struct check hand_checks[];     /* pipes, text, options */

#endif
