#include "when.h"

#include <cmocka.h>
#include <errno.h>
#include <string.h>

static const struct {
	const char *zone, *text, *utc; /* utc NULL: refused, with error */
	int error;
} read_cases[] = {
	{ "Europe/Berlin", "2026-11-21T20:00", "2026-11-21T19:00:00Z", 0 },
	{ "Europe/Berlin", "2026-07-01 08:05", "2026-07-01T06:05:00Z", 0 },
	{ "America/New_York", "2026-11-21T20:00:30", "2026-11-22T01:00:30Z", 0 },
	{ "Europe/Berlin", "2026-11-21T20:00Z", "2026-11-21T20:00:00Z", 0 },
	{ "Europe/Berlin", "2026-11-21T20:00:00.250z", "2026-11-21T20:00:00Z", 0 },
	{ "Europe/Berlin", "2026-11-21T20:00-05:30", "2026-11-22T01:30:00Z", 0 },
	{ "Europe/Berlin", "2026-11-21T20:00+14:00", "2026-11-21T06:00:00Z", 0 },
	{ "Europe/Berlin", "2026-11-21T20:00-0530", "2026-11-22T01:30:00Z", 0 },
	{ "Europe/Berlin", "2028-02-29T12:00", "2028-02-29T11:00:00Z", 0 },
	{ "Europe/Berlin", "2026-03-29T02:30", NULL, ERANGE }, /* the hour that is skipped */
	{ "Europe/Berlin", "2026-02-29T12:00", NULL, EINVAL },
	{ "Europe/Berlin", "2026-02-30T12:00Z", NULL, EINVAL },
	{ "Europe/Berlin", "2026-04-31T12:00", NULL, EINVAL },
	{ "Europe/Berlin", "2026-13-01T12:00", NULL, EINVAL },
	{ "Europe/Berlin", "2026-11-21T24:00", NULL, EINVAL },
	{ "Europe/Berlin", "2026-11-21T20:60", NULL, EINVAL },
	{ "Europe/Berlin", "2026-11-21", NULL, EINVAL },
	{ "Europe/Berlin", "2026-11-21T20:00+15:00", NULL, EINVAL },
	{ "Europe/Berlin", "2026-11-21T20:00+01:", NULL, EINVAL },
	{ "Europe/Berlin", "2026-11-21T20:00+01", NULL, EINVAL },
	{ "Europe/Berlin", "2026-11-21T20:00 today", NULL, EINVAL },
	{ "Europe/Berlin", "tonight", NULL, EINVAL },
	{ "Europe/Berlin", "", NULL, EINVAL },
};

static void what_programs_write_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof read_cases / sizeof read_cases[0]; i++) {
		char utc[WHEN_BYTES] = "";
		time_t at;
		int failed;

		when_zone(read_cases[i].zone);
		errno = 0;
		failed = when_read(read_cases[i].text, &at);
		if (!failed)
			when_utc(at, utc);
		if (failed != (read_cases[i].utc ? 0 : -1) || (failed && errno != read_cases[i].error) ||
		    (!failed && strcmp(utc, read_cases[i].utc) != 0))
			fail_msg("%s: %d %s errno %d", read_cases[i].text, failed, utc, errno);
	}
}

static const struct {
	const char *now, *at, *said;
} said_cases[] = {
	{ "2026-11-21T12:00", "2026-11-21T20:00", "today at 20:00" },
	{ "2026-11-21T23:59", "2026-11-22T00:01", "tomorrow at 00:01" },
	{ "2026-11-21T00:01", "2026-11-20T23:59", "yesterday at 23:59" },
	{ "2026-11-21T12:00", "2026-11-27T09:05", "on Friday at 09:05" },
	{ "2026-11-21T12:00", "2026-11-15T09:05", "on Sunday at 09:05" },
	{ "2026-11-21T12:00", "2026-11-28T09:05", "on 28 November at 09:05" },
	{ "2026-11-21T12:00", "2026-12-04T09:05", "on 4 December at 09:05" },
	{ "2026-11-21T12:00", "2027-01-04T09:05", "on 4 January 2027 at 09:05" },
	{ "2026-10-24T12:00", "2026-10-25T12:00", "tomorrow at 12:00" }, /* 25 hours later */
};

static void times_are_said_as_people_do(void **state)
{
	(void)state;
	when_zone("Europe/Berlin");
	for (size_t i = 0; i < sizeof said_cases / sizeof said_cases[0]; i++) {
		char said[WHEN_BYTES];
		time_t now, at;

		assert_int_equal(when_read(said_cases[i].now, &now), 0);
		assert_int_equal(when_read(said_cases[i].at, &at), 0);
		assert_string_equal(when_say(at, now, said), said_cases[i].said);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_programs_write_is_read),
		cmocka_unit_test(times_are_said_as_people_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
