#include "ear.h"

#include <math.h>

#define LEAST 250.0 /* -42 dB of full scale: a low voice on the telephone has ten times that */
#define TIMES 3.0   /* of the noise: 10 dB */
#define RISE 0.0001 /* of the noise, a millisecond: e times in ten seconds of what is always loud */
#define NOISE_FIRST 80.0
#define CLICK_MS 60u /* shorter is a click, and no end of silence */

static double level(const int16_t *samples, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)samples[i] * samples[i];
	return sqrt(sum / (double)n);
}

void ear_hear(struct ear *e, const int16_t *samples, size_t n, unsigned rate_hz)
{
	unsigned ms = rate_hz ? (unsigned)(n * 1000 / rate_hz) : 0;
	double now;

	if (!ms)
		return;
	now = level(samples, n);
	e->noise = e->noise > 0 ? e->noise * (1 + RISE * ms) : NOISE_FIRST;
	if (now < e->noise)
		e->noise = now > 1 ? now : 1;
	if (now < LEAST || now < TIMES * e->noise) {
		e->loud_ms = 0;
		e->silent_ms += ms;
		return;
	}
	e->loud_ms += ms;
	e->spoken_ms += ms;
	if (e->loud_ms >= CLICK_MS)
		e->silent_ms = 0;
}
