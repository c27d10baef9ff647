/* Who sits at the terminal: what they type is said in the call, what others tell of it is shown to them. */
#ifndef TYPIST_H
#define TYPIST_H

#include <stdbool.h>

#include "talk.h"
#include "typed.h"

struct typist { /* zeroed is nobody */
	struct talk *talk;
	const char *voice; /* as in speech.h */
	unsigned speed;
	uint64_t hangup_us;	       /* after so much silence behind the last line of a file or pipe */
	void (*on_hang_up)(void *ctx); /* Ctrl-D */
	void *ctx;
	struct typed typed, shown;
	int show_fd;
};

/* All up to ctx is set, the talk is open. type: read standard input; show: a file whose lines are shown, or NULL. 0, or
 * -1 with error. */
int typist_open(struct typist *t, bool type, const char *show, char *error, size_t size);
void typist_close(struct typist *t);

#endif
