#include "dice.h"

/* SplitMix64: short, and good enough for a bad line. */
static uint64_t next(struct dice *d)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

struct dice dice_make(uint64_t seed, const char *purpose)
{
	struct dice d = { seed };

	for (; *purpose; purpose++)
		d.state = next(&d) ^ (unsigned char)*purpose;
	return d;
}

double dice_roll(struct dice *d)
{
	return (double)(next(d) >> 11) / 9007199254740992.0; /* 2^53 */
}

double dice_between(struct dice *d, double low, double high)
{
	return low + dice_roll(d) * (high - low);
}
