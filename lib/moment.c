#include "moment.h"

#include <stdio.h>
#include <string.h>

#define DAY_S 86400L

const char *const moment_fields[MOMENT_FIELDS] = {
	"hour",	 "minute", "half",    "part",	 "day",	  "weekday", "week",  "date",
	"month", "year",   "seconds", "minutes", "hours", "days",    "weeks",
};

static const char *const halves[] = { "am", "pm", NULL };
static const char *const part_names[] = { "morning", "noon", "afternoon", "evening", "night", NULL };

/* Of each part of the day: from when to when an hour of it lies (beyond 24: of the next day), and which is meant where
 * none is said. */
static const struct {
	int from, to, usual;
} parts[] = {
	[MOMENT_MORNING] = { 1, 12, 9 },   [MOMENT_NOON] = { 11, 14, 12 },  [MOMENT_AFTERNOON] = { 12, 19, 15 },
	[MOMENT_EVENING] = { 16, 25, 20 }, [MOMENT_NIGHT] = { 18, 30, 22 },
};

#define USUAL_HOUR 9
#define FIRST_HOUR 7 /* of another day than today: what is meant by an hour alone lies from here on */

enum {
	TIME_FIELDS = 1 << MOMENT_HOUR | 1 << MOMENT_MINUTE | 1 << MOMENT_HALF,
	DATE_FIELDS = 1 << MOMENT_DAY | 1 << MOMENT_WEEKDAY | 1 << MOMENT_WEEK | 1 << MOMENT_DATE | 1 << MOMENT_MONTH |
		      1 << MOMENT_YEAR,
	CLOCK_FIELDS = 1 << MOMENT_SECONDS | 1 << MOMENT_MINUTES | 1 << MOMENT_HOURS,
	LENGTH_FIELDS = CLOCK_FIELDS | 1 << MOMENT_DAYS | 1 << MOMENT_WEEKS,
};

static int find(const char *const *names, const char *word)
{
	for (int i = 0; names[i]; i++)
		if (strcmp(names[i], word) == 0)
			return i;
	return -1;
}

int moment_field_find(const char *name)
{
	for (int i = 0; i < MOMENT_FIELDS; i++)
		if (strcmp(moment_fields[i], name) == 0)
			return i;
	return -1;
}

int moment_word_find(enum moment_field field, const char *word)
{
	if (field == MOMENT_HALF)
		return find(halves, word);
	return field == MOMENT_PART ? find(part_names, word) : -1;
}

bool moment_fits(enum moment_field field, long value)
{
	static const struct {
		long least, most;
	} bounds[MOMENT_FIELDS] = {
		[MOMENT_HOUR] = { 0, 24 },
		[MOMENT_MINUTE] = { -59, 59 },
		[MOMENT_HALF] = { MOMENT_AM, MOMENT_PM },
		[MOMENT_PART] = { MOMENT_MORNING, MOMENT_NIGHT },
		[MOMENT_DAY] = { -9999, 9999 },
		[MOMENT_WEEKDAY] = { 0, 6 },
		[MOMENT_WEEK] = { -99, 99 },
		[MOMENT_DATE] = { 1, 31 },
		[MOMENT_MONTH] = { 1, 12 },
		[MOMENT_YEAR] = { 1, 9999 },
		[MOMENT_SECONDS] = { 0, 1000000 },
		[MOMENT_MINUTES] = { 0, 1000000 },
		[MOMENT_HOURS] = { 0, 100000 },
		[MOMENT_DAYS] = { 0, 10000 },
		[MOMENT_WEEKS] = { 0, 1000 },
	};

	return value >= bounds[field].least && value <= bounds[field].most;
}

void moment_put(struct moment *m, enum moment_field field, long value)
{
	if (!moment_fits(field, value)) {
		m->beyond = true;
		return;
	}
	m->set |= 1u << field;
	m->value[field] = (int)value;
}

static bool has(const struct moment *m, unsigned fields)
{
	return (m->set & fields) != 0;
}

static int get(const struct moment *m, enum moment_field field)
{
	return has(m, 1u << field) ? m->value[field] : 0;
}

