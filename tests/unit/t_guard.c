#include "../../cmd/rd-webhook/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define CALL "CA00000000000000000000000000000001"

static void guard_bounds_connections_of_an_address(void **state)
{
	static struct guard_connections g;

	(void)state;
	assert_true(guard_connect(&g, "192.0.2.1", 2));
	assert_true(guard_connect(&g, "192.0.2.1", 2));
	assert_false(guard_connect(&g, "192.0.2.1", 2));
	assert_true(guard_connect(&g, "2001:db8::7", 2));
	guard_disconnect(&g, "192.0.2.1");
	assert_true(guard_connect(&g, "192.0.2.1", 2));
	assert_false(guard_connect(&g, "192.0.2.1", 2));
	guard_disconnect(&g, "192.0.2.9"); /* nobody's: nothing happens */
	assert_false(guard_connect(&g, "192.0.2.1", 2));
	assert_false(guard_connect(&g, "192.0.2.9", 0));
}

static void guard_bounds_addresses(void **state)
{
	static struct guard_connections g;
	char address[32];

	(void)state;
	for (int i = 0; i < GUARD_ADDRESSES; i++) {
		snprintf(address, sizeof address, "198.51.100.%d", i);
		assert_true(guard_connect(&g, address, 1));
	}
	assert_false(guard_connect(&g, "192.0.2.1", 1));
	guard_disconnect(&g, "198.51.100.7");
	assert_true(guard_connect(&g, "192.0.2.1", 1));
	assert_false(guard_connect(&g, "198.51.100.7", 1));
}

static void guard_keeps_its_window(void **state)
{
	static const struct {
		uint64_t at_ms;
		const char *key;
		bool allowed;
	} steps[] = {
		/* three in 60 s */
		{ 1000, CALL, true },
		{ 1000, CALL, true },
		{ 30000, CALL, true },
		{ 30001, CALL, false },
		{ 30001, "+15551234567", true },
		{ 60999, CALL, false },
		{ 61000, CALL, true }, /* the first two are 60 s old; what was refused did not count */
		{ 61000, CALL, true },
		{ 89999, CALL, false },
		{ 90000, CALL, true },
		{ 90000, CALL, false },
	};
	static struct guard_marks g;

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (guard_allow(&g, steps[i].key, GUARD_RESUMES, GUARD_RESUMES_MS, steps[i].at_ms) != steps[i].allowed)
			fail_msg("step %zu", i);
}

static void guard_forgets_the_oldest(void **state)
{
	static struct guard_marks g;
	char key[32];

	(void)state;
	assert_false(guard_allow(&g, "+15551234567", 0, GUARD_HOUR_MS, 0));
	assert_true(guard_allow(&g, "+15551234567", 1, GUARD_HOUR_MS, 0));
	assert_false(guard_allow(&g, "+15551234567", 1, GUARD_HOUR_MS, 1));
	for (int i = 0; i < GUARD_MARKS; i++) {
		snprintf(key, sizeof key, "+1555%07d", i);
		assert_true(guard_allow(&g, key, 1, GUARD_HOUR_MS, 2));
	}
	assert_true(guard_allow(&g, "+15551234567", 1, GUARD_HOUR_MS, 3));
}

static void guard_cuts_long_keys_alike(void **state)
{
	static struct guard_marks g;
	char key[2 * GUARD_KEY_BYTES];

	(void)state;
	memset(key, 'a', sizeof key);
	key[sizeof key - 1] = '\0';
	assert_true(guard_allow(&g, key, 1, GUARD_HOUR_MS, 0));
	assert_false(guard_allow(&g, key, 1, GUARD_HOUR_MS, 0));
}

static void guard_lets_so_many_lines_pass(void **state)
{
	static struct guard_lines g;
	unsigned count = 0;

	(void)state;
	for (int i = 0; i < GUARD_LINES; i++)
		assert_true(guard_line(&g, "signature", 1000));
	for (int i = 0; i < 7; i++)
		assert_false(guard_line(&g, "signature", 1000));
	assert_true(guard_line(&g, "token", 1001)); /* each kind for itself */
	assert_true(guard_owes(&g));
	assert_null(guard_unsaid(&g, 999 + GUARD_LINES_MS, &count));
	assert_false(guard_line(&g, "signature", 1000 + GUARD_LINES_MS)); /* what was not said comes first */
	assert_string_equal(guard_unsaid(&g, 1000 + GUARD_LINES_MS, &count), "signature");
	assert_int_equal(count, 8);
	assert_false(guard_owes(&g));
	assert_null(guard_unsaid(&g, UINT64_MAX, &count));
	assert_true(guard_line(&g, "signature", 1000 + GUARD_LINES_MS));
}

static void guard_knows_so_many_kinds(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i",
					     "j", "k", "l", "m", "n", "o", "p", "q" };
	static struct guard_lines g;

	(void)state;
	for (size_t i = 0; i < GUARD_KINDS; i++)
		assert_true(guard_line(&g, names[i], 0));
	assert_false(guard_line(&g, names[GUARD_KINDS], 0));
	assert_true(guard_line(&g, "a", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guard_bounds_connections_of_an_address),
		cmocka_unit_test(guard_bounds_addresses),
		cmocka_unit_test(guard_keeps_its_window),
		cmocka_unit_test(guard_forgets_the_oldest),
		cmocka_unit_test(guard_cuts_long_keys_alike),
		cmocka_unit_test(guard_lets_so_many_lines_pass),
		cmocka_unit_test(guard_knows_so_many_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
