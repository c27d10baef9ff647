/* Sound of 8000 Hz at 16000 Hz, with nothing above 4000 Hz that was not there: between any two samples stands one by
 * their neighbours. 1 ms late. */
#ifndef UPSAMPLE_H
#define UPSAMPLE_H

#include <stddef.h>
#include <stdint.h>

#define UPSAMPLE_TAPS 16

struct upsample { /* zeroed is silence before */
	int16_t before[UPSAMPLE_TAPS];
};

/* n samples become 2n. */
void upsample(struct upsample *u, const int16_t *in, size_t n, int16_t *out);

#endif
