/* A Unix stream socket that carries JSON objects, one a line, both ways: bounded in and out, never blocking. */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "loop.h"

#define LINES_IN_MAX ((size_t)65536)
#define LINES_OUT_MAX ((size_t)1 << 20)

struct lines { /* embedded in its owner; zeroed is closed */
	struct loop *loop;
	int fd;
	char *in, *out;
	size_t in_used, out_used, out_size;
	struct watch watch;
	struct timer more; /* lines that have arrived and wait for their turn */
	/* A line without its newline, NUL-terminated, borrowed. At most 32 in a row: then it is the others' turn. */
	void (*on_line)(struct lines *l, char *line, size_t n);
	/* The other side is gone, or sends a line that is too long (why; errno EMSGSIZE): it is not read any more, but
	 * may be sent a last word. The owner calls lines_close. */
	void (*on_end)(struct lines *l, const char *why);
};

/* A listening socket at path with the mode, an old socket file there replaced. -1 with errno. Close-on-exec,
 * non-blocking. */
int lines_listen(const char *path, unsigned mode);

/* Takes a connected (accepted) socket over; on_line and on_end are set. 0, or -1 with errno: then fd is closed. */
int lines_open(struct lines *l, struct loop *loop, int fd);

/* Connects to a socket; Unix sockets connect at once or not at all. */
int lines_connect(struct lines *l, struct loop *loop, const char *path);

/* Queues a line (its newline is added). 0, or -1: ENOBUFS (it does not read), ENOTCONN. */
int lines_send(struct lines *l, const char *text, size_t n);

/* Hands out what has arrived already, without waiting for the loop: before a close that shall lose nothing. */
void lines_take(struct lines *l);

void lines_close(struct lines *l);

#endif
