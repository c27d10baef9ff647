/* A moment or a length of time as somebody says it, in parts ("tonight at eight": today, evening, hour 8), and what it
 * means: parts that are missing or ambiguous are settled so that it lies ahead, as people mean it. Knows numbers only;
 * the words are in the sentences' file. Pure but for the zone of the process (TZ). */
#ifndef MOMENT_H
#define MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum moment_field {
	MOMENT_HOUR,	/* 0-24; up to 12 it may be either, unless half or part says which */
	MOMENT_MINUTE,	/* -59 to 59: "quarter to" is -15 */
	MOMENT_HALF,	/* enum moment_half */
	MOMENT_PART,	/* enum moment_part, of the day */
	MOMENT_DAY,	/* days from today */
	MOMENT_WEEKDAY, /* 0 Sunday … 6 Saturday: the next one, today's if it is still to come */
	MOMENT_WEEK,	/* with weekday: weeks from this one, which begins on Monday */
	MOMENT_DATE,	/* day of the month */
	MOMENT_MONTH,	/* 1-12 */
	MOMENT_YEAR,
	MOMENT_SECONDS, /* lengths; the moment is so far from now */
	MOMENT_MINUTES,
	MOMENT_HOURS,
	MOMENT_DAYS,
	MOMENT_WEEKS,
	MOMENT_FIELDS
};

enum moment_half { MOMENT_AM, MOMENT_PM };
enum moment_part { MOMENT_MORNING, MOMENT_NOON, MOMENT_AFTERNOON, MOMENT_EVENING, MOMENT_NIGHT };

struct moment {
	unsigned set; /* bits */
	bool beyond;  /* a part was said that cannot be: there is no such moment */
	int value[MOMENT_FIELDS];
};

extern const char *const moment_fields[MOMENT_FIELDS]; /* their names in the file */

/* -1: no such field; -1: no such half or part. */
int moment_field_find(const char *name);
int moment_word_find(enum moment_field field, const char *word);

/* Whether a part may be so much; moment_put takes nothing else, the moment is none then. */
bool moment_fits(enum moment_field field, long value);
void moment_put(struct moment *m, enum moment_field field, long value);
/* Into m what other says, part by part. A time of day replaces the one that was there, a day the day. */
void moment_correct(struct moment *m, const struct moment *other);
void moment_merge(struct moment *m, const struct moment *other);

bool moment_is_length(const struct moment *m); /* nothing but a length */
long moment_seconds(const struct moment *m);   /* that length */
bool moment_is_near(const struct moment *m);   /* from now, and less than a day: "in ten minutes" (day 0) */

/* When that is, at or after now. 0, or -1: there is no such day. */
int moment_resolve(const struct moment *m, time_t now, time_t *at);

#define MOMENT_TEXT_BYTES 40
/* "2026-11-21T20:00:00+01:00". Returns out. */
char *moment_print(time_t at, char out[MOMENT_TEXT_BYTES]);

#endif
