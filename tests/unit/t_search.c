#include "../../cmd/rd-store/search.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *words, *query; /* NULL: there is no word in it */
} cases[] = {
	{ "sister name", "\"sister\"* OR \"name\"*" },
	{ "tea?", "\"tea\"" },
	{ "", NULL },
	{ "?! \" ' -- a", NULL },
	{ "x\" OR 1) --", "\"OR\"" },
	{ "M\u00fcller-L\u00fcdenscheidt", "\"M\u00fcller\"* OR \"L\u00fcdenscheidt\"*" },
	{ "NEAR(a b)", "\"NEAR\"*" },
	{ "aa bb cc dd ee ff gg hh ii jj kk ll mm", "\"aa\" OR \"bb\" OR \"cc\" OR \"dd\" OR \"ee\" OR \"ff\" OR "
						    "\"gg\" OR \"hh\" OR \"ii\" OR \"jj\" OR \"kk\" OR \"ll\"" },
	{ "this_word_is_longer_than_any_word_that_somebody_would_look_for next",
	  "\"this\"* OR \"word\"* OR \"is\" OR \"longer\"* OR \"than\"* OR \"any\" OR \"word\"* OR \"that\"* OR "
	  "\"somebody\"* OR "
	  "\"would\"* OR \"look\"* OR \"for\"" },
	{ "abcdefghijabcdefghijabcdefghijabcdefghijx ok", "\"ok\"" },
};

static void words_become_a_query_without_syntax(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char out[800];
		int ok = search_query(cases[i].words, out, sizeof out);

		assert_string_equal(out, cases[i].query ? cases[i].query : "");
		assert_int_equal(ok, cases[i].query ? 0 : -1);
	}
}

static void a_small_buffer_takes_whole_words(void **state)
{
	char out[16];

	(void)state;
	assert_int_equal(search_query("sister name", out, sizeof out), 0);
	assert_string_equal(out, "\"sister\"*");
	assert_int_equal(search_query("abcdefghijklmnopqrst", out, sizeof out), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_become_a_query_without_syntax),
		cmocka_unit_test(a_small_buffer_takes_whole_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
