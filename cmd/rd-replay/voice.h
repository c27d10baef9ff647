/* A WAV file as a caller's voice: frames of audio up, 20 ms each, born 20 ms apart, and an empty one with END behind
 * them. */
#ifndef VOICE_H
#define VOICE_H

#include <stdbool.h>

#include "frame.h"
#include "wav.h"

struct voice { /* zeroed is closed */
	struct wav wav;
	bool ended;
	struct frame next;
	int16_t *samples;
	uint8_t payload[FRAME_AUDIO_MAX];
};

/* Whether a file begins like a WAV file; looks without reading, so no for a pipe. */
bool voice_is_wav(int fd);

/* 0, or -1 with error filled: no such file, or a rate that frames do not have. Of several channels the first is played.
 */
int voice_open(struct voice *v, const char *path, char *error, size_t size);
void voice_close(struct voice *v);

/* 1: a frame, borrowed until the next call; -1: the end. Blocks on the disk. */
int voice_next(struct voice *v, struct frame *f);

#endif
