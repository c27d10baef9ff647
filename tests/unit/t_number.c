/* What is a telephone number, and what is a withheld one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "number.h"

static const struct {
	const char *text;
	int e164, withheld;
} numbers[] = {
	{ "+15551234567", 1, 0 }, { "+1555123", 1, 0 }, { "+155512", 0, 0 }, { "+123456789012345", 1, 0 },
	{ "+1234567890123456", 0, 0 }, { "15551234567", 0, 0 }, { "+05551234567", 0, 0 }, { "+1555-123-4567", 0, 0 },
	{ "+", 0, 0 }, { "", 0, 0 }, { "anonymous", 0, 1 }, { "Unknown", 0, 1 }, { "+266696687", 1, 1 },
	{ "+8656696", 1, 1 }, { "+2562533", 1, 1 }, { "+86282452253", 1, 1 }, { "+7378742833", 1, 1 },
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		assert_int_equal(number_is_e164(numbers[i].text), numbers[i].e164);
		assert_int_equal(number_is_withheld(numbers[i].text), numbers[i].withheld);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
