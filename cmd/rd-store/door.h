/* The way in: a Unix SEQPACKET socket, one JSON message a request, one an answer, with the request's id. A client that
 * does not take its answer is not read from; none can hold up another. */
#ifndef DOOR_H
#define DOOR_H

#include <stdbool.h>

#include "acceptor.h"
#include "loop.h"
#include "paths.h"

#define DOOR_CLIENTS_MAX 64

struct store;
struct door;

struct door_client {
	struct door *door;
	int fd;
	char *waiting; /* an answer that the socket did not take */
	struct watch watch;
};

struct door { /* zeroed is closed */
	struct loop *loop;
	struct store *store;
	int fd;
	char path[PATHS_MAX_BYTES];
	char *buf;
	struct acceptor acceptor;
	unsigned refused; /* clients since there were as many as may be */
	bool said_bad;	  /* of a request that is none */
	struct door_client *clients[DOOR_CLIENTS_MAX];
};

/* Makes the socket, 0600; one that a dead predecessor left is replaced. A living one has a second to end, and so long
 * this blocks; then EADDRINUSE. 0, or -1 with errno. */
int door_open(struct door *d, struct loop *loop, struct store *store, const char *path);
/* Closes and removes it. */
void door_close(struct door *d);

#endif
