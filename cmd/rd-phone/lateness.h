/* How late a timer of ours was, again and again: what a test must know before it blames the other side. */
#ifndef LATENESS_H
#define LATENESS_H

#include <stdint.h>

#define LATENESS_STEPS 2000 /* of 100 us; what is later counts as the last */

struct lateness { /* zeroed is ready */
	unsigned long n;
	uint64_t max_us;
	unsigned steps[LATENESS_STEPS];
};

void lateness_add(struct lateness *l, uint64_t due_us, uint64_t now_us);
double lateness_ms(const struct lateness *l, double share); /* of these were no later than this; 0.99: p99 */

#endif
