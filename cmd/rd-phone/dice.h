/* Chance that can be repeated: each purpose rolls its own dice, so that what one of them did does not change the
 * others. */
#ifndef DICE_H
#define DICE_H

#include <stdint.h>

struct dice {
	uint64_t state;
};

struct dice dice_make(uint64_t seed, const char *purpose);
double dice_roll(struct dice *d); /* from 0 to under 1 */
double dice_between(struct dice *d, double low, double high);

#endif
