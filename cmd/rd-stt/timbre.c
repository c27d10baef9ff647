#include "timbre.h"

#include <math.h>
#include <string.h>

#define SHORTEST (TIMBRE_RATE / 400) /* the period of the highest voice */
#define PITCHED 0.7f		     /* a period is so like the next */
#define HELD 0.9f		     /* the sound is so like what it was 40 ms ago */
#define HUSH 1e4f		     /* softer than that has no shape */

static void take(struct timbre *t, const int16_t *samples)
{
	memmove(t->sound, t->sound + TIMBRE_STEP, TIMBRE_STEP * sizeof *t->sound);
	for (int i = 0; i < TIMBRE_STEP; i++)
		t->sound[TIMBRE_STEP + i] = ((float)samples[2 * i] + (float)samples[2 * i + 1]) / 2;
}

/* How like the sound is to itself, so much later. */
static float likeness(const float *sound, int lag)
{
	float both = 0, here = HUSH, there = HUSH;

	for (int i = 0; i + lag < 2 * TIMBRE_STEP; i++) {
		both += sound[i] * sound[i + lag];
		here += sound[i] * sound[i];
		there += sound[i + lag] * sound[i + lag];
	}
	return both / sqrtf(here * there);
}

/* Beyond its first zero: before it anything without high tones is like itself. */
static bool is_pitched(const float *shape)
{
	int lag = 0;

	while (lag < TIMBRE_LAGS && shape[lag] > 0)
		lag++;
	for (lag = lag > SHORTEST ? lag : SHORTEST; lag < TIMBRE_LAGS; lag++)
		if (shape[lag] > PITCHED)
			return true;
	return false;
}

static bool is_held(const float *shape, const float *before)
{
	float both = 0, now = 0, then = 0;

	for (int i = 0; i < TIMBRE_LAGS; i++) {
		both += shape[i] * before[i];
		now += shape[i] * shape[i];
		then += before[i] * before[i];
	}
	return both > HELD * sqrtf(now * then);
}

void timbre_hear(struct timbre *t, const int16_t samples[VOICE_STEP], struct timbre_heard *heard)
{
	float shape[TIMBRE_LAGS];

	take(t, samples);
	for (int lag = 0; lag < TIMBRE_LAGS; lag++)
		shape[lag] = likeness(t->sound, lag + 1);
	heard->pitched = is_pitched(shape);
	heard->held = is_held(shape, t->shape[0]);
	memcpy(t->shape[0], t->shape[1], sizeof t->shape[0]);
	memcpy(t->shape[1], shape, sizeof shape);
}
