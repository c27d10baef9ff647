/* Whether the caller speaks, by energy alone: louder than the least that a voice has, and than three times the noise of
 * the line, which is learnt from its quietest moments. Counts in the time of the samples. */
#ifndef EAR_H
#define EAR_H

#include <stddef.h>
#include <stdint.h>

struct ear {		    /* zeroed is new */
	double noise;	    /* root mean square of what is always there; 0: nothing was heard yet */
	unsigned loud_ms;   /* so long it has been loud, by now */
	unsigned silent_ms; /* so long nobody has spoken, by now */
	unsigned spoken_ms; /* in all */
};

/* Some 20 ms at once. */
void ear_hear(struct ear *e, const int16_t *samples, size_t n, unsigned rate_hz);

#endif
