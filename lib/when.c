#include "when.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int when_zone(const char *zone)
{
	int failed = zone && *zone ? setenv("TZ", zone, 1) : 0;

	tzset();
	return failed;
}

/* So many digits, and then that character (0: whatever). Moves on behind them. */
static bool take(const char **p, int digits, char behind, int *out)
{
	*out = 0;
	while (digits--) {
		if (!isdigit((unsigned char)**p))
			return false;
		*out = *out * 10 + *(*p)++ - '0';
	}
	if (behind && *(*p)++ != behind)
		return false;
	return true;
}

/* Z, +02:00 or +0200: seconds to take away; *local if there is none. */
static bool take_offset(const char **p, long *seconds, bool *local)
{
	int hours, minutes, sign = **p == '-' ? -1 : 1;

	*local = false;
	*seconds = 0;
	if (!**p)
		return *local = true;
	if (**p == 'Z' || **p == 'z')
		return ++*p, true;
	if (**p != '+' && **p != '-')
		return false;
	++*p;
	if (!take(p, 2, 0, &hours) || (*p += **p == ':', !take(p, 2, 0, &minutes)) || hours > 14 || minutes > 59)
		return false;
	*seconds = sign * (hours * 3600L + minutes * 60L);
	return true;
}

static bool same(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon && a->tm_mday == b->tm_mday &&
	       a->tm_hour == b->tm_hour && a->tm_min == b->tm_min;
}

/* The library mends what is no time (30 February, an hour that is skipped): then it is another one afterwards. */
static int make_local(struct tm *t, time_t *at)
{
	struct tm wanted = *t,
		  date = { .tm_year = t->tm_year, .tm_mon = t->tm_mon, .tm_mday = t->tm_mday, .tm_hour = 12 };

	t->tm_isdst = -1;
	*at = mktime(t);
	if (*at != -1 && same(t, &wanted))
		return 0;
	(void)timegm(&date);
	return errno = date.tm_mday == wanted.tm_mday ? ERANGE : EINVAL, -1;
}

static int make_utc(struct tm *t, long offset, time_t *at)
{
	struct tm wanted = *t;

	*at = timegm(t);
	if (!same(t, &wanted))
		return errno = EINVAL, -1;
	*at -= offset;
	return 0;
}

static bool take_date(const char **p, struct tm *t)
{
	if (!take(p, 4, '-', &t->tm_year) || !take(p, 2, '-', &t->tm_mon) || !take(p, 2, 0, &t->tm_mday))
		return false;
	t->tm_year -= 1900;
	t->tm_mon -= 1;
	return t->tm_mon >= 0 && t->tm_mon < 12 && t->tm_mday > 0 && t->tm_mday <= 31;
}

static bool take_clock(const char **p, struct tm *t)
{
	if ((**p != 'T' && **p != 't' && **p != ' ') || (++*p, !take(p, 2, ':', &t->tm_hour)) ||
	    !take(p, 2, 0, &t->tm_min))
		return false;
	if (**p == ':') {
		++*p;
		if (!take(p, 2, 0, &t->tm_sec))
			return false;
		if (**p == '.')
			*p += 1 + strspn(*p + 1, "0123456789");
	}
	return t->tm_hour < 24 && t->tm_min < 60 && t->tm_sec < 60;
}

int when_read(const char *text, time_t *at)
{
	struct tm t = { 0 };
	const char *p = text;
	long offset;
	bool local;

	if (!take_date(&p, &t) || !take_clock(&p, &t) || !take_offset(&p, &offset, &local) || *p)
		return errno = EINVAL, -1;
	return local ? make_local(&t, at) : make_utc(&t, offset, at);
}

long when_day(const struct tm *t)
{
	struct tm noon = { .tm_year = t->tm_year, .tm_mon = t->tm_mon, .tm_mday = t->tm_mday, .tm_hour = 12 };

	return (long)(timegm(&noon) / 86400);
}

char *when_say(time_t at, time_t now, char out[WHEN_BYTES])
{
	static const char *const near[] = { "yesterday", "today", "tomorrow" };
	struct tm t, today;
	char day[40];
	long days;

	localtime_r(&at, &t);
	localtime_r(&now, &today);
	days = when_day(&t) - when_day(&today);
	if (days >= -1 && days <= 1)
		snprintf(day, sizeof day, "%s", near[days + 1]);
	else if (days > -7 && days < 7)
		strftime(day, sizeof day, "on %A", &t);
	else
		strftime(day, sizeof day, t.tm_year == today.tm_year ? "on %e %B" : "on %e %B %Y", &t);
	if (strncmp(day, "on  ", 4) == 0) /* %e has a space where a digit could be */
		memmove(day + 3, day + 4, strlen(day + 4) + 1);
	snprintf(out, WHEN_BYTES, "%s at %02d:%02d", day, t.tm_hour, t.tm_min);
	return out;
}

char *when_utc(time_t at, char out[WHEN_BYTES])
{
	struct tm t;

	gmtime_r(&at, &t);
	strftime(out, WHEN_BYTES, "%Y-%m-%dT%H:%M:%SZ", &t);
	return out;
}
