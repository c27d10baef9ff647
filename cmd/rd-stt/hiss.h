/* The band that a telephone line lacks. Above 4 kHz nothing is left but errors of rounding, which follow the voice and
 * which the recogniser's model, made of wideband speech, takes for sounds. A hiss of one loudness, too soft to hear,
 * covers them. */
#ifndef HISS_H
#define HISS_H

#include <stddef.h>
#include <stdint.h>

struct hiss { /* zeroed begins it: the same sound becomes the same again */
	uint32_t state;
	float last;
	int odd;
};

/* out: the n samples, of 16 kHz, with the hiss. */
void hiss_add(struct hiss *h, const int16_t *samples, size_t n, int16_t *out);

#endif
