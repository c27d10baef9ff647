/* What takes the recogniser long, opening it and making a grammar, is done beside the loop, so that frames pass
 * meanwhile. One such work at a time; until it is over the loop leaves the recogniser alone. */
#ifndef LOADING_H
#define LOADING_H

#include <pthread.h>
#include <stdbool.h>

#include "loop.h"

struct loading {
	void (*work)(void *ctx);    /* in a thread of its own */
	void (*on_done)(void *ctx); /* then, in the loop */
	void *ctx;
	struct loop *loop;
	struct watch watch;
	pthread_t thread;
	int done[2]; /* a pipe: the thread's word */
	bool under_way;
};

/* The first three are filled. Where there can be no thread, the work is done at once, which blocks. */
void loading_begin(struct loading *l, struct loop *loop);
/* Waits for it; on_done has been called then. Nothing if none is under way. Blocks. */
void loading_finish(struct loading *l);

#endif
