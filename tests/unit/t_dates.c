#include "dates.h"

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "when.h"

#define FAILED(error) (error), NULL, NULL

/* It is Saturday, 21 November 2026, 14:30 in Berlin. */
static const struct {
	const char *text;
	int error;
	const char *from, *to; /* local; to NULL: a moment */
} cases[] = {
	{ "today", 0, "2026-11-21T00:00", "2026-11-22T00:00" },
	{ "Tomorrow?", 0, "2026-11-22T00:00", "2026-11-23T00:00" },
	{ "the day after tomorrow", 0, "2026-11-23T00:00", "2026-11-24T00:00" },
	{ "yesterday", 0, "2026-11-20T00:00", "2026-11-21T00:00" },
	{ "on Tuesday", 0, "2026-11-24T00:00", "2026-11-25T00:00" },
	{ "Saturday", 0, "2026-11-21T00:00", "2026-11-22T00:00" },
	{ "next Friday", 0, "2026-11-27T00:00", "2026-11-28T00:00" },
	{ "last friday", 0, "2026-11-13T00:00", "2026-11-14T00:00" },
	{ "Friday", 0, "2026-11-27T00:00", "2026-11-28T00:00" },
	{ "in three days", 0, "2026-11-24T00:00", "2026-11-25T00:00" },
	{ "24 November", 0, "2026-11-24T00:00", "2026-11-25T00:00" },
	{ "November 24th, 2027", 0, "2027-11-24T00:00", "2027-11-25T00:00" },
	{ "the 24th of december", 0, "2026-12-24T00:00", "2026-12-25T00:00" },
	{ "the twenty fourth", 0, "2026-11-24T00:00", "2026-11-25T00:00" },
	{ "the first", 0, "2026-12-01T00:00", "2026-12-02T00:00" },
	{ "the 31st", 0, "2026-12-31T00:00", "2027-01-01T00:00" },
	{ "March 3", 0, "2027-03-03T00:00", "2027-03-04T00:00" },
	{ "february 29", 0, "2028-02-29T00:00", "2028-03-01T00:00" },
	{ "december", 0, "2026-12-01T00:00", "2027-01-01T00:00" },
	{ "in March 2027", 0, "2027-03-01T00:00", "2027-04-01T00:00" },
	{ "this week", 0, "2026-11-21T00:00", "2026-11-23T00:00" },
	{ "next week", 0, "2026-11-23T00:00", "2026-11-30T00:00" },
	{ "last week", 0, "2026-11-09T00:00", "2026-11-16T00:00" },
	{ "the weekend", 0, "2026-11-21T00:00", "2026-11-23T00:00" },
	{ "next weekend", 0, "2026-11-28T00:00", "2026-11-30T00:00" },
	{ "this month", 0, "2026-11-21T00:00", "2026-12-01T00:00" },
	{ "next month", 0, "2026-12-01T00:00", "2027-01-01T00:00" },
	{ "the next three days", 0, "2026-11-21T00:00", "2026-11-24T00:00" },
	{ "next 2 weeks", 0, "2026-11-21T00:00", "2026-12-05T00:00" },
	{ "2026-11-24", 0, "2026-11-24T00:00", "2026-11-25T00:00" },
	{ "2026-11-24/2026-11-26", 0, "2026-11-24T00:00", "2026-11-27T00:00" },
	{ "2026-11-24 to 2026-11-26", 0, "2026-11-24T00:00", "2026-11-27T00:00" },
	{ "monday to wednesday", 0, "2026-11-23T00:00", "2026-11-26T00:00" },
	{ "from Monday until Wednesday", 0, "2026-11-23T00:00", "2026-11-26T00:00" },
	{ "today and tomorrow", 0, "2026-11-21T00:00", "2026-11-23T00:00" },
	{ "tomorrow morning", 0, "2026-11-22T06:00", "2026-11-22T12:00" },
	{ "tonight", 0, "2026-11-21T17:00", "2026-11-22T00:00" },
	{ "friday afternoon", 0, "2026-11-27T12:00", "2026-11-27T18:00" },
	{ "tomorrow from 9 to 11", 0, "2026-11-22T09:00", "2026-11-22T11:00" },
	{ "tomorrow from 9:30 to 10:15", 0, "2026-11-22T09:30", "2026-11-22T10:15" },
	{ "between nine and eleven tomorrow", 0, "2026-11-21T21:00", "2026-11-22T11:00" },
	{ "tomorrow at eight", 0, "2026-11-22T08:00", NULL },
	{ "tomorrow at nine thirty", 0, "2026-11-22T09:30", NULL },
	{ "tonight at eight", 0, "2026-11-21T20:00", NULL },
	{ "tomorrow at 4pm", 0, "2026-11-22T16:00", NULL },
	{ "tomorrow at 4:15 p.m.", 0, "2026-11-22T16:15", NULL },
	{ "at half past three", 0, "2026-11-21T15:30", NULL },
	{ "a quarter to nine tomorrow", 0, "2026-11-22T08:45", NULL },
	{ "next Friday at 10", 0, "2026-11-27T10:00", NULL },
	{ "24 November at 9 o'clock", 0, "2026-11-24T09:00", NULL },
	{ "24 november 9:00", 0, "2026-11-24T09:00", NULL },
	{ "2026-11-24 at 16:00", 0, "2026-11-24T16:00", NULL },
	{ "2026-11-24 at ten", 0, "2026-11-24T10:00", NULL },
	{ "2026-11-24 afternoon", 0, "2026-11-24T12:00", "2026-11-24T18:00" },
	{ "Tuesday at noon", 0, "2026-11-24T12:00", NULL },
	{ "Tuesday, 24 November at 14:00", 0, "2026-11-24T14:00", NULL },
	{ "in ten minutes", 0, "2026-11-21T14:40", NULL },
	{ "in half an hour", 0, "2026-11-21T15:00", NULL },
	{ "yesterday at 10", 0, "2026-11-20T10:00", NULL },
	{ "2026-11-24T09:00", 0, "2026-11-24T09:00", NULL },
	{ "2026-11-24 09:00", 0, "2026-11-24T09:00", NULL },
	{ "2026-11-24T08:00:00Z", 0, "2026-11-24T09:00", NULL },
	{ "2026-11-24T09:00/2026-11-24T10:00", 0, "2026-11-24T09:00", "2026-11-24T10:00" },
	{ "", FAILED(EINVAL) },
	{ "soon", FAILED(EINVAL) },
	{ "2026-02-30", FAILED(EINVAL) },
	{ "30 February", FAILED(EINVAL) },
	{ "2026-02-30 at ten", FAILED(EINVAL) },
	{ "31 November 2026", FAILED(EINVAL) },
	{ "the 32nd", FAILED(EINVAL) },
	{ "2026-03-29T02:30", FAILED(ERANGE) },
	{ "2026-11-24T25:00", FAILED(EINVAL) },
	{ "tomorrow at 25", FAILED(EINVAL) },
	{ "tomorrow at 9:75", FAILED(EINVAL) },
	{ "2026-11-26/2026-11-24", FAILED(EDOM) },
	{ "to to to to to to to to to to", FAILED(EINVAL) },
	{ "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25", FAILED(EINVAL) },
};

