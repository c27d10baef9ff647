/* What the caller says, as telephone audio made before the call: a sentence in one of the voices, or a sound file. */
#ifndef VOICE_H
#define VOICE_H

#include <stddef.h>
#include <stdint.h>

struct clip { /* zeroed is empty */
	uint8_t *mulaw;
	size_t n;
};

/* 0, or -1 with why in error. Both take tens of milliseconds. Voice and percent as in speech.h; a file may have any
 * format and rate, its channels are mixed. */
int voice_speak(struct clip *c, const char *voice, unsigned percent, const char *text, char *error, size_t size);
int voice_read(struct clip *c, const char *path, char *error, size_t size);

void voice_close(struct clip *c);

#endif
