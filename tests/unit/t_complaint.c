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
	{ "call (555) 123-4567", "\"call …4567\"" },
	{ "+1 (555) 123-45 67 8", "\"…5 67 8\"" },
	{ "127.0.0.1:80800000", "\"127.0.0.1:…0000\"" },
	{ "22:00-08:00", "\"22:00-08:00\"" },
	{ "123456", "\"123456\"" },
	{ "1234567 and 7654321", "\"…4567 and …4321\"" },
	{ "\x80\xff", "\"\x80\xff\"" },
	{ "a text that goes on and on and on until it is cut", "\"a text that goes on and on and on until …\"" },
	{ "a text that goes on and on and on untilöö", "\"a text that goes on and on and on until…\"" },
};

static void test_what_is_shown(void **state)
{
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++)
		assert_string_equal(complaint_quote(quotes[i].value, out), quotes[i].shown);
	assert_string_equal(complaint_quote_number("99999999999", out), "\"99999999999\"");
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
	complaint_end(&c);
	assert_string_equal(text, "a:3: one 1\nb: two\nand 3 more");
	for (size_t size = 0; size < 14; size++) {
		complaint_open(&c, text, size);
		complaint_add(&c, "a", 3, "one");
		complaint_add(&c, "a", 3, "one");
		complaint_end(&c);
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
