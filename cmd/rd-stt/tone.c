#include "tone.h"

#include <math.h>

#define RATE 16000.0
#define SHARE 0.75f /* of all the energy that the two tones must have */
#define TWIST 8.0f  /* one may be so much stronger than the other */

static const float rows[] = { 697, 770, 852, 941 }, columns[] = { 1209, 1336, 1477, 1633 };

/* Goertzel: the energy at one frequency, as a share of n times the whole energy. */
static float energy_at(const int16_t *samples, size_t n, float hertz)
{
	float k = 2 * cosf((float)(2 * M_PI / RATE) * hertz), a = 0, b = 0;

	for (size_t i = 0; i < n; i++) {
		float next = (float)samples[i] + k * a - b;

		b = a;
		a = next;
	}
	return a * a + b * b - k * a * b;
}

static float strongest(const int16_t *samples, size_t n, const float *hertz)
{
	float most = 0;

	for (int i = 0; i < 4; i++)
		most = fmaxf(most, energy_at(samples, n, hertz[i]));
	return most;
}

bool tone_is_key(const int16_t *samples, size_t n)
{
	float all = 0, low, high;

	for (size_t i = 0; i < n; i++)
		all += (float)samples[i] * (float)samples[i];
	if (all < 1e4f * (float)n) /* -50 dB */
		return false;
	low = strongest(samples, n, rows);
	high = strongest(samples, n, columns);
	/* a pure tone's energy at its frequency is n/2 times its whole */
	return low + high > SHARE * all * (float)n / 2 && low < TWIST * high && high < TWIST * low;
}
