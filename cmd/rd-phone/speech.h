/* A sentence as sound, in one of the voices that flite and espeak-ng have. */
#ifndef SPEECH_H
#define SPEECH_H

#include <stddef.h>
#include <stdint.h>

struct speech { /* zeroed is none */
	int16_t *samples;
	size_t n;
	unsigned rate_hz;
};

/* voice: slt, rms, awb, kal or kal16 of flite, else one of espeak-ng (en-us, en-gb, de); percent: how fast, 100 is
 * normal. 0, or -1 with why in error. Takes some 20 ms a second of speech. */
int speech_make(struct speech *s, const char *voice, unsigned percent, const char *text, char *error, size_t size);
void speech_drop(struct speech *s);

#endif
