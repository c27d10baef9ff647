/* A bounded, counted queue of frames that could not yet be written. Audio is shed (when it is cleared, or when the
 * queue is full), an event never: beyond its cap of events the process ends with a line instead. Memory is only taken
 * while a reader lags. */
#ifndef QUEUE_H
#define QUEUE_H

#include <stdbool.h>

#include "frame.h"

#define QUEUE_EVENTS_MAX ((size_t)4 << 20) /* bytes */
#define QUEUE_AUDIO_MAX ((size_t)4 << 20)

struct queue_node {
	struct queue_node *next;
	uint32_t item;
	uint8_t kind;
	uint8_t origin;
	size_t size, done; /* of bytes: header and payload; what a byte stream has taken already */
	uint8_t bytes[];
};

struct queue {
	struct queue_node *head, *tail;
	size_t event_bytes, audio_bytes;
	unsigned depth, high;
	uint64_t shed_full, shed_cleared, shed_stale; /* stale ones are counted by who reads them */
};

/* Zeroed is an empty queue. Copies the frame. `done` bytes of it are written already (a byte stream took a part).
 * -1 with errno ENOBUFS: too many bytes of events; ENOMEM. Audio is shed from the front to make room. */
int queue_push(struct queue *q, const struct frame *f, size_t done);

void queue_pop(struct queue *q);

/* Drops queued audio down whose item keep() does not want; never one that is half written. */
void queue_clear(struct queue *q, bool (*keep)(void *ctx, uint32_t item), void *ctx);

void queue_close(struct queue *q);

#endif
