/* A bad wire between the stream's WebSocket and the assistant's machine: a relay on the loopback inside this process,
 * which delivers late, stalls, sends the upgrade's head in pieces, stands still for ever, or resets the connection. It
 * knows bytes and times only, so the connection has to be plain TCP. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badline.h"
#include "dice.h"
#include "loop.h"
#include "resolve.h"

struct wire_chunk;

struct wire_way { /* one direction; from or to is -1: not open (any more) */
	struct wire *wire;
	int from, to;
	struct wire_chunk *first, *last;
	size_t bytes;	 /* that are on their way */
	uint64_t due_us; /* of the last one */
	bool ended;	 /* from has nothing more to say */
};

struct wire {
	struct loop *loop;
	const struct badline *line;
	double head_ms; /* the first bytes go up in pieces over so long */
	int port;	/* of the far end */
	int listener, near, far;
	struct watch listen_watch, near_watch, far_watch;
	struct resolve resolve;
	struct resolve_answer found; /* the far end's addresses */
	size_t tried;		     /* of them */
	struct timer timer;
	struct dice dice;
	struct wire_way up, down;
	uint64_t begun_us;
	bool connected, open;
	struct wire *next; /* the owner's list */
};

/* loop, line and head_ms are set. Listens on the loopback; whoever connects to the port that is returned talks to host
 * and port. -1 with errno. */
int wire_open(struct wire *w, const char *host, int port);
void wire_close(struct wire *w);

/* Nothing is read or written any more, but all stays open. */
void wire_freeze(struct wire *w);

/* The far end gets a reset. */
void wire_reset(struct wire *w);

#endif
