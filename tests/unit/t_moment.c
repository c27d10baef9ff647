/* Moments as they are said, in parts, and what they mean. */
#include "moment.h"

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "when.h"

/* "day 0, part evening, hour 8" */
static struct moment read_parts(const char *text)
{
	struct moment m = { 0 };
	char copy[200], *save = NULL;

	snprintf(copy, sizeof copy, "%s", text);
	for (char *part = strtok_r(copy, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
		char name[32], value[32];
		int field, word;

		assert_int_equal(sscanf(part, " %31s %31s", name, value), 2);
		field = moment_field_find(name);
		assert_true(field >= 0);
		word = moment_word_find((enum moment_field)field, value);
		moment_put(&m, (enum moment_field)field, word >= 0 ? word : (int)strtol(value, NULL, 10));
	}
	return m;
}

struct resolved {
	const char *said, *now, *is; /* local times; NULL: there is no such moment */
};

/* Saturday, 21 November 2026 */
static const struct resolved moments[] = {
	/* an hour alone is the next one; twelve hours do not matter */
	{ "hour 8", "2026-11-21T09:00:00", "2026-11-21T20:00:00" },
	{ "hour 8", "2026-11-21T07:00:00", "2026-11-21T08:00:00" },
	{ "hour 8", "2026-11-21T21:00:00", "2026-11-22T08:00:00" },
	{ "hour 8", "2026-11-21T08:00:00", "2026-11-21T20:00:00" },
	{ "hour 12", "2026-11-21T09:00:00", "2026-11-21T12:00:00" },
	{ "hour 12", "2026-11-21T13:00:00", "2026-11-22T00:00:00" },
	{ "hour 20", "2026-11-21T21:00:00", "2026-11-22T20:00:00" },
	{ "hour 0", "2026-11-21T21:00:00", "2026-11-22T00:00:00" },
	{ "hour 24", "2026-11-21T21:00:00", "2026-11-22T00:00:00" },
	{ "hour 8, minute 30", "2026-11-21T09:00:00", "2026-11-21T20:30:00" },
	{ "hour 9, minute -15", "2026-11-21T08:00:00", "2026-11-21T08:45:00" },
	{ "hour 1, minute -15", "2026-11-21T09:00:00", "2026-11-21T12:45:00" },
	{ "hour 8, half pm", "2026-11-21T07:00:00", "2026-11-21T20:00:00" },
	{ "hour 8, half am", "2026-11-21T09:00:00", "2026-11-22T08:00:00" },
	{ "hour 12, half am", "2026-11-21T09:00:00", "2026-11-22T00:00:00" },
	{ "hour 12, half pm", "2026-11-21T09:00:00", "2026-11-21T12:00:00" },
	/* parts of the day say which half */
	{ "day 0, part evening, hour 8", "2026-11-21T09:00:00", "2026-11-21T20:00:00" },
	{ "day 0, part evening, hour 8", "2026-11-21T07:00:00", "2026-11-21T20:00:00" },
	{ "day 0, part evening", "2026-11-21T09:00:00", "2026-11-21T20:00:00" },
	{ "day 0, part evening, hour 12", "2026-11-21T09:00:00", "2026-11-22T00:00:00" },
	{ "day 0, part night, hour 1", "2026-11-21T09:00:00", "2026-11-22T01:00:00" },
	{ "day 0, part afternoon, hour 3", "2026-11-21T09:00:00", "2026-11-21T15:00:00" },
	{ "day 0, part morning, hour 9", "2026-11-21T10:00:00", "2026-11-22T09:00:00" },
	{ "day 0, part noon", "2026-11-21T10:00:00", "2026-11-21T12:00:00" },
	{ "hour 7, part evening", "2026-11-21T10:00:00", "2026-11-21T19:00:00" },
	/* days; of another day than today an hour alone lies in the daytime */
	{ "day 1", "2026-11-21T10:00:00", "2026-11-22T09:00:00" },
	{ "day 1, hour 8", "2026-11-21T10:00:00", "2026-11-22T08:00:00" },
	{ "day 1, hour 3", "2026-11-21T10:00:00", "2026-11-22T15:00:00" },
	{ "day 1, part morning", "2026-11-21T10:00:00", "2026-11-22T09:00:00" },
	{ "day 1, part evening, hour 7", "2026-11-21T10:00:00", "2026-11-22T19:00:00" },
	{ "day 2, hour 12", "2026-11-21T10:00:00", "2026-11-23T12:00:00" },
	{ "day 0", "2026-11-21T10:00:00", "2026-11-21T11:00:00" },
	{ "day 0", "2026-11-21T06:00:00", "2026-11-21T09:00:00" },
	{ "day 0, hour 9, half am", "2026-11-21T10:00:00", "2026-11-22T09:00:00" },
	/* weekdays: the next one; today's if it is still to come; next week's */
	{ "weekday 5", "2026-11-21T10:00:00", "2026-11-27T09:00:00" },
	{ "weekday 6", "2026-11-21T10:00:00", "2026-11-28T09:00:00" },
	{ "weekday 6, hour 8", "2026-11-21T10:00:00", "2026-11-21T20:00:00" },
	{ "weekday 6", "2026-11-21T08:00:00", "2026-11-21T09:00:00" },
	{ "weekday 0, part evening", "2026-11-21T10:00:00", "2026-11-22T20:00:00" },
	{ "weekday 5, week 1", "2026-11-21T10:00:00", "2026-11-27T09:00:00" },
	{ "weekday 5, week 1", "2026-11-18T10:00:00", "2026-11-27T09:00:00" },
	{ "weekday 0, week 1", "2026-11-21T10:00:00", "2026-11-29T09:00:00" },
	{ "weekday 1, week 1, hour 10", "2026-11-22T10:00:00", "2026-11-23T10:00:00" },
	/* dates: the next that there is */
	{ "date 27", "2026-11-21T10:00:00", "2026-11-27T09:00:00" },
	{ "date 20", "2026-11-21T10:00:00", "2026-12-20T09:00:00" },
	{ "date 21, hour 8", "2026-11-21T10:00:00", "2026-11-21T20:00:00" },
	{ "date 31", "2026-11-21T10:00:00", "2026-12-31T09:00:00" },
	{ "date 31", "2027-01-31T10:00:00", "2027-03-31T09:00:00" },
	{ "date 4, month 3, hour 8, half pm", "2026-11-21T10:00:00", "2027-03-04T20:00:00" },
	{ "date 29, month 2", "2026-11-21T10:00:00", "2028-02-29T09:00:00" },
	{ "date 31, month 2", "2026-11-21T10:00:00", NULL },
	{ "month 1", "2026-11-21T10:00:00", "2027-01-01T09:00:00" },
	{ "date 1, month 1, year 2020", "2026-11-21T10:00:00", NULL },
	{ "date 1, month 1, year 2028", "2026-11-21T10:00:00", "2028-01-01T09:00:00" },
	/* lengths */
	{ "minutes 10", "2026-11-21T10:00:30", "2026-11-21T10:10:30" },
	{ "day 0, minutes 10", "2026-11-21T10:00:30", "2026-11-21T10:10:30" },
	{ "hours 1, minutes 30", "2026-11-21T23:00:00", "2026-11-22T00:30:00" },
	{ "days 3", "2026-11-21T10:20:00", "2026-11-24T10:20:00" },
	{ "day 0, days 3, hour 8", "2026-11-21T10:20:00", "2026-11-24T08:00:00" },
	{ "weeks 1", "2026-11-21T10:20:00", "2026-11-28T10:20:00" },
	{ "days 7, part morning", "2026-11-21T10:20:00", "2026-11-28T09:00:00" },
	/* Berlin's clocks go back on 25 October 2026 at 3:00 and forward on 28 March 2027 at 2:00 */
	{ "hours 24", "2026-10-24T12:00:00", "2026-10-25T11:00:00" },
	{ "days 1", "2026-10-24T12:00:00", "2026-10-25T12:00:00" },
	{ "day 1, hour 2, minute 30, half am", "2027-03-27T12:00:00", "2027-03-28T03:30:00" },
	{ "day 1, hour 2, minute 30, half am", "2026-10-24T12:00:00", "2026-10-25T02:30:00" },
	{ "day 1, hour 8", "2027-03-27T12:00:00", "2027-03-28T08:00:00" },
	/* a year's end */
	{ "hour 8", "2026-12-31T21:00:00", "2027-01-01T08:00:00" },
	{ "day 1", "2026-12-31T21:00:00", "2027-01-01T09:00:00" },
};

static void test_resolve(void **state)
{
	(void)state;
	(void)when_zone("Europe/Berlin");
	for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
		const struct resolved *c = &moments[i];
		struct moment m = read_parts(c->said);
		char text[MOMENT_TEXT_BYTES];
		time_t now, at;

		assert_int_equal(when_read(c->now, &now), 0);
		if (moment_resolve(&m, now, &at) < 0) {
			if (c->is)
				fail_msg("%s at %s is no moment", c->said, c->now);
			continue;
		}
		text[0] = '\0';
		moment_print(at, text);
		if (!c->is || strncmp(text, c->is, strlen(c->is)) != 0)
			fail_msg("%s at %s is %s, expected %s", c->said, c->now, text, c->is ? c->is : "none");
	}
}

