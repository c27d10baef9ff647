#include "dates.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dates_words.h"
#include "moment.h"
#include "when.h"

#define DEPTH_MAX 2 /* "from … to …", and no more inside */
#define CLOCK_FIELDS (1u << MOMENT_HOUR | 1u << MOMENT_SECONDS | 1u << MOMENT_MINUTES | 1u << MOMENT_HOURS)

/* --- days */

time_t dates_midnight(time_t at, int days)
{
	struct tm t;

	localtime_r(&at, &t);
	t.tm_mday += days;
	t.tm_hour = t.tm_min = t.tm_sec = 0;
	t.tm_isdst = -1;
	return mktime(&t); /* where the clocks skip midnight, one o'clock */
}

static int make_date(int year, int month, int day, time_t *midnight)
{
	struct tm t = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = 12, .tm_isdst = -1 };

	*midnight = dates_midnight(mktime(&t), 0);
	return t.tm_mday == day && t.tm_mon == month - 1 ? 0 : -1;
}

static bool has(const struct moment *m, enum moment_field field)
{
	return (m->set & 1u << field) != 0;
}

/* The next such date, today among them; a month alone is all of it. */
static int resolve_date(const struct moment *m, time_t now, struct dates *d)
{
	struct tm today;
	int year, month, date = has(m, MOMENT_DATE) ? m->value[MOMENT_DATE] : 1, tries = has(m, MOMENT_YEAR) ? 1 : 100;
	time_t first = dates_midnight(now, 0);

	localtime_r(&now, &today);
	year = has(m, MOMENT_YEAR) ? m->value[MOMENT_YEAR] : today.tm_year + 1900;
	month = has(m, MOMENT_MONTH) ? m->value[MOMENT_MONTH] : today.tm_mon + 1;
	d->kind = DATES_DAY;
	while (tries-- > 0) {
		int made = make_date(year, month, date, &d->from);
		bool whole = !has(m, MOMENT_DATE);

		if (made == 0 && whole)
			(void)make_date(year + month / 12, month % 12 + 1, 1, &d->to);
		else
			d->to = dates_midnight(d->from + 43200, 1);
		if (made == 0 && (has(m, MOMENT_YEAR) || d->to > first))
			return 0;
		if (has(m, MOMENT_MONTH))
			year++;
		else if (++month > 12)
			month = 1, year++;
	}
	return errno = EINVAL, -1;
}

/* Counted from the Monday of this week where a week is said. */
static int days_on(const struct moment *m, time_t now)
{
	struct tm t;
	int days = has(m, MOMENT_DAY) ? m->value[MOMENT_DAY] : 0;

	if (has(m, MOMENT_DAYS))
		days += m->value[MOMENT_DAYS];
	if (has(m, MOMENT_WEEKS))
		days += 7 * m->value[MOMENT_WEEKS];
	localtime_r(&now, &t);
	if (has(m, MOMENT_WEEKDAY) && has(m, MOMENT_WEEK))
		days += (m->value[MOMENT_WEEKDAY] + 6) % 7 - (t.tm_wday + 6) % 7 + 7 * m->value[MOMENT_WEEK];
	else if (has(m, MOMENT_WEEKDAY))
		days += (m->value[MOMENT_WEEKDAY] - t.tm_wday + 7) % 7;
	return days;
}

static int resolve_day(const struct moment *m, time_t now, struct dates *d)
{
	if (has(m, MOMENT_DATE) || has(m, MOMENT_MONTH) || has(m, MOMENT_YEAR))
		return resolve_date(m, now, d);
	d->kind = DATES_DAY;
	d->from = dates_midnight(now, days_on(m, now));
	d->to = dates_midnight(d->from + 43200, 1);
	return 0;
}

static time_t clock_of(time_t midnight, int hour)
{
	struct tm t;

	localtime_r(&midnight, &t);
	t.tm_hour = hour;
	t.tm_isdst = -1;
	return mktime(&t);
}

