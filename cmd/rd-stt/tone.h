/* Whether a step of sound is a telephone key's tone pair: keys are no speech. */
#ifndef TONE_H
#define TONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* n samples at 16 kHz, 20 ms or so. */
bool tone_is_key(const int16_t *samples, size_t n);

#endif
