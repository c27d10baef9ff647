#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "receipts.h"

static int said;
static uint32_t said_seqs[8];

static int on_again(void *ctx, const struct frame *f)
{
	(void)ctx;
	assert_true(f->flags & FRAME_AGAIN);
	assert_memory_equal(f->payload, "{}", 2);
	said_seqs[said++] = f->seq;
	return 0;
}

static void keep(struct receipts *r, uint32_t seq)
{
	struct frame f = { .kind = FRAME_EVENT, .seq = seq, .length = 2, .payload = (const uint8_t *)"{}" };

	assert_int_equal(receipts_keep(r, &f), 0);
}

static void what_is_not_home_is_said_again(void **state)
{
	static const struct {
		uint32_t kept[4], home[4], again[4];
	} cases[] = {
		{ { 1, 2, 3 }, { 0 }, { 1, 2, 3 } },  { { 1, 2, 3 }, { 1 }, { 2, 3 } }, { { 1, 2, 3 }, { 3 }, { 1, 2 } },
		{ { 1, 2, 3 }, { 2, 9 }, { 1, 3 } }, { { 1 }, { 1 }, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct receipts r = { 0 };
		int want = 0;

		for (int k = 0; k < 4 && cases[i].kept[k]; k++)
			keep(&r, cases[i].kept[k]);
		for (int k = 0; k < 4 && cases[i].home[k]; k++)
			assert_int_equal(receipts_home(&r, cases[i].home[k]), cases[i].home[k] <= 3);
		assert_false(cases[i].home[0] && receipts_home(&r, cases[i].home[0])); /* once */
		said = 0;
		assert_int_equal(receipts_again(&r, on_again, NULL), 0);
		for (; want < 4 && cases[i].again[want]; want++)
			assert_int_equal(said_seqs[want], cases[i].again[want]);
		assert_int_equal(said, want);
		keep(&r, 7); /* the list still grows at its end */
		said = 0;
		assert_int_equal(receipts_again(&r, on_again, NULL), 0);
		assert_int_equal(said_seqs[said - 1], 7);
		receipts_close(&r);
	}
}

static void what_was_handled_is_known_for_64_of_each_life(void **state)
{
	struct receipts r = { 0 };

	(void)state;
	for (uint32_t seq = 1; seq <= 70; seq++)
		assert_false(receipts_seen_before(&r, 3, 0, seq));
	assert_true(receipts_seen_before(&r, 3, 0, 70));
	assert_true(receipts_seen_before(&r, 3, 0, 7));
	assert_false(receipts_seen_before(&r, 3, 1, 70)); /* a successor counts anew */
	assert_false(receipts_seen_before(&r, 4, 0, 70));
	assert_false(receipts_seen_before(&r, 3, 0, 6)); /* too long ago */
	assert_false(receipts_seen_before(&r, 0, 0, 0)); /* typed by hand: every time anew */
	assert_false(receipts_seen_before(&r, 0, 0, 0));
	receipts_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_home_is_said_again),
		cmocka_unit_test(what_was_handled_is_known_for_64_of_each_life),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
