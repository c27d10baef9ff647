#include "term.h"

#include "clock.h"

#define LEAD_S 120.0		 /* so long before the service ends a session the next one is made */
#define LAST_PART 4.0		 /* and this part of that time before, at the latest, it takes over */
#define UNQUIET_US (60 * SECOND) /* and where nobody ends it, so long after its time */
#define SOONEST_S 1.0
#define LATEST_S 86400.0

static uint64_t sooner(uint64_t a_us, uint64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

/* Of a session that is short from the start (a test, a small service) not more than a third is given away. */
void term_begin(struct term *t, uint64_t now_us, double now_unix_s)
{
	double left_s = t->expires_at - now_unix_s, lead_s = left_s / 3 < LEAD_S ? left_s / 3 : LEAD_S;

	t->end_us = now_us + (uint64_t)t->most_s * SECOND;
	t->last_us = t->end_us + UNQUIET_US;
	if (!(t->expires_at > 0 && left_s >= SOONEST_S && left_s <= LATEST_S))
		return;
	t->end_us = sooner(t->end_us, now_us + (uint64_t)((left_s - lead_s) * (double)SECOND));
	t->last_us = sooner(t->last_us, now_us + (uint64_t)((left_s - lead_s / LAST_PART) * (double)SECOND));
}

void term_cut(struct term *t, uint64_t now_us)
{
	t->end_us = sooner(t->end_us, now_us);
	t->last_us = sooner(t->last_us, now_us + UNQUIET_US);
}

bool term_over(const struct term *t, uint64_t now_us)
{
	return now_us >= t->end_us;
}

bool term_late(const struct term *t, uint64_t now_us)
{
	return now_us > t->end_us + (t->last_us - t->end_us) / 2;
}

bool term_last(const struct term *t, uint64_t now_us)
{
	return now_us >= t->last_us;
}
