#include "utf8.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *in, *out;
} cleaned[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "\u00e4\u4eca\U0001f600", "\u00e4\u4eca\U0001f600" },
	{ "a\xff"
	  "b",
	  "a?b" },
	{ "\xc3", "?" }, /* cut off */
	{ "\xe4\xbb", "??" },
	{ "\xc0\xaf", "??" },		/* overlong */
	{ "\xed\xa0\x80", "???" },	/* a surrogate */
	{ "\xf4\x90\x80\x80", "????" }, /* beyond the last character */
	{ "\x80x", "?x" },
};

static void bad_bytes_become_question_marks(void **state)
{
	char zero[] = { 'a', 0, 'b' };

	(void)state;
	for (size_t i = 0; i < sizeof cleaned / sizeof cleaned[0]; i++) {
		char *text = strdup(cleaned[i].in);

		utf8_clean(text, strlen(text));
		assert_string_equal(text, cleaned[i].out);
		free(text);
	}
	utf8_clean(zero, sizeof zero);
	assert_memory_equal(zero, "a b", 3);
}

static void a_character_is_never_cut(void **state)
{
	(void)state;
	assert_int_equal(utf8_clip("abc", 5), 3);
	assert_int_equal(utf8_clip("abc", 2), 2);
	assert_int_equal(utf8_clip("a\u00e4", 2), 1);
	assert_int_equal(utf8_clip("a\u00e4", 3), 3);
	assert_int_equal(utf8_clip("\U0001f600", 3), 0);
	assert_int_equal(utf8_clip("", 0), 0);
}

static void characters_are_counted(void **state)
{
	(void)state;
	assert_int_equal(utf8_count("", 0), 0);
	assert_int_equal(utf8_count("abc", 2), 2);
	assert_int_equal(utf8_count("\u00e9\u20ac\U0001f600x", 10), 4);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_bytes_become_question_marks),
		cmocka_unit_test(a_character_is_never_cut),
		cmocka_unit_test(characters_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