/* The first of the two half past twos, in summer time. */
static void test_ambiguous_hour(void **state)
{
	struct moment m = read_parts("day 1, hour 2, minute 30, half am");
	char text[MOMENT_TEXT_BYTES];
	time_t now, at;

	(void)state;
	(void)when_zone("Europe/Berlin");
	assert_int_equal(when_read("2026-10-24T12:00:00", &now), 0);
	assert_int_equal(moment_resolve(&m, now, &at), 0);
	assert_string_equal(moment_print(at, text), "2026-10-25T02:30:00+02:00");
}

static const struct {
	const char *was, *said, *is;
} corrections[] = {
	{ "day 0, part evening, hour 8", "hour 9", "2026-11-21T21:00:00" },
	{ "day 0, part evening, hour 8", "day 1", "2026-11-22T20:00:00" },
	{ "day 1, hour 8", "hour 9, minute 30", "2026-11-22T09:30:00" },
	{ "day 1, hour 8", "weekday 1", "2026-11-23T08:00:00" },
	{ "day 1, hour 8", "day 1, part evening", "2026-11-22T20:00:00" },
	{ "hour 8, half pm", "hour 9, half am", "2026-11-22T09:00:00" },
	{ "minutes 10", "minutes 20", "2026-11-21T12:20:00" },
	{ "minutes 10", "hour 9", "2026-11-21T21:00:00" },
	{ "day 1, hour 8", "minutes 10", "2026-11-21T12:10:00" },
};

