/* When a frame of a recording is due: as long after the first one as it was born after it, divided by the speed. A
 * frame without a birth (a line of text) follows the audio up before it. Nothing is ever due before what came before
 * it. */
#ifndef PACE_H
#define PACE_H

#include "frame.h"

struct pace {			    /* zeroed but for the speed is ready */
	double speed;		    /* 0: everything at once */
	uint64_t begun_us, last_us; /* on the recording's clock: what counts as its beginning, where it has come to */
	uint64_t start_us;	    /* on ours */
	bool running;
};

/* When f is due on our clock, now_us being the time. */
uint64_t pace_due_us(struct pace *p, const struct frame *f, uint64_t now_us);

#endif
