/* RUNTIME/mcp.sock: who asks for the tools of servers, calls them, and hears that their lists have changed. One JSON
 * object a line, rd-mcp(8). */
#ifndef DOOR_H
#define DOOR_H

#include "acceptor.h"
#include "lines.h"
#include "loop.h"
#include "paths.h"
#include "server.h"

#define DOOR_CLIENTS_MAX 64
#define DOOR_CALLS_MAX 64 /* of one client */

struct door_call;

struct door_client {
	struct lines lines;
	struct door *door;
	struct door_call *calls;
	size_t call_count;
	double pings[8]; /* ids of those that wait */
	const struct server *pinged[8];
	size_t ping_count;
	bool watches;
};

struct door { /* zeroed is closed */
	struct loop *loop;
	struct server *servers;
	size_t count;
	int fd;
	char path[PATHS_MAX_BYTES];
	struct acceptor acceptor;
	struct door_client *clients[DOOR_CLIENTS_MAX];
	unsigned refused;
};

/* Listens at path. 0, or -1 with errno. servers stay the caller's, and their number the same. */
int door_open(struct door *d, struct loop *loop, struct server *servers, size_t count, const char *path);
void door_close(struct door *d);

/* A server's list or state has changed: whoever watches is told. */
void door_changed(struct door *d, const struct server *s);
/* A ping was answered, after so many ms; -1: it was not. */
void door_pinged(struct door *d, const struct server *s, long ms);

#endif
