/* The HTTP door: accepts, reads each head within its bounds, and decides what becomes of the connection before anything
 * is started for it: refused with a status, passed on as a WebSocket (media.c), or served (routes.c, over lib/http.h).
 * When it is full, the oldest of those that let us wait makes room: idle and slow ones keep nobody out. */
#ifndef DOOR_H
#define DOOR_H

#include <stdbool.h>
#include <stddef.h>

#include "acceptor.h"
#include "clock.h"
#include "guard.h"

#define DOOR_CONNECTIONS 240 /* in all; fewer than GUARD_ADDRESSES, so that each can be counted */
#define DOOR_SPARE 32	     /* descriptors that are not for connections: the loop's, the line's, files of calls */
#define DOOR_OF_ADDRESS 32   /* of one address; on loopback, where a TLS front stands before us, as many as there are */
#define DOOR_HEAD_US (5 * SECOND) /* from the connection to its whole head */

struct visitor;
struct webhook;

struct door {
	struct acceptor acceptor;
	struct guard_connections addresses;
	struct visitor *visitors[DOOR_CONNECTIONS];
	size_t most, count; /* as many as there are descriptors for, and how many there are */
	bool shut;
};

/* Accepts from fd, a listening non-blocking socket, which stays the caller's. 0, or -1 with errno. */
int door_open(struct webhook *w, int fd);

/* Accepts nobody any more, and closes connections on which nothing is said in the next moment. Ends the service when
 * the last of the others is over. */
void door_shut(struct webhook *w);

/* Cuts them short. */
void door_cut(struct webhook *w);

#endif
