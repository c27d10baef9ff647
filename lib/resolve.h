/* A host name to addresses without standing still: getaddrinfo blocks, so it runs in a thread of its own, which says
 * its answer over a socket and goes. No handler waits for a name server. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stddef.h>

#include "loop.h"

#define RESOLVE_ADDRESSES 4
#define RESOLVE_ADDRESS_BYTES 64

struct resolve_answer {
	size_t count;						  /* 0: why says so */
	char addresses[RESOLVE_ADDRESSES][RESOLVE_ADDRESS_BYTES]; /* numeric, the best first */
	char why[64];
};

struct resolve { /* embedded in its owner; zeroed is not under way */
	struct loop *loop;
	struct watch watch;
	int fd;
	void (*on)(void *ctx, const struct resolve_answer *answer);
	void *ctx;
};

/* Begins; `on` is called once, from the loop, unless resolve_stop comes before. on and ctx are set. A numeric address
 * is answered as it is. 0, or -1 with errno: then nothing is under way. */
int resolve_start(struct resolve *r, struct loop *loop, const char *host);

/* Forgets it; the thread's answer goes nowhere. Harmless if nothing is under way. */
void resolve_stop(struct resolve *r);

#endif
