/* The sample rate of mono 16 bit audio changed, by libsoxr in its low-delay settings: start, flow, drain, stop. Knows
 * nothing of frames. Output n stands at the time of input n; it comes out at most 15 ms after it went in
 * (tests/unit/t_convert.c). */
#ifndef CONVERT_H
#define CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct soxr;

struct convert { /* zeroed is stopped */
	struct soxr *soxr;
	unsigned from_hz, to_hz;
};

/* Also begins anew, forgetting what was held back. 0, or -1 without memory. */
int convert_start(struct convert *c, unsigned from_hz, unsigned to_hz);
void convert_stop(struct convert *c);

/* Takes up to n samples and gives up to room; call again while it took less than n or gave all of room. Never blocks.
 */
void convert_flow(struct convert *c, const int16_t *in, size_t n, size_t *took, int16_t *out, size_t room,
		  size_t *gave);

/* Gives what was held back; call again while it gave all of room, then convert_start or convert_stop. */
void convert_drain(struct convert *c, int16_t *out, size_t room, size_t *gave);

#endif
