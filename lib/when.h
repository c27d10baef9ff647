/* Times as people say them, in the zone of this process (TZ), "today at 20:00"; as programs write them, RFC 3339. */
#ifndef WHEN_H
#define WHEN_H

#include <stddef.h>
#include <time.h>

#define WHEN_BYTES 64

/* "2026-11-21T20:00", seconds optional, a space for the T allowed: local time, unless Z or an offset follows, +01:00 or
 * +0100. 0, or -1: EINVAL no such form or date, ERANGE a local time that the clocks skip. */
int when_read(const char *text, time_t *at);

/* "today at 20:00", "tomorrow at 08:15", "on Friday at 20:00" (this week), "on 4 March at 20:00", with the year if it
 * is another. Returns out. */
char *when_say(time_t at, time_t now, char out[WHEN_BYTES]);

/* Days since the epoch of a date in its calendar: what "tomorrow" counts. */
long when_day(const struct tm *t);

/* "2026-11-21T19:00:00Z". Returns out. */
char *when_utc(time_t at, char out[WHEN_BYTES]);

/* Makes the zone this process's; empty: the machine's. 0, or -1 without memory: then it is the machine's, too. */
int when_zone(const char *zone);

#endif
