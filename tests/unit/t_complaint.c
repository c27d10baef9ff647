/* Complaints: what they show of a value, and that they fit into any buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "complaint.h"

static const struct {
	const char *value, *shown;
} quotes[] = {
	{ "", "\"\"" },
	{ "word", "\"word\"" },
	{ "+15551234567", "\"…4567\"" },
	{ "call (555) 123-4567", "\"…4567\"" },
	{ "a text that goes on and on and on until it is cut", "\"a text that goes on and on and on until …\"" },
	{ "a text that goes on and on and on untilöö", "\"a text that goes on and on and on until…\"" },
};

static void test_what_is_shown(void **state)
{
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++)
		assert_string_equal(complaint_quote(quotes[i].value, out), quotes[i].shown);
}

static void test_complaints_fit(void **state)
{
	char text[32];
	struct complaint c;

	(void)state;
	complaint_open(&c, text, sizeof(text));
	complaint_add(&c, "a", 3, "one %d", 1);
	complaint_add(&c, "b", 0, "two");
	complaint_add(&c, NULL, 0, "three");
	assert_string_equal(text, "a:3: one 1\nb: two\nthree");
	complaint_add(&c, NULL, 0, "more than there is room for");
	complaint_add(&c, NULL, 0, "and more");
	assert_int_equal(strlen(text), sizeof(text) - 1);
	assert_int_equal(c.count, 5);
	for (size_t size = 0; size < 14; size++) {
		complaint_open(&c, text, size);
		complaint_add(&c, "a", 3, "one");
		complaint_add(&c, "a", 3, "one");
		assert_true(!size || strlen(text) < size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_shown),
		cmocka_unit_test(test_complaints_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
