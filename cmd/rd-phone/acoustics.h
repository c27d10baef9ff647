/* What the microphone hears beside the caller: the loudspeaker, later and fainter, and noise. Knows samples and
 * times only. */
#ifndef ACOUSTICS_H
#define ACOUSTICS_H

#include <stddef.h>
#include <stdint.h>

#include "badline.h"
#include "dice.h"

#define ACOUSTICS_ROOM 16384u /* samples: two seconds */

struct acoustics {
	const struct badline *line;
	struct dice dice;
	double echo, noise;	      /* factors */
	int16_t room[ACOUSTICS_ROOM]; /* the echo of each moment, in a ring */
};

void acoustics_open(struct acoustics *a, const struct badline *line);

/* The loudspeaker played these from at_us on. */
void acoustics_played(struct acoustics *a, const uint8_t *mulaw, size_t n, uint64_t at_us);

/* The microphone's frame, up to now_us: what else is to be heard is mixed in. */
void acoustics_mix(struct acoustics *a, uint8_t *mulaw, size_t n, uint64_t now_us);

#endif
