#include "../../cmd/rd-bridge/backlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define SECOND_BYTES 100u /* a slow voice: the ring has 1000 bytes */

/* Writes n bytes of which each says its place. */
static void speak(struct backlog *b, size_t n)
{
	while (n-- > 0) {
		uint8_t byte = (uint8_t)(b->written % 251);

		backlog_write(b, &byte, 1);
	}
}

/* Takes all that is unsent in pieces of `most`; how many bytes, each at its place. */
static size_t hear(struct backlog *b, size_t most)
{
	const uint8_t *audio;
	size_t n, all = 0;

	while ((n = backlog_unsent(b, most, &audio)) > 0) {
		assert_true(n <= most);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(audio[i], (b->sent + i) % 251);
		backlog_took(b, n);
		all += n;
	}
	return all;
}

static void all_comes_through_in_order(void **state)
{
	static const size_t pieces[] = { 1, 2, 7, 20, 99, 333, 1000 };

	(void)state;
	for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
		struct backlog b;
		size_t all = 0;

		assert_int_equal(backlog_open(&b, SECOND_BYTES), 0);
		for (int i = 0; i < 50; i++) {
			speak(&b, pieces[p]);
			all += hear(&b, 160);
		}
		assert_int_equal(all, 50 * pieces[p]);
		assert_int_equal(b.lost, 0);
		backlog_close(&b);
	}
}

static void ten_seconds_wait_and_no_more(void **state)
{
	struct backlog b;

	(void)state;
	assert_int_equal(backlog_open(&b, SECOND_BYTES), 0);
	speak(&b, 1300);
	assert_int_equal(b.lost, 300);
	assert_int_equal(hear(&b, 160), 1000);
	backlog_close(&b);
}

static void what_was_sent_can_be_sent_again(void **state)
{
	static const struct {
		bool keep;
		size_t before, spoken;
		uint64_t place;
		size_t again;
	} cases[] = {
		{ true, 0, 500, 200, 300 },
		{ true, 0, 500, 0, 500 },
		{ true, 0, 500, 500, 0 },
		{ true, 0, 500, 9000000, 0 },  /* a server's clock: words that are not spoken yet */
		{ true, 0, 500, UINT64_MAX, 0 },
		{ true, 0, 1500, 200, 1000 },  /* the oldest are gone */
		{ true, 450, 700, 450, 700 },  /* over the seam */
		{ false, 0, 1990, 1980, 10 },
		{ false, 0, 2015, 2000, 15 },
		{ false, 0, 2000, 100, 100 },  /* nothing was to be kept: a second is */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct backlog b;

		assert_int_equal(backlog_open(&b, SECOND_BYTES), 0);
		speak(&b, cases[i].before);
		hear(&b, 20);
		b.keep = cases[i].keep;
		for (size_t n = 0; n < cases[i].spoken; n += 10) {
			speak(&b, cases[i].spoken - n < 10 ? cases[i].spoken - n : 10);
			hear(&b, 20);
		}
		backlog_rewind(&b, cases[i].place);
		if (cases[i].keep)
			assert_int_equal(hear(&b, 20), cases[i].again);
		else
			assert_true(hear(&b, 20) >= cases[i].again);
		backlog_close(&b);
	}
}

/* In a long call without a word only the first seconds' memory is ever touched. */
static void silence_stays_in_front(void **state)
{
	struct backlog b;

	(void)state;
	assert_int_equal(backlog_open(&b, SECOND_BYTES), 0);
	memset(b.ring, 0xee, b.size);
	for (int i = 0; i < 500; i++) {
		speak(&b, 2);
		hear(&b, 20);
	}
	for (size_t i = 3 * SECOND_BYTES; i < b.size; i++)
		assert_int_equal(b.ring[i], 0xee);
	backlog_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_comes_through_in_order),
		cmocka_unit_test(ten_seconds_wait_and_no_more),
		cmocka_unit_test(what_was_sent_can_be_sent_again),
		cmocka_unit_test(silence_stays_in_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
