#include "lateness.h"

#define STEP_US 100

void lateness_add(struct lateness *l, uint64_t due_us, uint64_t now_us)
{
	uint64_t late_us = now_us > due_us ? now_us - due_us : 0, step = late_us / STEP_US;

	l->n++;
	l->steps[step < LATENESS_STEPS ? step : LATENESS_STEPS - 1]++;
	if (late_us > l->max_us)
		l->max_us = late_us;
}

double lateness_ms(const struct lateness *l, double share)
{
	unsigned long seen = 0;

	for (unsigned i = 0; i < LATENESS_STEPS; i++) {
		seen += l->steps[i];
		if (l->n && (double)seen >= share * (double)l->n)
			return (i + 1) * STEP_US / 1000.0;
	}
	return 0;
}
