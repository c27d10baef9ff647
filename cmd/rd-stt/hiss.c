#include "hiss.h"

#include <math.h>

#define LOUDNESS 4.0f

/* Any number from -1 to 1, of no use to anybody who needs one by chance. */
static float any(struct hiss *h)
{
	h->state = h->state * 1103515245u + 12345u;
	return (float)(h->state >> 8 & 0xffff) / 32768.0f - 1;
}

/* The sum of two neighbours lies low; every second one turned round, what was low is high. */
void hiss_add(struct hiss *h, const int16_t *samples, size_t n, int16_t *out)
{
	for (size_t i = 0; i < n; i++) {
		float next = any(h), sum = LOUDNESS * (next + h->last), value;

		value = (float)samples[i] + (h->odd ? -sum : sum);
		out[i] = (int16_t)lrintf(fmaxf(-32768, fminf(32767, value)));
		h->last = next;
		h->odd = !h->odd;
	}
}