static const char *local(time_t at, char out[40])
{
	struct tm t;

	localtime_r(&at, &t);
	strftime(out, 40, "%Y-%m-%dT%H:%M", &t);
	return out;
}

static void dates_are_read(void **state)
{
	time_t now;

	(void)state;
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	assert_int_equal(when_read("2026-11-21T14:30", &now), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct dates d;
		char from[40], to[40];
		int failed;

		errno = 0;
		failed = dates_read(cases[i].text, now, &d);
		if (failed != (cases[i].error ? -1 : 0) || (failed && errno != cases[i].error))
			fail_msg("%s: %d %s", cases[i].text, failed, strerror(errno));
		if (failed)
			continue;
		if (strcmp(local(d.from, from), cases[i].from) != 0 || (d.kind == DATES_MOMENT) != !cases[i].to ||
		    (cases[i].to && strcmp(local(d.to, to), cases[i].to) != 0))
			fail_msg("%s: %s %s", cases[i].text, local(d.from, from), local(d.to, to));
	}
}

/* Whatever is said ends in a date or in a reason, in bounded time. */
static void nothing_is_too_odd(void **state)
{
	static const char *const words[] = {
		"next", "to", "24", "monday", "half", "past", "at", "th", "/", "-", "week"
	};
	unsigned seed = 1;
	struct dates d;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		char text[130] = "";

		for (int n = 0; n < 9; n++) {
			seed = seed * 1103515245u + 12345u;
			strcat(text, words[(seed >> 16) % (sizeof words / sizeof words[0])]);
			strcat(text, " ");
		}
		if (dates_read(text, 1795267800, &d) == 0)
			assert_true(d.to >= d.from);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(dates_are_read), cmocka_unit_test(nothing_is_too_odd) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
