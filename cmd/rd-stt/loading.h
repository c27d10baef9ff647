/* Opening a recogniser takes half a second where no template did it before: it is done beside the loop, so that frames
 * pass meanwhile. */
#ifndef LOADING_H
#define LOADING_H

#include <pthread.h>
#include <stdbool.h>

#include "loop.h"

struct conf;
struct recogniser_back;

struct loading {
	const struct recogniser_back *back;
	const struct conf *conf;
	const char *agent;
	void (*on_loaded)(void *ctx); /* in the loop; ok and error are known then */
	void *ctx;
	struct loop *loop;
	struct watch watch;
	pthread_t thread;
	int done[2]; /* a pipe: the thread's word */
	bool under_way, ok;
	char error[4096];
};

/* The first five are filled. 0: on_loaded comes later; -1 with errno: it cannot be done beside the loop. */
int loading_begin(struct loading *l, struct loop *loop);
/* Waits for it; on_loaded has been called then. Nothing if none is under way. Blocks. */
void loading_finish(struct loading *l);

#endif
