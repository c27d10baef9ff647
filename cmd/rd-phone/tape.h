/* The recording of a call: stereo, left what the caller said, right what the caller heard. */
#ifndef TAPE_H
#define TAPE_H

#include <stddef.h>
#include <stdint.h>

#include "wav.h"

#define TAPE_SECOND 8000

struct tape { /* zeroed records nothing */
	struct wav wav;
	int16_t pair[2 * TAPE_SECOND]; /* written once a second */
	size_t n;
	uint8_t heard[TAPE_SECOND]; /* what was heard since the last frame */
	size_t heard_n;
};

int tape_open(struct tape *t, const char *path, char *error, size_t size);
void tape_heard(struct tape *t, const uint8_t *mulaw, size_t n);

/* A frame of the caller's, and as much of what was heard; silence where less was. */
void tape_frame(struct tape *t, const uint8_t *mulaw, size_t n);

void tape_close(struct tape *t);

#endif
