/* What the brain is told: who calls, what is known of them, what was said in this call. */
#ifndef CONTEXT_H
#define CONTEXT_H

#include "memory.h"

void context_open(struct memory *m);
void context_close(struct memory *m);

/* The call is set up: asks the store, and says what it has after 100 ms whether the answer is there or not. */
void context_begin(struct memory *m);

/* One fact more: a newer rev. */
void context_add_fact(struct memory *m, const char *text);

/* Says it as it is now, if it was said before; for a hello. */
void context_say(struct memory *m);

#endif
