/* A date, a time or a stretch of days as somebody dictates it or a program writes it: "tomorrow at eight", "next week",
 * "24 November", "Monday to Wednesday", 2026-11-24, 2026-11-24T09:00, RFC 3339. English; in the zone of this process
 * (TZ). Pure. */
#ifndef DATES_H
#define DATES_H

#include <time.h>

enum dates_kind {
	DATES_MOMENT, /* a time on a day; from is to */
	DATES_DAY,    /* whole days, from the first's midnight to that behind the last */
	DATES_PART,   /* less than a day: "tomorrow morning", "from nine to eleven" */
};

struct dates {
	enum dates_kind kind;
	time_t from, to;
};

/* What lies ahead, as people mean it: "Friday" is today or the next one, "at eight" the next eight o'clock. 0, or -1
 * with errno: EINVAL no such date, or not understood; ERANGE a time that the clocks skip; EDOM it ends before it
 * begins.
 */
int dates_read(const char *text, time_t now, struct dates *d);

/* Midnight of the local day that `at` is in, so many days on. */
time_t dates_midnight(time_t at, int days);

#endif
