/* The caller's keys: each interrupts; what is typed in quickly is one wish, told to the model as one line of text. */
#ifndef KEYS_H
#define KEYS_H

#include "loop.h"

struct bridge;

#define KEYS_MAX 32

struct keys {
	char digits[KEYS_MAX + 1]; /* not told yet */
	struct timer timer;
};

void keys_open(struct bridge *b);
void keys_press(struct bridge *b, char digit);

#endif
