/* Marks on their way back over a slow line: each so much later than it was reached, in their order. */
#ifndef LATEMARKS_H
#define LATEMARKS_H

#include <stdint.h>

#include "badline.h"
#include "dice.h"
#include "loop.h"
#include "playout.h"

#define LATEMARKS_MAX PLAYOUT_MARKS

struct latemarks {
	struct loop *loop;
	const struct badline *line;
	void (*on_mark)(void *ctx, const char *name);
	void *ctx;
	struct dice dice;
	struct timer timer;
	unsigned first, count;
	struct latemark {
		uint64_t due_us;
		char name[PLAYOUT_NAME];
	} marks[LATEMARKS_MAX];
};

/* loop, line, on_mark and ctx are set. */
void latemarks_open(struct latemarks *l);

/* on_mark at once if the line is quick (or holds too many), else later. */
void latemarks_add(struct latemarks *l, const char *name);

/* The stream they belonged to is gone. */
void latemarks_drop(struct latemarks *l);

#endif
