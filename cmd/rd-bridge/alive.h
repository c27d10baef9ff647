/* Whether the model is there: it was asked for an answer and sends nothing at all, or the caller speaks, by the level
 * of his voice, and it notices nothing. */
#ifndef ALIVE_H
#define ALIVE_H

#include <stddef.h>
#include <stdint.h>

struct bridge;

struct alive {		   /* zeroed is ready */
	uint64_t loud_us;  /* since when he was heard here and nothing came from the model; 0: he was not */
	unsigned loud_ms;  /* so much of it was loud */
	unsigned deaf;	   /* connections that heard nothing of him, in a row */
	unsigned silences; /* and that answered nothing */
};

/* A frame of the caller's voice. */
void alive_hear(struct bridge *b, const uint8_t *audio, size_t n);

/* The model has found him; has answered. */
void alive_found(struct bridge *b);

/* Acts on what it finds: another connection, or the end of this brain. */
void alive_check(struct bridge *b, uint64_t now_us);

#endif
