/* A caller's connection on its way to the carrier stage. One that comes while that stage is being started again is kept
 * for its successor: refused, it would cost the caller a second, and the call if it happens three times. */
#ifndef STREAM_H
#define STREAM_H

#include <stddef.h>

#include "loop.h"

struct child;

struct stream { /* zeroed is none, but for stream_open */
	struct loop *loop;
	int fd; /* -1: none waits */
	char json[128];
	char *bytes;
	size_t n;
	struct timer limit;
};

void stream_open(struct stream *w, struct loop *loop);

/* To the carrier stage, or kept until stream_started. The descriptor stays the caller's. -1 with errno: the stage lags,
 * or there is no memory. */
int stream_pass(struct stream *w, struct child *carrier, const char *json, const void *bytes, size_t n, int fd);

/* The carrier stage has been started again. */
void stream_started(struct stream *w, struct child *carrier);

void stream_close(struct stream *w);

#endif
