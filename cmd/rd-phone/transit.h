/* What becomes of each 20 ms of the caller between microphone and stream: sent, lost on the way, or not sent at all by
 * a carrier that leaves silence out. */
#ifndef TRANSIT_H
#define TRANSIT_H

#include <stddef.h>
#include <stdint.h>

#include "badline.h"
#include "dice.h"

enum transit_fate { TRANSIT_SENT, TRANSIT_LOST, TRANSIT_SILENT };

struct transit {
	const struct badline *line;
	struct dice dice;
	int losing;	       /* in a burst */
	unsigned quiet_frames; /* since the last sound */
	unsigned long fates[3];
};

void transit_open(struct transit *t, const struct badline *line);
enum transit_fate transit_frame(struct transit *t, const uint8_t *mulaw, size_t n);

#endif
