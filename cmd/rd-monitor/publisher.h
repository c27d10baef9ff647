/* The door of rd-monitor: a Unix socket at which every event is published, a JSON line each. Who comes before 64 events
 * or 12 KiB of them have gone by is told first all of them but the long lists, who comes later what holds: the last of
 * each state event. At most 8 at a time; one that does not read, or sends a line of over 64 KiB, is let go. */
#ifndef PUBLISHER_H
#define PUBLISHER_H

#include <stdbool.h>
#include <stddef.h>

#include "acceptor.h"
#include "event.h"
#include "frame.h"
#include "lines.h"

#define PUBLISHER_CLIENTS 8
#define PUBLISHER_EARLY 64
#define PUBLISHER_EARLY_BYTES (12u << 10)

struct publisher;

struct publisher_client {
	struct publisher *publisher;
	struct lines lines; /* fd > 0 while it is there */
};

struct publisher { /* zeroed is closed */
	struct loop *loop;
	int fd; /* listening */
	struct acceptor acceptor;
	unsigned refused; /* since there were as many as may be */
	const char *call;
	void *ctx;
	/* A line that a client sent, borrowed; answer with lines_send on l. */
	void (*on_line)(void *ctx, struct lines *l, const char *line, size_t n);
	struct publisher_client clients[PUBLISHER_CLIENTS];
	char *held[EVENT_TYPES];      /* lines of state events */
	char *early[PUBLISHER_EARLY]; /* the first lines of all, while they are so few */
	int early_count;
	size_t early_bytes;
	bool early_over; /* they were more, and are gone */
};

/* call may be NULL (by hand). 0, or -1 with errno. */
int publisher_open(struct publisher *p, struct loop *loop, const char *path, const char *call,
		   void (*on_line)(void *ctx, struct lines *l, const char *line, size_t n), void *ctx);

/* Publishes an event's frame; what is no JSON object is not published. Never blocks. */
void publisher_say(struct publisher *p, const struct frame *f);

void publisher_close(struct publisher *p);

#endif