void moment_merge(struct moment *m, const struct moment *other)
{
	for (int i = 0; i < MOMENT_FIELDS; i++)
		if (has(other, 1u << i))
			moment_put(m, (enum moment_field)i, other->value[i]);
	m->beyond |= other->beyond;
}

void moment_correct(struct moment *m, const struct moment *other)
{
	m->beyond = false;
	if (has(other, LENGTH_FIELDS) || has(m, LENGTH_FIELDS))
		*m = (struct moment){ 0 };
	if (has(other, TIME_FIELDS))
		m->set &= ~(unsigned)TIME_FIELDS;
	if (has(other, DATE_FIELDS))
		m->set &= ~(unsigned)DATE_FIELDS;
	if (has(other, 1u << MOMENT_PART | 1u << MOMENT_HALF)) /* "tomorrow morning" for "tonight at eight" */
		m->set &= ~(1u << MOMENT_PART | 1u << MOMENT_HALF);
	moment_merge(m, other);
}

bool moment_is_length(const struct moment *m)
{
	return m->set && !(m->set & ~(unsigned)LENGTH_FIELDS);
}

long moment_seconds(const struct moment *m)
{
	return get(m, MOMENT_SECONDS) + 60L * get(m, MOMENT_MINUTES) + 3600L * get(m, MOMENT_HOURS) +
	       DAY_S * get(m, MOMENT_DAYS) + 7 * DAY_S * get(m, MOMENT_WEEKS);
}

bool moment_is_near(const struct moment *m)
{
	return has(m, CLOCK_FIELDS) && !has(m, TIME_FIELDS) && moment_seconds(m) < DAY_S;
}

/* --- a day and a time on it */

/* The time of that clock on that day: the first of two when the clocks go back, and what a clock that was not put
 * forward would show when they skip it. */
static time_t make(const struct tm *day, int days, int hour, int minute)
{
	time_t at = 0;

	for (int dst = 1; dst >= 0; dst--) {
		struct tm t = { .tm_year = day->tm_year,
				.tm_mon = day->tm_mon,
				.tm_mday = day->tm_mday + days,
				.tm_hour = hour,
				.tm_min = minute,
				.tm_isdst = dst };
		struct tm shown;

		at = mktime(&t);
		if (localtime_r(&at, &shown) && (shown.tm_isdst > 0) == dst)
			return at;
	}
	return at;
}

/* The hours that are meant, soonest first, up to two; of the day, may be 24 and more. */
static int candidates(const struct moment *m, bool today, int hours[2])
{
	int h = get(m, MOMENT_HOUR);
	unsigned part = (unsigned)get(m, MOMENT_PART);

	if (!has(m, 1u << MOMENT_HOUR))
		hours[0] = has(m, 1u << MOMENT_PART) ? parts[part].usual : USUAL_HOUR;
	else if (has(m, 1u << MOMENT_HALF) && h <= 12)
		hours[0] = h % 12 + 12 * (get(m, MOMENT_HALF) == MOMENT_PM);
	else if (h > 12 || h == 0)
		hours[0] = h;
	else if (has(m, 1u << MOMENT_PART)) {
		hours[0] = h % 12;
		while (hours[0] < parts[part].from)
			hours[0] += 12;
	} else if (today) {
		hours[0] = h % 12;
		hours[1] = hours[0] + 12;
		return 2;
	} else
		hours[0] = h >= FIRST_HOUR ? h : h + 12;
	return 1;
}

/* That day's first candidate which is still ahead. */
static bool ahead(const struct moment *m, const struct tm *day, int days, bool today, time_t now, time_t *at)
{
	int hours[2], n = candidates(m, today, hours);

	for (int i = 0; i < n; i++) {
		*at = make(day, days, hours[i], get(m, MOMENT_MINUTE));
		if (*at > now)
			return true;
	}
	return false;
}

/* How many days from today the weekday is: this week's, counted from Monday, and so many weeks on. */
static int weekday_days(const struct moment *m, const struct tm *today)
{
	int wanted = get(m, MOMENT_WEEKDAY), days = (wanted - today->tm_wday + 7) % 7;

	if (!has(m, 1u << MOMENT_WEEK))
		return days;
	return (wanted + 6) % 7 - (today->tm_wday + 6) % 7 + 7 * get(m, MOMENT_WEEK);
}

