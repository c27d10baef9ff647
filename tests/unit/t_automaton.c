/* Grammars with the fewest states: the same sentences before and behind. */
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "../../cmd/rd-stt/automaton.h"

#define E AUTOMATON_EMPTY

enum { A = 1, B, C, D }; /* words */

struct automaton_case {
	const char *name;
	struct automaton_arc arcs[12];
	size_t count;
	int states, start, final, fewest;
	struct {
		int words[5]; /* 0 at the end */
		bool sentence;
	} tries[6];
};

static const struct automaton_case cases[] = {
	{ "a word",
	  { { 0, 1, A } },
	  1,
	  2,
	  0,
	  1,
	  2,
	  { { { A }, true }, { { 0 }, false }, { { B }, false }, { { A, A }, false } } },
	{ "two ways to the same",
	  { { 0, 1, A }, { 0, 2, B }, { 1, 3, C }, { 2, 4, C }, { 3, 5, E }, { 4, 5, E } },
	  6,
	  6,
	  0,
	  5,
	  3,
	  { { { A, C }, true }, { { B, C }, true }, { { A }, false }, { { C }, false } } },
	{ "one beginning of two",
	  { { 0, 1, A }, { 0, 2, A }, { 1, 3, B }, { 2, 3, C } },
	  4,
	  4,
	  0,
	  3,
	  3,
	  { { { A, B }, true }, { { A, C }, true }, { { A }, false } } },
	{ "again and again",
	  { { 0, 1, A }, { 1, 0, E }, { 1, 2, E } },
	  3,
	  3,
	  0,
	  2,
	  2,
	  { { { A }, true }, { { A, A, A }, true }, { { 0 }, false } } },
	{ "optional",
	  { { 0, 1, A }, { 0, 1, E }, { 1, 2, B } },
	  3,
	  3,
	  0,
	  2,
	  3,
	  { { { B }, true }, { { A, B }, true }, { { A }, false } } },
	{ "a circle of nothing",
	  { { 0, 1, E }, { 1, 0, E }, { 1, 2, A } },
	  3,
	  3,
	  0,
	  2,
	  2,
	  { { { A }, true }, { { A, A }, false } } },
	{ "nothing at all", { { 0, 0, E } }, 0, 1, 0, 0, 1, { { { 0 }, true }, { { A }, false } } },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct automaton_case *c = &cases[i];
		struct automaton a;

		assert_int_equal(automaton_open(&a, c->arcs, c->count, c->states, c->start, c->final), 0);
		if (a.states != c->fewest)
			fail_msg("%s: %d states, expected %d", c->name, a.states, c->fewest);
		for (size_t t = 0; t < 6 && (t == 0 || c->tries[t].words[0] || c->tries[t].sentence); t++) {
			int at = 0;

			for (const int *word = c->tries[t].words; *word && at >= 0; word++)
				at = automaton_next(&a, at, *word);
			if ((at >= 0 && a.accepts[at]) != c->tries[t].sentence)
				fail_msg("%s: try %zu", c->name, t);
		}
		automaton_close(&a);
		automaton_close(&a);
	}
}

static void test_goes_on(void **state)
{
	static const struct automaton_arc arcs[] = { { 0, 1, A }, { 1, 2, B } };
	struct automaton a;

	(void)state;
	assert_int_equal(automaton_open(&a, arcs, 2, 3, 0, 2), 0);
	assert_true(automaton_goes_on(&a, 0));
	assert_false(automaton_goes_on(&a, automaton_next(&a, automaton_next(&a, 0, A), B)));
	automaton_close(&a);
}

/* "The n-th word before the last is an A" has two to the n states. */
static void test_too_large(void **state)
{
	struct automaton_arc arcs[64] = { { 0, 0, A }, { 0, 0, B }, { 0, 1, A } };
	struct automaton a;
	size_t n = 3;

	(void)state;
	for (int at = 1; at < 20; at++) {
		arcs[n++] = (struct automaton_arc){ at, at + 1, A };
		arcs[n++] = (struct automaton_arc){ at, at + 1, B };
	}
	assert_int_equal(automaton_open(&a, arcs, n, 21, 0, 20), -1);
	assert_int_equal(errno, E2BIG);
	automaton_close(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_goes_on),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