static void test_correct(void **state)
{
	time_t now, at;

	(void)state;
	(void)when_zone("Europe/Berlin");
	assert_int_equal(when_read("2026-11-21T12:00:00", &now), 0);
	for (size_t i = 0; i < sizeof corrections / sizeof *corrections; i++) {
		struct moment m = read_parts(corrections[i].was), other = read_parts(corrections[i].said);
		char text[MOMENT_TEXT_BYTES];

		moment_correct(&m, &other);
		assert_int_equal(moment_resolve(&m, now, &at), 0);
		moment_print(at, text);
		if (strncmp(text, corrections[i].is, 19) != 0)
			fail_msg("%s, no, %s is %s, expected %s", corrections[i].was, corrections[i].said, text,
				 corrections[i].is);
	}
}

static void test_print(void **state)
{
	static const struct {
		const char *zone, *utc, *is;
	} printed[] = {
		{ "Europe/Berlin", "2026-11-21T19:00:00Z", "2026-11-21T20:00:00+01:00" },
		{ "Europe/Berlin", "2026-07-21T19:00:30Z", "2026-07-21T21:00:30+02:00" },
		{ "America/New_York", "2026-11-21T19:00:00Z", "2026-11-21T14:00:00-05:00" },
		{ "Asia/Kolkata", "2026-11-21T19:00:00Z", "2026-11-22T00:30:00+05:30" },
		{ "UTC", "2026-11-21T19:00:00Z", "2026-11-21T19:00:00+00:00" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
		char text[MOMENT_TEXT_BYTES];
		time_t at, again;

		assert_int_equal(when_zone(printed[i].zone), 0);
		assert_int_equal(when_read(printed[i].utc, &at), 0);
		assert_string_equal(moment_print(at, text), printed[i].is);
		assert_int_equal(when_read(text, &again), 0);
		assert_int_equal(again, at);
	}
}

/* Each part beyond what it may be: there is no such moment, whatever else was said; a correction begins anew. */
static void test_beyond(void **state)
{
	static const char *const all[] = { "hour 25",	  "hour 8, minute 60", "hour 8, half 2", "part 99",
					   "part -1",	  "weekday 7",	       "day 0, hour -1", "date 32",
					   "month 13",	  "year 99999",	       "minutes -10",	 "seconds 1000001",
					   "weeks 99999", "hour 8, day 10000" };
	struct moment m, eight = read_parts("hour 8");
	time_t now, at;

	(void)state;
	(void)when_zone("Europe/Berlin");
	assert_int_equal(when_read("2026-11-21T12:00", &now), 0);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		m = read_parts(all[i]);
		if (moment_resolve(&m, now, &at) == 0)
			fail_msg("%s is a moment", all[i]);
		moment_correct(&m, &eight);
		assert_false(m.beyond);
		m = eight;
		moment_merge(&m, &(struct moment){ .beyond = true });
		assert_int_equal(moment_resolve(&m, now, &at), -1);
	}
}

static void test_length(void **state)
{
	struct moment m = read_parts("hours 1, minutes 30, seconds 5"), near = read_parts("day 0, minutes 10");
	struct moment day = read_parts("day 0, days 2");

	(void)state;
	assert_true(moment_is_length(&m));
	assert_int_equal(moment_seconds(&m), 5405);
	assert_false(moment_is_length(&near));
	assert_true(moment_is_near(&near));
	assert_false(moment_is_near(&day));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve), cmocka_unit_test(test_ambiguous_hour), cmocka_unit_test(test_correct),
		cmocka_unit_test(test_print),	cmocka_unit_test(test_beyond),	       cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
