/* An engine's sound at the rate that is wanted, handed on piece by piece: begin, flow, end. */
#ifndef RATE_H
#define RATE_H

#include "convert.h"

struct rate {
	struct convert convert; /* stopped where both rates are the same */
};

/* Takes a piece. Not 0: no more of it is wanted. */
typedef int rate_give(void *ctx, const int16_t *samples, size_t n);

/* 0, or -1 without memory. */
int rate_begin(struct rate *r, unsigned from_hz, unsigned to_hz);
/* 0, or -1 as soon as give wants no more. */
int rate_flow(struct rate *r, const int16_t *samples, size_t n, rate_give *give, void *ctx);
/* Gives what was held back, unless give is NULL. */
void rate_end(struct rate *r, rate_give *give, void *ctx);

#endif
