/* A line to the rd-monitor of a call, held while somebody watches: found again when that stage is restarted. */
#ifndef FEED_H
#define FEED_H

#include "lines.h"

struct call;

struct feed {
	struct feed *next;
	struct call *call;
	struct loop *loop;
	struct lines lines;
	struct timer again;
	void *ctx;
	void (*on_line)(void *ctx, struct feed *f, const char *line, size_t n);
};

/* NULL: no memory. Connects at once, and again every 100 ms while rd-monitor is not there. */
struct feed *feed_open(struct loop *loop, struct call *call,
		       void (*on_line)(void *ctx, struct feed *f, const char *line, size_t n), void *ctx);
void feed_take(struct feed *f);	 /* what has arrived already, now */
void feed_close(struct feed *f); /* and frees it */

#endif
