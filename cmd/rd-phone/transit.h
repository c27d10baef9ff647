/* What becomes of each 20 ms of the caller between mouth and stream: the room's echo and noise come in, some of it is
 * lost on the way, and a carrier may leave silence out. Knows samples and times only. */
#ifndef TRANSIT_H
#define TRANSIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badline.h"
#include "dice.h"

#define TRANSIT_ROOM 16384u /* samples: two seconds */

enum transit_fate { TRANSIT_SENT, TRANSIT_LOST, TRANSIT_SILENT };

struct transit {
	const struct badline *line;
	double echo, noise; /* factors */
	struct dice loss_dice, noise_dice;
	bool losing;	       /* in a burst */
	unsigned quiet_frames; /* since the last sound */
	unsigned long fates[3];
	int16_t room[TRANSIT_ROOM]; /* the echo of each moment, in a ring */
};

void transit_open(struct transit *t, const struct badline *line);

/* The loudspeaker played these from at_us on. */
void transit_played(struct transit *t, const uint8_t *mulaw, size_t n, uint64_t at_us);

/* The microphone's frame, up to now_us: what else is to be heard is mixed in. */
void transit_mix(struct transit *t, uint8_t *mulaw, size_t n, uint64_t now_us);

/* Where the frame ends up; counted. */
enum transit_fate transit_fate(struct transit *t, const uint8_t *mulaw, size_t n);

#endif
