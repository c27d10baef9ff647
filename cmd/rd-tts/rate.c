#include "rate.h"

#define PIECE 1024

int rate_begin(struct rate *r, unsigned from_hz, unsigned to_hz)
{
	*r = (struct rate){ .convert = { .soxr = NULL } };
	return from_hz == to_hz ? 0 : convert_start(&r->convert, from_hz, to_hz);
}

int rate_flow(struct rate *r, const int16_t *samples, size_t n, rate_give *give, void *ctx)
{
	int16_t out[PIECE];
	size_t fed = 0, took, gave;

	if (!r->convert.soxr)
		return give(ctx, samples, n);
	do {
		convert_flow(&r->convert, samples + fed, n - fed, &took, out, PIECE, &gave);
		fed += took;
		if (gave && give(ctx, out, gave))
			return -1;
	} while (fed < n || gave == PIECE);
	return 0;
}

void rate_end(struct rate *r, rate_give *give, void *ctx)
{
	int16_t out[PIECE];
	size_t gave = PIECE;

	while (give && r->convert.soxr && gave == PIECE) {
		convert_drain(&r->convert, out, PIECE, &gave);
		if (gave && give(ctx, out, gave))
			break;
	}
	convert_stop(&r->convert);
}
