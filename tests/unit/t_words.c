#include "words.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

static const struct {
	const char *text, *spans;
	long heard_ms, sent_ms;
	const char *heard;
} cases[] = {
	/* in proportion: ten characters, a second */
	{ "abcd fghij", NULL, 0, 1000, "" },
	{ "abcd fghij", NULL, 100, 1000, "" },
	{ "abcd fghij", NULL, 400, 1000, "abcd" }, /* a word counts when it is over */
	{ "abcd fghij", NULL, 450, 1000, "abcd" },
	{ "abcd fghij", NULL, 999, 1000, "abcd" },
	{ "abcd fghij", NULL, 1000, 1000, "abcd fghij" },
	{ "abcd fghij", NULL, 2000, 1000, "abcd fghij" },
	{ "abcd fghij", NULL, -5, 1000, "" },
	{ "abcd fghij", NULL, 5, 0, "abcd fghij" }, /* nobody knows how long it is: something was heard */
	{ "  abcd  ", NULL, 1000, 1000, "  abcd" },
	{ "", NULL, 500, 1000, "" },
	{ "   ", NULL, 500, 1000, "" },
	{ "one", NULL, 900, 1000, "" },
	{ "line one\nline two", NULL, 600, 1000, "line one" },
	/* characters, not bytes */
	{ "\u00e4\u00f6\u00fc\u00df xyz\u00e4\u00f6", NULL, 500, 1000, "\u00e4\u00f6\u00fc\u00df" },
	{ "\u00e4\u00f6\u00fc\u00df xyz\u00e4\u00f6", NULL, 300, 1000, "" },
	{ "\U0001f600 ok then", NULL, 500, 1000, "\U0001f600 ok" },
	/* scripts without spaces are cut between characters */
	{ "\u4eca\u65e5\u306f\u5929\u6c17\u304c\u826f\u3044\u3067\u3059", NULL, 300, 1000, "\u4eca\u65e5\u306f" },
	{ "hello \u4eca\u65e5", NULL, 875, 1000, "hello \u4eca" },
	/* bytes that are no UTF-8 */
	{ "ab\xff\xc3 cdefgh", NULL, 600, 1000, "ab\xff\xc3" },
	{ "abc \xe4", NULL, 1000, 1000, "abc \xe4" },
	/* stretches of speech */
	{ "Hello there, Anna.", "[[5,1000],[7,200],[6,400]]", 1000, 1600, "Hello" },
	{ "Hello there, Anna.", "[[5,1000],[7,200],[6,400]]", 999, 1600, "" },
	{ "Hello there, Anna.", "[[5,1000],[7,200],[6,400]]", 1200, 1600, "Hello there," },
	{ "Hello there, Anna.", "[[5,1000],[7,200],[6,400]]", 1500, 1600, "Hello there," },
	{ "Hello there, Anna.", "[[5,1000],[7,200],[6,400]]", 1600, 1600, "Hello there, Anna." },
	{ "Hello there, Anna.", "[[5,1000]]", 1500, 1600, "Hello" }, /* the rest of the text has no sound yet */
	{ "abcd fghij", "[]", 450, 1000, "abcd" },		     /* unusable: in proportion */
	{ "abcd fghij", "[[1]]", 450, 1000, "abcd" },
	{ "abcd fghij", "[[-1,5]]", 450, 1000, "abcd" },
	{ "abcd fghij", "\"x\"", 450, 1000, "abcd" },
	{ "abcd fghij", "[[10,0]]", 450, 1000, "abcd fghij" },
};

static void words_are_cut_where_they_were_heard(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cJSON *spans = cases[i].spans ? cJSON_Parse(cases[i].spans) : NULL;
		size_t n = words_heard(cases[i].text, spans, cases[i].heard_ms, cases[i].sent_ms);

		if (n != strlen(cases[i].heard) || memcmp(cases[i].text, cases[i].heard, n) != 0)
			fail_msg("case %zu: heard \"%.*s\", expected \"%s\"", i, (int)n, cases[i].text, cases[i].heard);
		cJSON_Delete(spans);
	}
}

/* Hearing more never takes words away, and never more than there are. */
static void words_only_grow(void **state)
{
	static const char text[] = "The weather in Berlin is fine, and M\u00fcnchen has \u4eca\u65e5 snow.";
	size_t before = 0;

	(void)state;
	for (long ms = 0; ms <= 5200; ms += 7) {
		size_t n = words_heard(text, NULL, ms, 5000);

		assert_true(n >= before && n <= strlen(text));
		before = n;
	}
	assert_int_equal(before, strlen(text));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_cut_where_they_were_heard),
		cmocka_unit_test(words_only_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
