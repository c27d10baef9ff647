#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "say_number.h"
#include "say_rules.h"

static const char *const months[] = { "January", "February", "March",	  "April",   "May",	 "June",
				      "July",	 "August",   "September", "October", "November", "December" };

/* Up to `most` digits at *text, which is moved behind them; -1: none. */
static int read_digits(const char **text, const char *end, size_t most)
{
	const char *begin = *text;
	int value = 0;

	while (*text < end && (size_t)(*text - begin) < most && isdigit((unsigned char)**text))
		value = value * 10 + (*(*text)++ - '0');
	return *text > begin ? value : -1;
}

static bool take(const char **text, const char *end, char c)
{
	return *text < end && **text == c && ++*text;
}

static bool is_day(int month, int day)
{
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* year -1: none */
static void say_date(struct say *s, int month, int day, int year)
{
	say_words(s, months[month - 1]);
	if (day > 0)
		say_ordinal(s, (uint64_t)day);
	if (year >= 0 && day > 0)
		say_mark(s, ',');
	if (year >= 0)
		say_year(s, (uint64_t)year);
}

/* 13 to 23 hours are said as pm: that is how English people say them. */
static void say_clock(struct say *s, int hour, int minute, const char *half)
{
	int shown = hour % 12 ? hour % 12 : 12;

	if (!half && hour > 12)
		half = "p m";
	else if (!half && hour == 0)
		half = "ay m";
	say_cardinal(s, (uint64_t)shown);
	if (minute == 0 && !half)
		say_words(s, "o'clock");
	else if (minute > 0 && minute < 10)
		say_words(s, "oh");
	if (minute > 0)
		say_cardinal(s, (uint64_t)minute);
	if (half)
		say_words(s, half);
}

/* --- dates */

size_t say_iso_date(struct saying *s)
{
	const char *p = s->t->core, *end = p + s->t->core_n;
	int year = read_digits(&p, end, 4), month, day, hour, minute;

	if (p - s->t->core != 4 || !take(&p, end, '-'))
		return 0;
	month = read_digits(&p, end, 2);
	if (!take(&p, end, '-'))
		return 0;
	day = read_digits(&p, end, 2);
	if (!is_day(month, day) || (p < end && *p != 'T'))
		return 0;
	say_date(s->out, month, day, year);
	if (!take(&p, end, 'T'))
		return 1;
	hour = read_digits(&p, end, 2);
	minute = take(&p, end, ':') ? read_digits(&p, end, 2) : -1;
	if (hour >= 0 && hour < 24 && minute >= 0 && minute < 60) {
		say_mark(s->out, ',');
		say_clock(s->out, hour, minute, hour < 12 ? "ay m" : "p m");
	}
	return 1;
}

/* With slashes the month comes first, if it can be one; with dots the day. */
size_t say_slash_date(struct saying *s)
{
	const char *p = s->t->core, *end = p + s->t->core_n, *begin;
	int first = read_digits(&p, end, 2), second, year;
	char sign = p < end ? *p : 0;

	if (first < 0 || (sign != '/' && sign != '.') || !take(&p, end, sign))
		return 0;
	second = read_digits(&p, end, 2);
	if (second < 0 || !take(&p, end, sign))
		return 0;
	begin = p;
	year = read_digits(&p, end, 4);
	if (p != end || year < 0 || (end - begin != 4 && (end - begin != 2 || sign == '.')))
		return 0;
	if (end - begin == 2)
		year += 2000;
	if (sign == '/' && is_day(first, second))
		say_date(s->out, first, second, year);
	else if (is_day(second, first))
		say_date(s->out, second, first, year);
	else
		return 0;
	return 1;
}

/* 1 to 12; 0: no month. Short ones have three letters, September also four. */
static int month_of(const struct token *t, bool *shortened)
{
	*shortened = false;
	for (int i = 0; i < 12; i++) {
		if (token_is(t, months[i]))
			return i + 1;
		if ((t->core_n == 3 || (i == 8 && t->core_n == 4)) && strncasecmp(t->core, months[i], t->core_n) == 0)
			return *shortened = true, i + 1;
	}
	return 0;
}

/* 1 to 31, also as 21st; 0: none. */
static int day_of(const struct token *t)
{
	const char *p = t->core, *end = p + t->core_n;
	int day = read_digits(&p, end, 2);

	if (day < 1 || day > 31)
		return 0;
	if (p == end || (end - p == 2 && (strncmp(p, "st", 2) == 0 || strncmp(p, "nd", 2) == 0 ||
					  strncmp(p, "rd", 2) == 0 || strncmp(p, "th", 2) == 0)))
		return day;
	return 0;
}

/* 1000 to 2999; -1: none. */
static int year_of(const struct token *t)
{
	const char *p = t->core, *end = p + t->core_n;
	int year = read_digits(&p, end, 4);

	return p == end && year >= 1000 && year <= 2999 ? year : -1;
}

/* What ends a sentence stands between; the dot of "Nov." does not. */
static bool parted(const struct token *t, bool shortened)
{
	return t->stop && t->stop != ',' && !(shortened && t->dots);
}

size_t say_month_date(struct saying *s)
{
	const struct token *t = s->t;
	bool shortened, day_first = false;
	int month = month_of(t, &shortened), day, year;
	size_t n = 1;

	if (!month && s->n > 1 && (day = day_of(t)) && !t->stop && (month = month_of(&t[1], &shortened)))
		day_first = true;
	if (!month || (t->core[0] >= 'a' && t->core[0] <= 'z')) /* may, march */
		return 0;
	n += day_first;
	if (!day_first)
		day = s->n > 1 && !parted(t, shortened) && t->stop != ',' ? day_of(&t[1]) : 0;
	if (!day_first && day)
		n++;
	year = s->n > n && !parted(&t[n - 1], n == 1 && shortened) && (day || t[n - 1].stop != ',') ? year_of(&t[n])
												    : -1;
	if (!day && year < 0 && !shortened)
		return 0; /* a word like any */
	if (!day && year < 0 && !t->dots)
		return 0; /* Mar, Jun: names of people */
	n += year >= 0;
	s->dot = shortened && n == 1;
	if (day_first) {
		say_words(s->out, "the");
		say_ordinal(s->out, (uint64_t)day);
		say_words(s->out, "of");
		say_date(s->out, month, 0, year);
	} else {
		say_date(s->out, month, day, year);
	}
	return n;
}

/* --- times */

static const char *half_of(const char *text, size_t n)
{
	bool short_one = n == 2, long_one = (n == 3 || n == 4) && text[1] == '.';
	char second = short_one ? text[1] : long_one ? text[2] : 0;

	if (second != 'm' && second != 'M')
		return NULL;
	return *text == 'a' || *text == 'A' ? "ay m" : *text == 'p' || *text == 'P' ? "p m" : NULL;
}

size_t say_time(struct saying *s)
{
	const char *p = s->t->core, *end = p + s->t->core_n, *half;
	int hour = read_digits(&p, end, 2), minute = 0;
	bool colon = take(&p, end, ':') || (end - p >= 2 && *p == '.' && s->n > 1 && !s->t->stop &&
					    half_of(s->t[1].core, s->t[1].core_n) && take(&p, end, '.'));
	const char *begin = p;
	size_t taken = 1;

	if (hour < 0 || hour > 24)
		return 0;
	if (colon && ((minute = read_digits(&p, end, 2)) < 0 || p - begin != 2 || minute > 59))
		return 0;
	half = p < end ? half_of(p, (size_t)(end - p)) : NULL;
	if (p < end && !half)
		return 0;
	if (!half && s->n > 1 && !s->t->stop && (half = half_of(s->t[1].core, s->t[1].core_n)))
		taken = 2;
	if (!colon && (!half || hour > 12 || hour == 0))
		return 0;
	say_clock(s->out, hour, minute, half);
	/* "at 3 p.m. on Monday": the dot is its own unless something begins behind it */
	s->dot = half && memchr(s->t[taken - 1].core, '.', s->t[taken - 1].core_n) && s->n > taken &&
		 !token_upper(&s->t[taken]);
	return taken;
}
