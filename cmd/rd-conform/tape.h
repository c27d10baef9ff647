/* Frames in a row, as bytes: what is expected of a stage and not yet there, what it has said itself. */
#ifndef TAPE_H
#define TAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tape { /* zeroed is empty */
	uint8_t *bytes;
	size_t size, room;
	size_t at; /* where tape_first looks */
};

struct tape_frame {
	const uint8_t *bytes; /* header and payload, borrowed until the next tape_add */
	size_t size;
	bool optional; /* may come or not */
};

/* A copy behind the others. Ends the program without memory. */
void tape_add(struct tape *t, const uint8_t *frame, size_t n, bool optional);

/* The frame at *at, which moves on behind it; from 0 it is a walk through all of them. false: no more. */
bool tape_walk(const struct tape *t, size_t *at, struct tape_frame *f);

/* The first of those that were not yet dropped; tape_drop takes it away. */
bool tape_first(const struct tape *t, struct tape_frame *f);
void tape_drop(struct tape *t);

void tape_close(struct tape *t);

#endif
