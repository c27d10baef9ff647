/* Accepts what comes to a listening socket. Out of descriptors or memory it stands aside for a moment and then looks
 * again: the socket stays ready, so a loop that only watched it would spin, and one that gave up would lose the door.
 * Who comes meanwhile waits in the socket's own queue. */
#ifndef ACCEPTOR_H
#define ACCEPTOR_H

#include <stdbool.h>

#include "loop.h"

struct sockaddr;

struct acceptor { /* embedded in its owner; zeroed is closed */
	/* A connection, non-blocking and close-on-exec, the owner's from now on. */
	void (*on_come)(void *ctx, int fd, const struct sockaddr *peer);
	/* Nobody can be let in: once, with errno, when that begins, and with 0 when it is over. May be NULL. */
	void (*on_full)(void *ctx, int error);
	void *ctx;
	struct loop *loop;
	struct watch watch;
	struct timer pause;
	bool full;
};

/* Watches fd, a listening non-blocking socket, which stays the owner's; on_come, on_full and ctx are set. 0, or -1 with
 * errno. */
int acceptor_open(struct acceptor *a, struct loop *loop, int fd);
void acceptor_close(struct acceptor *a); /* may be called twice, and from on_come */

#endif
