/* Appointments as one says them on the telephone: short sentences, days by their names. */
#ifndef TELLING_H
#define TELLING_H

#include <stddef.h>

#include "agenda.h"
#include "dates.h"

#define TELLING_DAY_BYTES 64
#define TELLING_TIME_BYTES 160

/* "today", "on Tuesday", "on Tuesday, 24 November". Returns out. */
char *telling_day(time_t at, time_t now, char out[TELLING_DAY_BYTES]);

/* "from 09:00 to 09:30", "at 09:00", "all day". Returns out. */
char *telling_hours(const struct appointment *a, char out[TELLING_TIME_BYTES]);

/* Both: "on Tuesday from 09:00 to 09:30", "from Monday, 23 November to Wednesday, 25 November". Returns out. */
char *telling_time(const struct appointment *a, time_t now, char out[TELLING_TIME_BYTES]);

/* "Dentist", or what one says of what has no name. */
const char *telling_title(const struct appointment *a);

/* All of them by days, the first `most` told: "On Tuesday you have two appointments: …". */
void telling_agenda(const struct agenda *g, const struct dates *d, time_t now, size_t most, char *out, size_t size);

/* "on Tuesday you are free from 09:00 to 11:00 and from 15:00 to 18:00": of one day; n is 0 for none. */
void telling_gaps(const struct gap *gaps, size_t n, time_t day, time_t now, char *out, size_t size);

#endif
