/* Frames to a descriptor without blocking: a SOCK_SEQPACKET link, a byte stream, or text (a terminal, or by request).
 * What the reader behind it does not take waits in a counted queue. Binary is never written to a terminal. */
#ifndef WRITER_H
#define WRITER_H

#include <stdbool.h>

#include "frame.h"
#include "queue.h"

struct writer {
	int fd;
	bool packets, text;
	char *line; /* text: room for one line */
	struct queue queue;
};

/* Zeroed is closed. A pipe or socket is set non-blocking; a terminal or file never (the flag would be the shell's too).
 * 0, or -1 with errno. The descriptor stays the caller's. */
int writer_open(struct writer *w, int fd, bool text);
void writer_close(struct writer *w);

/* Sends or queues a copy. 0, or -1: EPIPE (nobody reads any more), ENOBUFS (queue_push), ENOMEM. */
int writer_send(struct writer *w, const struct frame *f);

/* Writes what waits. 0: all or as much as goes now (writer_waiting tells); -1 as writer_send. */
int writer_flush(struct writer *w);

static inline bool writer_waiting(const struct writer *w)
{
	return w->queue.head != NULL;
}

#endif