/* "tomorrow afternoon": from when to when. */
static int resolve_part(const struct moment *m, time_t now, struct dates *d)
{
	static const int hours[][2] = { [MOMENT_MORNING] = { 6, 12 },
					[MOMENT_NOON] = { 11, 14 },
					[MOMENT_AFTERNOON] = { 12, 18 },
					[MOMENT_EVENING] = { 17, 24 },
					[MOMENT_NIGHT] = { 20, 28 } };
	const int *part = hours[m->value[MOMENT_PART]];
	time_t midnight;

	if (resolve_day(m, now, d) < 0)
		return -1;
	midnight = d->from;
	d->kind = DATES_PART;
	d->from = clock_of(midnight, part[0]);
	d->to = clock_of(midnight, part[1]);
	return 0;
}

/* Of a day that is said and over ("yesterday at eight") nothing lies ahead: it is that day all the same. */
static int resolve_moment(const struct moment *m, time_t now, struct dates *d)
{
	time_t from = now;
	struct moment clock = *m;

	d->kind = DATES_MOMENT;
	if (has(m, MOMENT_DAY) && m->value[MOMENT_DAY] < 0) {
		from = dates_midnight(now, m->value[MOMENT_DAY]) - 1;
		clock.value[MOMENT_DAY] = 1;
	}
	if (moment_resolve(&clock, from, &d->from) < 0)
		return errno = EINVAL, -1;
	d->to = d->from;
	return 0;
}

static int read_words(struct dates_text *t, time_t now, struct dates *d)
{
	struct moment m = { 0 };

	if (dates_text_moment(t, &m) < 0 || !m.set)
		return errno = EINVAL, -1;
	if (m.set & CLOCK_FIELDS)
		return resolve_moment(&m, now, d);
	if (has(&m, MOMENT_PART))
		return resolve_part(&m, now, d);
	return resolve_day(&m, now, d);
}

/* --- stretches */

static int week(time_t now, int from_day, int days, int weeks, struct dates *d)
{
	struct tm t;

	localtime_r(&now, &t);
	*d = (struct dates){ .kind = DATES_DAY,
			     .from = dates_midnight(now, from_day - (t.tm_wday + 6) % 7 + 7 * weeks) };
	d->to = dates_midnight(d->from + 43200, days);
	return 0;
}

static int month(time_t now, int months_on, struct dates *d)
{
	struct tm t;
	int m, year;

	localtime_r(&now, &t);
	m = t.tm_mon + months_on;
	year = t.tm_year + 1900 + (m < 0 ? -1 : m / 12);
	m = (m + 12) % 12;
	d->kind = DATES_DAY;
	(void)make_date(year, m + 1, 1, &d->from);
	(void)make_date(year + (m + 1) / 12, (m + 1) % 12 + 1, 1, &d->to);
	return 0;
}

/* "this week" begins today: what is over is not asked for. "next three days". 0: it is no such stretch. */
static int read_stretch(struct dates_text *t, time_t now, struct dates *d)
{
	int n, value, on;

	while (dates_text_take(t, "the") || dates_text_take(t, "for") || dates_text_take(t, "on") ||
	       dates_text_take(t, "during") || dates_text_take(t, "rest") || dates_text_take(t, "of") ||
	       dates_text_take(t, "in"))
		;
	on = dates_text_take(t, "next") ? 1 : dates_text_take(t, "last") ? -1 : 0;
	(void)(dates_text_take(t, "this") || dates_text_take(t, "coming"));
	n = dates_text_number(t, &value);
	if (on == 1 && n && value <= 366) {
		t->at += n;
		value *= dates_text_take(t, "weeks") ? 7 : dates_text_take(t, "days") ? 1 : 0;
		*d = (struct dates){ .kind = DATES_DAY, .from = dates_midnight(now, 0) };
		d->to = dates_midnight(d->from + 43200, value);
		return value > 0 && t->at == t->n;
	}
	if (dates_text_take(t, "weekend"))
		(void)week(now, 5, 2, on, d);
	else if (dates_text_take(t, "week"))
		(void)week(now, 0, 7, on, d);
	else if (dates_text_take(t, "month"))
		(void)month(now, on, d);
	else
		return 0;
	if (on == 0 && d->from < now)
		d->from = dates_midnight(now, 0);
	return t->at == t->n;
}

