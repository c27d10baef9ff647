/* The known word that a misspelt one was probably meant to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nearest.h"

static const struct {
	const char *word, *best;
} words[] = {
	{ "listn", "listen" }, { "lisetn", "listen" }, { "listens", "listen" }, { "modle", "model" },
	{ "model", "model" },
	{ "", NULL }, { "x", NULL }, { "anything", NULL }, { "LISTEN", NULL },
	{ "a-word-of-more-than-sixty-three-letters-that-is-near-to-nothing-at-all", NULL },
};

static void test_nearest(void **state)
{
	char hint[96];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct nearest n = { .word = words[i].word };

		nearest_see(&n, "model");
		nearest_see(&n, "listen");
		nearest_see(&n, "a-word-of-more-than-sixty-three-letters-that-is-near-to-nothing-at-al");
		if (words[i].best)
			assert_string_equal(n.best, words[i].best);
		else
			assert_null(n.best);
		assert_int_equal(*nearest_hint(&n, hint) != 0, words[i].best != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
