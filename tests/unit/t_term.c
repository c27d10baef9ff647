#include "../../cmd/rd-bridge/term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#define S 1000000u
#define UNIX_S 1790000000.0

/* Where a second more or less would be wrong, it is said in whole seconds from the beginning. */
static void it_is_replaced_in_time(void **state)
{
	static const struct {
		long most_s;
		double expires_at;
		uint64_t end_s, last_s;
	} cases[] = {
		{ 3000, 0, 3000, 3060 },	       /* the service says nothing */
		{ 3000, UNIX_S + 3600, 3000, 3060 },   /* its end is later */
		{ 3000, UNIX_S + 900, 780, 870 },
		{ 3000, UNIX_S + 2400, 2280, 2370 },
		{ 3000, UNIX_S + 3080, 2960, 3050 },
		{ 3000, UNIX_S + 24, 16, 22 },	       /* short: a third */
		{ 5, UNIX_S + 3600, 5, 65 },
		{ 3000, UNIX_S - 5, 3000, 3060 },      /* a clock's fault: not replaced over and over again */
		{ 3000, UNIX_S + 0.5, 3000, 3060 },
		{ 3000, 1e300, 3000, 3060 },
		{ 3000, -1, 3000, 3060 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct term t = { .most_s = cases[i].most_s, .expires_at = cases[i].expires_at };
		uint64_t now_us = 70 * S, end_us = now_us + cases[i].end_s * S, last_us = now_us + cases[i].last_s * S;

		term_begin(&t, now_us, UNIX_S);
		assert_int_equal(t.end_us, end_us);
		assert_int_equal(t.last_us, last_us);
		assert_false(term_over(&t, end_us - 1));
		assert_true(term_over(&t, end_us));
		assert_false(term_late(&t, (end_us + last_us) / 2));
		assert_true(term_late(&t, (end_us + last_us) / 2 + 1));
		assert_false(term_last(&t, last_us - 1));
		assert_true(term_last(&t, last_us));
	}
}

static void other_settings_bring_it_forward(void **state)
{
	struct term t = { .most_s = 3000 };

	(void)state;
	term_begin(&t, 0, UNIX_S);
	term_cut(&t, 100 * S);
	assert_int_equal(t.end_us, 100 * S);
	assert_int_equal(t.last_us, 160 * S);
	term_cut(&t, 110 * S); /* and not later than it was to be */
	assert_int_equal(t.end_us, 100 * S);
	assert_int_equal(t.last_us, 160 * S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_replaced_in_time),
		cmocka_unit_test(other_settings_bring_it_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
