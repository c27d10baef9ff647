#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "language.h"

static const struct {
	const char *language;
	bool heard;
} cases[] = {
	{ "", true },	    { "en", true },   { "en-gb", true }, { "EN_us", true }, { "de", false },
	{ "de-at", false }, { "enm", false }, { "e", false },	 { "fr", false },
};

static void english_is_heard(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(language_is_heard(cases[i].language), cases[i].heard);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(english_is_heard) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