/* --- as programs write it */

static bool is_digits(const char *p, const char *form)
{
	for (; *form; p++, form++)
		if (*form == '0' ? !isdigit((unsigned char)*p) : *p != *form)
			return false;
	return true;
}

static int number_at(const char *digits)
{
	return (int)strtol(digits, NULL, 10);
}

/* 1: it is such a form, and good; 0: it is not of that kind; -1: it is, and no date. */
static int read_iso(const char *text, struct dates *d)
{
	if (!is_digits(text, "0000-00-00"))
		return 0;
	if (!text[10]) {
		d->kind = DATES_DAY;
		if (make_date(number_at(text), number_at(text + 5), number_at(text + 8), &d->from) < 0)
			return errno = EINVAL, -1;
		d->to = dates_midnight(d->from + 43200, 1);
		return 1;
	}
	if (!strchr("Tt ", text[10]) || !isdigit((unsigned char)text[11]))
		return 0;
	d->kind = DATES_MOMENT;
	if (when_read(text, &d->from) < 0)
		return errno == ERANGE ? -1 : 0; /* two of them, perhaps */
	d->to = d->from;
	return 1;
}

static int read_one(const char *text, time_t now, struct dates *d, int depth);

/* The two sides of "monday to wednesday", "from 9 to 11", 2026-11-24/2026-11-26; the second lies behind the first. */
static int read_both(const char *text, size_t n, const char *behind, time_t now, struct dates *d, int depth)
{
	char first[DATES_TEXT_BYTES];
	struct dates to;

	snprintf(first, sizeof first, "%.*s", (int)n, text);
	if (read_one(first, now, d, depth + 1) < 0)
		return -1;
	if (read_one(behind, d->from, &to, depth + 1) < 0)
		return -1;
	if (d->kind == DATES_MOMENT || to.kind == DATES_MOMENT)
		d->kind = DATES_PART;
	d->to = to.kind == DATES_MOMENT ? to.from : to.to;
	return d->to > d->from ? 0 : (errno = EDOM, -1);
}

/* "quarter to nine" has its "to" too: what reads whole is no stretch. */
static int read_between(const char *text, time_t now, struct dates *d, int depth)
{
	static const char *const separators[] = { "/", " to ", " until ", " till ", " through ", " and ", " - ", "–" };

	for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++)
		for (const char *at = strstr(text, separators[i]); at; at = strstr(at + 1, separators[i]))
			if (read_both(text, (size_t)(at - text), at + strlen(separators[i]), now, d, depth) == 0)
				return 0;
	return errno != EDOM && errno != ERANGE ? (errno = EINVAL, -1) : -1;
}

static int read_one(const char *text, time_t now, struct dates *d, int depth)
{
	struct dates_text t;
	int found;

	text += strspn(text, " ");
	if (strncasecmp(text, "between ", 8) == 0)
		text += 8;
	found = read_iso(text, d);
	if (found)
		return found < 0 ? -1 : 0;
	if (dates_text_split(&t, text) < 0)
		return errno = EINVAL, -1;
	if (read_stretch(&t, now, d))
		return 0;
	t.at = 0;
	if (read_words(&t, now, d) == 0)
		return 0;
	return depth < DEPTH_MAX ? read_between(text, now, d, depth) : -1;
}

int dates_read(const char *text, time_t now, struct dates *d)
{
	return read_one(text, now, d, 0);
}
