#include "upsample.h"

#include <string.h>

/* One half of a symmetric half-band filter: sinc of half a sample and its odd multiples under a Blackman window, made
 * to sum up to a half. */
static const float taps[UPSAMPLE_TAPS / 2] = { 0.627753f, -0.186902f, 0.089052f, -0.044455f,
					       0.020883f, -0.008619f, 0.002834f, -0.000547f };

static int16_t between(const int16_t *s)
{
	float sum = 0;

	for (int i = 0; i < UPSAMPLE_TAPS / 2; i++)
		sum += taps[i] * (float)(s[UPSAMPLE_TAPS / 2 - 1 - i] + s[UPSAMPLE_TAPS / 2 + i]);
	return (int16_t)(sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum);
}

void upsample(struct upsample *u, const int16_t *in, size_t n, int16_t *out)
{
	for (size_t i = 0; i < n; i++) {
		memmove(u->before, u->before + 1, sizeof u->before - sizeof *u->before);
		u->before[UPSAMPLE_TAPS - 1] = in[i];
		out[2 * i] = u->before[UPSAMPLE_TAPS / 2 - 1];
		out[2 * i + 1] = between(u->before);
	}
}
