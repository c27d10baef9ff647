#include "telling.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "toolkit.h"
#include "when.h"

/* "Tuesday, 24 November", with the year if it is another. */
static void date_words(const struct tm *t, const struct tm *today, char out[TELLING_DAY_BYTES])
{
	char form[40];

	strftime(form, sizeof form, t->tm_year == today->tm_year ? "%A, %%d %B" : "%A, %%d %B %Y", t);
	snprintf(out, TELLING_DAY_BYTES, "%.*s%d%s", (int)(strstr(form, "%d") - form), form, t->tm_mday,
		 strstr(form, "%d") + 2);
}

char *telling_day(time_t at, time_t now, char out[TELLING_DAY_BYTES])
{
	static const char *const near[] = { "yesterday", "today", "tomorrow" };
	char date[TELLING_DAY_BYTES];
	struct tm t, today;
	long days;

	localtime_r(&at, &t);
	localtime_r(&now, &today);
	days = when_day(&t) - when_day(&today);
	if (days >= -1 && days <= 1) {
		snprintf(out, TELLING_DAY_BYTES, "%s", near[days + 1]);
	} else if (days > 0 && days < 7) {
		strftime(out, TELLING_DAY_BYTES, "on %A", &t);
	} else {
		date_words(&t, &today, date);
		snprintf(out, TELLING_DAY_BYTES, "on %.50s", date);
	}
	return out;
}

static char *clock_words(time_t at, char out[8])
{
	struct tm t;

	localtime_r(&at, &t);
	strftime(out, 8, "%H:%M", &t);
	return out;
}

static bool same_day(time_t a, time_t b)
{
	return dates_midnight(a, 0) == dates_midnight(b, 0);
}

char *telling_hours(const struct appointment *a, char out[TELLING_TIME_BYTES])
{
	char from[8], to[8];

	if (a->all_day)
		snprintf(out, TELLING_TIME_BYTES, "all day");
	else if (a->to <= a->from)
		snprintf(out, TELLING_TIME_BYTES, "at %s", clock_words(a->from, from));
	else
		snprintf(out, TELLING_TIME_BYTES, "from %s to %s", clock_words(a->from, from), clock_words(a->to, to));
	return out;
}

char *telling_time(const struct appointment *a, time_t now, char out[TELLING_TIME_BYTES])
{
	char day[TELLING_DAY_BYTES], last[TELLING_DAY_BYTES], hours[TELLING_TIME_BYTES], from[8], to[8];
	time_t end = a->to > a->from ? a->to - 1 : a->from;

	telling_day(a->from, now, day);
	telling_day(end, now, last);
	if (a->all_day && !same_day(a->from, end))
		snprintf(out, TELLING_TIME_BYTES, "from %s to %s", day + 3 * !strncmp(day, "on ", 3),
			 last + 3 * !strncmp(last, "on ", 3));
	else if (same_day(a->from, end))
		snprintf(out, TELLING_TIME_BYTES, "%s %.40s", day, telling_hours(a, hours));
	else
		snprintf(out, TELLING_TIME_BYTES, "%s from %s until %s %s", day, clock_words(a->from, from), last,
			 clock_words(a->to, to));
	return out;
}

const char *telling_title(const struct appointment *a)
{
	return *a->title ? a->title : "Something without a name";
}

/* " Dentist from 09:00 to 09:30, at Storgatan 1." */
static size_t say_one(const struct appointment *a, time_t day, time_t now, char *out, size_t size)
{
	char time[TELLING_TIME_BYTES];
	bool here = same_day(a->from, day) && same_day(a->to > a->from ? a->to - 1 : a->from, day);
	int n;

	if (here)
		telling_hours(a, time);
	else
		telling_time(a, now, time);
	n = snprintf(out, size, " %s %s%s%s.", telling_title(a), time, *a->place ? ", at " : "", a->place);
	return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

static void begin_large(char *text)
{
	text[0] = (char)toupper((unsigned char)text[0]);
}

/* What stretch was asked for, in words that follow "you have nothing". */
static char *stretch_words(const struct dates *d, time_t now, char out[TELLING_TIME_BYTES])
{
	struct appointment a = { .from = d->from, .to = d->to, .all_day = d->kind == DATES_DAY };
	char whole[TELLING_TIME_BYTES];

	if (a.all_day && same_day(d->from, d->to - 1))
		return telling_day(d->from, now, out);
	snprintf(out, TELLING_TIME_BYTES, "%s", telling_time(&a, now, whole));
	return out;
}

static size_t count_words(const struct agenda *g, const char *stretch, bool one_day, char *out, size_t size)
{
	char number[TOOLKIT_COUNT_BYTES], large[TELLING_TIME_BYTES];
	const char *many = g->count == 1 ? "" : "s";
	int n;

	snprintf(large, sizeof large, "%s", stretch);
	begin_large(large);
	toolkit_count((long)g->count, number);
	if (one_day)
		n = snprintf(out, size, "%s you have %s appointment%s:", large, toolkit_count((long)g->count, number),
			     many);
	else
		n = snprintf(out, size, "You have %s%s appointment%s %s.", g->cut ? "more than " : "",
			     toolkit_count((long)g->count, number), many, stretch);
	return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

void telling_agenda(const struct agenda *g, const struct dates *d, time_t now, size_t most, char *out, size_t size)
{
	char stretch[TELLING_TIME_BYTES], day[TELLING_DAY_BYTES], number[TOOLKIT_COUNT_BYTES];
	bool one_day = same_day(d->from, d->to - (d->to > d->from));
	time_t last = one_day ? dates_midnight(d->from, 0) : 0;
	size_t used, i;

	stretch_words(d, now, stretch);
	if (!g->count) {
		snprintf(out, size, "You have nothing in your calendar %s.", stretch);
		return;
	}
	used = count_words(g, stretch, one_day, out, size);
	for (i = 0; i < g->count && i < most; i++) {
		const struct appointment *a = &g->all[i];
		time_t of = dates_midnight(a->from > d->from ? a->from : d->from, 0);
		size_t n;

		if (of != last) {
			telling_day(of, now, day);
			begin_large(day);
			used += (size_t)snprintf(out + used, size - used, " %s:", day);
			last = of;
		}
		n = say_one(a, of, now, out + used, size - used);
		if (!n || used + n + 200 > size)
			break;
		used += n;
	}
	if (i < g->count)
		snprintf(out + used, size - used, " And %s more.", toolkit_count((long)(g->count - i), number));
}

void telling_gaps(const struct gap *gaps, size_t n, time_t day, time_t now, char *out, size_t size)
{
	char name[TELLING_DAY_BYTES], from[8], to[8];
	size_t used;

	telling_day(day, now, name);
	begin_large(name);
	used = (size_t)snprintf(out, size, "%s you are %s", name, n ? "free" : "not free");
	for (size_t i = 0; i < n && used + 60 < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s from %s to %s",
					 i == 0	      ? ""
					 : i + 1 == n ? " and"
						      : ",",
					 clock_words(gaps[i].from, from), clock_words(gaps[i].to, to));
	snprintf(out + used, size - used, ".");
}
