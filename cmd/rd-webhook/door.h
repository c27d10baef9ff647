/* The HTTP door: accepts, reads each head within its bounds, and decides what becomes of the connection before anything
 * is started for it: refused with a status, passed on as a WebSocket (media.c), or served (routes.c, over lib/http.h).
 * When it is full, the connection that has waited longest for its head makes room: idle ones keep nobody out. */
#ifndef DOOR_H
#define DOOR_H

#include <stdbool.h>
#include <stddef.h>

#include "clock.h"
#include "guard.h"
#include "loop.h"

#define DOOR_CONNECTIONS 240 /* in all; fewer than GUARD_ADDRESSES, so that each can be counted */
#define DOOR_OF_ADDRESS 32   /* of one address; on loopback, where a TLS front stands before us, as many as there are */
#define DOOR_HEAD_US (5 * SECOND) /* from the connection to its whole head */

struct visitor;
struct webhook;

struct door {
	struct watch listener;
	struct timer pause; /* out of descriptors: nobody is let in until it fires */
	struct guard_connections addresses;
	struct visitor *visitors[DOOR_CONNECTIONS];
	size_t count;
	bool shut;
};

/* Accepts from fd, a listening non-blocking socket, which stays the caller's. 0, or -1 with errno. */
int door_open(struct webhook *w, int fd);

/* Accepts nobody any more, and closes connections on which nothing was said yet. Ends the service when the last of the
 * others is over. */
void door_shut(struct webhook *w);

/* Cuts them short. */
void door_cut(struct webhook *w);

#endif
