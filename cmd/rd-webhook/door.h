/* The HTTP door: how many connections there are, in all and of one address, and who makes room when it is full: the
 * oldest of those that let us wait, so that idle and slow ones keep nobody out. What becomes of each: visitor.h. */
#ifndef DOOR_H
#define DOOR_H

#include <stdbool.h>
#include <stddef.h>

#include "acceptor.h"
#include "guard.h"

#define DOOR_CONNECTIONS 240 /* in all; fewer than GUARD_ADDRESSES, so that each can be counted */
#define DOOR_SPARE 32	     /* descriptors that are not for connections: the loop's, the line's, files of calls */
#define DOOR_OF_ADDRESS 32   /* of one address; on loopback, where a TLS front stands before us, as many as there are */

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

/* A visitor has gone, and is freed next. */
void door_left(struct webhook *w, const struct visitor *v);

/* Cuts them short. */
void door_cut(struct webhook *w);

#endif
