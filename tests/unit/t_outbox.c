#include "outbox.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Pushes and pops of changing depth: each message comes out once, in order, with its headroom, whatever moved
 * meanwhile. */
static void messages_come_out_in_order(void **state)
{
	static const struct {
		int pushes, pops;
	} rounds[] = { { 1, 1 }, { 100, 1 }, { 3, 90 }, { 0, 12 }, { 200, 150 }, { 200, 150 }, { 7, 107 } };
	struct outbox o = { .bytes = NULL };
	int next_in = 0, next_out = 0;
	size_t total = 0;

	(void)state;
	for (size_t r = 0; r < sizeof rounds / sizeof rounds[0]; r++) {
		for (int i = 0; i < rounds[r].pushes; i++) {
			char text[1000];
			int n = snprintf(text, sizeof text, "%d %0*d", next_in, next_in * 7 % 900, 0);

			assert_int_equal(outbox_push(&o, text, (size_t)n), 0);
			total += (size_t)n;
			next_in++;
		}
		for (int i = 0; i < rounds[r].pops; i++) {
			unsigned char *text;
			size_t n;

			assert_false(outbox_empty(&o));
			text = outbox_first(&o, &n);
			assert_int_equal(strtol((char *)text, NULL, 10), next_out++);
			memset(text - OUTBOX_HEADROOM, 0xee, OUTBOX_HEADROOM + n); /* as libwebsockets does */
			outbox_pop(&o);
			total -= n;
		}
		assert_int_equal(o.text_bytes, total);
	}
	assert_true(outbox_empty(&o));
	assert_int_equal(next_in, next_out);
	outbox_close(&o);
}

static void an_empty_message_is_one(void **state)
{
	struct outbox o = { .bytes = NULL };
	size_t n = 1;

	(void)state;
	assert_int_equal(outbox_push(&o, NULL, 0), 0);
	assert_false(outbox_empty(&o));
	assert_non_null(outbox_first(&o, &n));
	assert_int_equal(n, 0);
	outbox_pop(&o);
	assert_true(outbox_empty(&o));
	outbox_close(&o);
	outbox_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_come_out_in_order),
		cmocka_unit_test(an_empty_message_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
