#include "../../cmd/rd-ctl/guess.h"

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "paths.h"

#define FILE_NAME "guess.conf" /* in the test's own folder */

static const struct {
	const char *text, *runtime; /* NULL: none is named */
} cases[] = {
	{ "general {\n\truntime-dir = \"/run/here\"\n}\nmistake {", "/run/here" },
	{ "general { runtime-dir=\"/run/here\" } agent {{{", "/run/here" },
	{ "runtime-dir\t = \t\"run\"", "./run" },
	{ "# runtime-dir = \"/old\"\nruntime-dir = \"/new\"", "/new" },
	{ "x = 1 # runtime-dir = \"/old\"", NULL },
	{ "runtime-dir = /bare\nruntime-dir = \"/quoted\"", "/quoted" },
	{ "runtime-dir = \"\"", NULL },
	{ "runtime-dir = \"/never closed\n\"", NULL },
	{ "runtime-dir", NULL },
	{ "runtime-dir =", NULL },
	{ "", NULL },
};

static void what_still_stands_there_is_found(void **state)
{
	char found[PATHS_MAX_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(paths_write_atomically(FILE_NAME, cases[i].text, strlen(cases[i].text)), 0);
		if (guess_runtime("./" FILE_NAME, found, sizeof found) < 0)
			snprintf(found, sizeof found, "none");
		assert_string_equal(found, cases[i].runtime ? cases[i].runtime : "none");
	}
	assert_int_equal(paths_write_atomically(FILE_NAME, cases[0].text, strlen(cases[0].text)), 0);
	assert_int_equal(guess_runtime("./" FILE_NAME, found, 4), -1); /* no room */
	assert_int_equal(remove(FILE_NAME), 0);
	assert_int_equal(guess_runtime("./" FILE_NAME, found, sizeof found), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(what_still_stands_there_is_found) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
