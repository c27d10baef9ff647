#include "../../cmd/tools/time/zone.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *place, *zone; /* NULL: unknown */
} cases[] = {
	{ "Europe/Berlin", "Europe/Berlin" },
	{ "UTC", "UTC" },
	{ "Tokyo", "Asia/Tokyo" },
	{ "new york", "America/New_York" },
	{ "BUENOS AIRES", "America/Argentina/Buenos_Aires" },
	{ "Atlantis", NULL },
	{ "", NULL },
	{ "zone.tab", NULL },
	{ "Europe", NULL },
	{ "../../../etc/passwd", NULL },
	{ "/etc/passwd", NULL },
	{ "Europe/../Europe/Berlin", NULL },
};

static void places_become_zones(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char zone[80] = "";

		if (zone_find(cases[i].place, zone, sizeof zone) != (cases[i].zone ? 0 : -1) ||
		    (cases[i].zone && strcmp(zone, cases[i].zone) != 0))
			fail_msg("%s: \"%s\"", cases[i].place, zone);
	}
	assert_int_equal(zone_find("Tokyo", (char[4]){ "" }, 4), -1);
	assert_int_equal(zone_find("Asia/Tokyo", (char[4]){ "" }, 4), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(places_become_zones) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
