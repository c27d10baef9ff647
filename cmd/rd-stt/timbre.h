/* What a step of sound is made of: whether it has a pitch, as vowels have and coughs, clicks and hiss have not; whether
 * it is held, as notes are and a mouth that speaks is not. Knows nothing of words. */
#ifndef TIMBRE_H
#define TIMBRE_H

#include <stdbool.h>
#include <stdint.h>

#include "voice.h"

#define TIMBRE_RATE 8000
#define TIMBRE_STEP (TIMBRE_RATE / 1000 * VOICE_STEP_MS)
#define TIMBRE_LAGS (TIMBRE_RATE / 60) /* the longest period of a voice */

struct timbre { /* zeroed knows nothing yet */
	float sound[2 * TIMBRE_STEP];
	float shape[2][TIMBRE_LAGS]; /* of the last two steps */
};

struct timbre_heard {
	bool pitched, held;
};

void timbre_hear(struct timbre *t, const int16_t samples[VOICE_STEP], struct timbre_heard *heard);

#endif
