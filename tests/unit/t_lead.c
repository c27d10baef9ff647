#include "../../cmd/rd-tts/lead.h"

#include <cmocka.h>

#include "frame.h"

#define MS 1000u

enum { SENT, HEARD, END, CLEAR, HOLD, ON };

static const struct {
	int what;
	unsigned item; /* of place 3, life 0 */
	long ms;
	uint64_t at_ms;
	long lead_ms; /* by then */
} steps[] = {
	{ SENT, 1, 2000, 0, 2000 },    { SENT, 1, 8000, 100, 8000 }, { HEARD, 1, 1000, 1000, 7000 },
	{ HEARD, 1, 500, 1100, 7000 }, /* an old word */
	{ SENT, 2, 1000, 1200, 8000 }, { END, 1, 8000, 8000, 1000 }, { HEARD, 9, 500, 8100, 1000 },
	{ HEARD, 2, 400, 8400, 600 },  { SENT, 3, 5000, 8500, 5600 }, { CLEAR, 2, 0, 8600, 5000 },
	{ CLEAR, 0, 0, 8700, 0 },
	/* the carrier says nothing: after 3 s of patience the clock counts */
	{ SENT, 4, 5000, 9000, 5000 }, { HOLD, 0, 0, 12000, 5000 },   { HOLD, 0, 0, 30000, 5000 },
	{ ON, 0, 0, 30000, 5000 },     { ON, 0, 0, 30000, 5000 },     { SENT, 4, 6000, 34000, 5000 },
	{ SENT, 4, 6000, 35000, 4000 }, { HEARD, 4, 1000, 36000, 5000 }, { END, 4, 6000, 36000, 0 },
};

static void test_steps(void **state)
{
	struct lead l = { .next = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		uint32_t item = steps[i].item ? frame_item(3, 0, (uint16_t)steps[i].item) : 0;
		struct event_heard h = { item, steps[i].ms, steps[i].ms, steps[i].what == END };
		uint64_t now_us = steps[i].at_ms * MS;

		if (steps[i].what == SENT)
			lead_sent(&l, item, steps[i].ms, now_us);
		else if (steps[i].what == CLEAR)
			lead_clear(&l, item);
		else if (steps[i].what == HOLD || steps[i].what == ON)
			lead_hold(&l, steps[i].what == HOLD, now_us);
		else
			lead_heard(&l, &h, now_us);
		if (lead_ms(&l, now_us) != steps[i].lead_ms)
			fail_msg("step %zu: %ld ms", i, lead_ms(&l, now_us));
	}
}

static void test_many_items(void **state)
{
	struct lead l = { .next = 0 };

	(void)state;
	for (uint16_t i = 1; i < 1000; i++)
		lead_sent(&l, frame_item(3, 0, i), 100, 0);
	assert_int_equal(lead_ms(&l, 0), LEAD_ITEMS * 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_steps), cmocka_unit_test(test_many_items) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