static bool valid_date(const struct tm *day, int date)
{
	struct tm t = {
		.tm_year = day->tm_year, .tm_mon = day->tm_mon, .tm_mday = date, .tm_hour = 12, .tm_isdst = -1
	};

	(void)mktime(&t);
	return t.tm_mday == date;
}

/* "the 27th", "March the 4th": the next that there is and that is ahead. */
static int resolve_date(const struct moment *m, const struct tm *today, time_t now, time_t *at)
{
	struct tm day = { .tm_year = today->tm_year, .tm_mon = today->tm_mon };
	bool month = has(m, 1u << MOMENT_MONTH), year = has(m, 1u << MOMENT_YEAR);

	if (month)
		day.tm_mon = get(m, MOMENT_MONTH) - 1;
	if (year)
		day.tm_year = get(m, MOMENT_YEAR) - 1900;
	for (int tries = 0; tries < 9 * 12; tries++) {
		bool is_today = day.tm_mon == today->tm_mon && day.tm_year == today->tm_year &&
				get(m, MOMENT_DATE) == today->tm_mday;

		day.tm_mday = has(m, 1u << MOMENT_DATE) ? get(m, MOMENT_DATE) : 1;
		if (valid_date(&day, day.tm_mday) && ahead(m, &day, 0, is_today, now, at))
			return 0;
		if (year)
			return -1;
		if (!month && ++day.tm_mon == 12)
			day.tm_mon = 0, day.tm_year++;
		if (month)
			day.tm_year++;
	}
	return -1;
}

/* "today" that is over is tomorrow, "Friday" that is over the next one; an hour alone is the next one. */
static int resolve_day(const struct moment *m, const struct tm *today, time_t now, time_t *at)
{
	int days = get(m, MOMENT_DAY) + get(m, MOMENT_DAYS) + 7 * get(m, MOMENT_WEEKS), step = 1;

	if (has(m, 1u << MOMENT_WEEKDAY)) {
		days += weekday_days(m, today);
		step = 7;
	}
	if (days == 0 && has(m, 1u << MOMENT_DAY) && !has(m, 1u << MOMENT_HOUR | 1u << MOMENT_PART) &&
	    today->tm_hour >= USUAL_HOUR) { /* "today", and nothing else: in an hour */
		*at = now + 3600;
		return 0;
	}
	for (int tries = 0; tries < 3; tries++, days += step)
		if (ahead(m, today, days, days == 0 || (tries > 0 && step == 1), now, at))
			return 0;
	return -1;
}

int moment_resolve(const struct moment *m, time_t now, time_t *at)
{
	struct tm today;

	if (m->beyond || !m->set || !localtime_r(&now, &today))
		return -1;
	if (has(m, CLOCK_FIELDS) || (has(m, LENGTH_FIELDS) && !has(m, 1u << MOMENT_HOUR | 1u << MOMENT_PART))) {
		*at = make(&today, get(m, MOMENT_DAYS) + 7 * get(m, MOMENT_WEEKS), today.tm_hour, today.tm_min) +
		      today.tm_sec + get(m, MOMENT_SECONDS) + 60L * get(m, MOMENT_MINUTES) +
		      3600L * get(m, MOMENT_HOURS);
		if (!get(m, MOMENT_DAYS) && !get(m, MOMENT_WEEKS)) /* by the clock that knows no summer */
			*at = now + moment_seconds(m);
		return 0;
	}
	if (has(m, 1u << MOMENT_DATE | 1u << MOMENT_MONTH | 1u << MOMENT_YEAR))
		return resolve_date(m, &today, now, at);
	return resolve_day(m, &today, now, at);
}

/* --- as programs write it */

char *moment_print(time_t at, char out[MOMENT_TEXT_BYTES])
{
	struct tm t;
	char offset[8];
	size_t n;

	if (!localtime_r(&at, &t) || !(n = strftime(out, MOMENT_TEXT_BYTES, "%Y-%m-%dT%H:%M:%S", &t)) ||
	    !strftime(offset, sizeof offset, "%z", &t))
		*out = '\0';
	else
		snprintf(out + n, MOMENT_TEXT_BYTES - n, "%.3s:%.2s", offset, offset + 3);
	return out;
}
