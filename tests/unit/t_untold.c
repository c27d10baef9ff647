#include "../../cmd/rd-bridge/untold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* In order of place: state (- free, w waits, s speaks, a answered, r told again), id. */
static void assert_turns(struct untold *u, const char *wanted)
{
	char line[400] = "";
	size_t n = 0;

	for (uint64_t place = 0; place < 10000; place++)
		for (int i = 0; i < UNTOLD_TURNS; i++) {
			const struct untold_turn *t = &u->turns[i];

			if (t->state != UNTOLD_FREE && t->place == place)
				n += (size_t)snprintf(line + n, sizeof line - n, "%c%s@%d ",
						      t->state == UNTOLD_WAITS && !t->end ? 's' : "-war"[t->state], t->id,
						      (int)place);
		}
	assert_string_equal(line, wanted);
}

/* A story: s begins to speak, e ends (both move the place by 100), n gets the next id, A answered, 1-9 told, R again. */
static void stories_end_as_they_should(void **state)
{
	static const struct {
		const char *story, *left;
	} cases[] = {
		{ "s", "s@100 " },
		{ "sse", "w@100 " },
		{ "sen", "w1@100 " },
		{ "sen1", "" },
		{ "senA", "a1@100 " },
		{ "senA1", "" },
		{ "sA", "s@100 " },		 /* nobody answers to half a sentence */
		{ "seAn1", "" },		 /* named after it was answered */
		{ "sensenA", "a1@100 a2@300 " },
		{ "sensen1", "w2@300 " },
		{ "senAsR", "a1@100 r@300 " },
		{ "sensR", "r1@100 " },		 /* two that wait are heard again as they come */
		{ "sensRsen", "w2@100 " }, 	 /* found again: where it began then */
		{ "sRR", "r@100 " },
		{ "sRsensen2", "w1@100 " },
		{ "sensensensensensensensensensen", "w3@500 w4@700 w5@900 w6@1100 w7@1300 w8@1500 w9@1700 w10@1900 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct untold u = { 0 };
		uint64_t place = 0;
		char id[16];
		int ids = 0;

		for (const char *p = cases[i].story; *p; p++) {
			place += *p == 's' || *p == 'e' ? 100 : 0;
			snprintf(id, sizeof id, "%d", *p == 'n' ? ++ids : *p - '0');
			switch (*p) {
			case 's': assert_non_null(untold_begin(&u, place, place)); break;
			case 'e': untold_end(&u, place); break;
			case 'n': untold_name(&u, id); break;
			case 'A': untold_answered(&u); break;
			case 'R': (void)untold_again(&u); break;
			default: untold_told(&u, id); break;
			}
			assert_true(untold_is_whole(&u, place));
		}
		if (untold_any(&u) != (cases[i].left[0] != 0))
			fail_msg("%s", cases[i].story);
		assert_turns(&u, cases[i].left);
	}
}

/* What was said before belongs to a turn that has ended: a second that is heard again does not begin in it. */
static void a_turn_does_not_reach_into_the_one_before(void **state)
{
	struct untold u = { 0 };

	(void)state;
	untold_begin(&u, 100, 1);
	untold_end(&u, 700);
	assert_int_equal(untold_begin(&u, 500, 2)->place, 700);
	assert_int_equal(untold_again(&u), 100);
	assert_int_equal(u.over, 100); /* all of it is heard again */
	assert_int_equal(untold_again(&(struct untold){ 0 }), UINT64_MAX);
}

/* Two are told again: the first commit is the first one's, also when that has its name already. */
static void the_oldest_of_a_name_is_found(void **state)
{
	struct untold u = { 0 };
	struct untold_turn *first, *second;

	(void)state;
	first = untold_begin(&u, 100, 1);
	untold_end(&u, 200);
	untold_name(&u, "again-100");
	second = untold_begin(&u, 300, 2);
	untold_end(&u, 400);
	untold_name(&u, "again-300");
	assert_null(untold_called(&u, "again-"));
	untold_answered(&u);
	assert_ptr_equal(untold_called(&u, "again-"), first);
	snprintf(first->id, sizeof first->id, "item_7");
	assert_ptr_equal(untold_called(&u, "again-"), second);
	untold_told(&u, "again-300");
	assert_null(untold_called(&u, "again-"));
}

static void calls_are_open_until_they_are_answered(void **state)
{
	struct untold u = { 0 };
	char id[16], arguments[1000];

	(void)state;
	memset(arguments, 'x', sizeof arguments - 1);
	arguments[sizeof arguments - 1] = 0;
	untold_call(&u, "c1", "time", "{}");
	untold_call(&u, "c2", "lamp", arguments);
	assert_int_equal(strlen(u.calls[1].arguments), UNTOLD_ARGUMENTS - 1);
	untold_call_over(&u, "c1");
	untold_call_over(&u, "c9");
	assert_false(u.calls[0].open);
	assert_true(u.calls[1].open);
	for (int i = 0; i < 20; i++) {
		snprintf(id, sizeof id, "d%d", i);
		untold_call(&u, id, "time", "{}");
	}
	assert_true(untold_is_whole(&u, 0));
	assert_string_equal(u.calls[1].id, "c2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stories_end_as_they_should),
		cmocka_unit_test(a_turn_does_not_reach_into_the_one_before),
		cmocka_unit_test(the_oldest_of_a_name_is_found),
		cmocka_unit_test(calls_are_open_until_they_are_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
