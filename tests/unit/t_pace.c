#include "../../cmd/rd-replay/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define START 1000000

static const struct {
	double speed;
	struct {
		enum frame_kind kind;
		uint64_t birth_us, due_us; /* due after the start */
	} frames[5];
} cases[] = {
	/* as it was, whatever the clock said then */
	{ 1,
	  { { FRAME_UP, 500, 0 },
	    { FRAME_UP, 20500, 20000 },
	    { FRAME_DOWN, 20500, 20000 },
	    { FRAME_UP, 40500, 40000 } } },
	{ 2, { { FRAME_UP, 500, 0 }, { FRAME_UP, 20500, 10000 }, { FRAME_UP, 1000500, 500000 } } },
	{ 0.5, { { FRAME_UP, 500, 0 }, { FRAME_UP, 20500, 40000 } } },
	/* older than what came before it: at once, and the clock does not go back */
	{ 1,
	  { { FRAME_EVENT, 50000, 0 },
	    { FRAME_UP, 10000, 0 },
	    { FRAME_EVENT, 60000, 10000 },
	    { FRAME_UP, 10000, 10000 } } },
	/* lines have no birth: the voice of the caller, 20 ms a frame here, makes the time */
	{ 1,
	  { { FRAME_UP, 0, 0 },
	    { FRAME_EVENT, 0, 20000 },
	    { FRAME_DOWN, 0, 20000 },
	    { FRAME_UP, 0, 20000 },
	    { FRAME_UP, 0, 40000 } } },
	{ 0, { { FRAME_UP, 500, 0 }, { FRAME_UP, 20500, 0 }, { FRAME_UP, 9000000, 0 } } },
};

static void frames_are_due(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct pace p = { .speed = cases[i].speed };

		for (size_t k = 0; k < 5 && cases[i].frames[k].kind; k++) {
			struct frame f = { .kind = (uint8_t)cases[i].frames[k].kind,
					   .birth_us = cases[i].frames[k].birth_us,
					   .codec = CODEC_MULAW,
					   .rate_100hz = 80,
					   .length = 160 };
			uint64_t now = START + (p.running ? 12345 : 0); /* only the first frame's moment counts */
			uint64_t due = pace_due_us(&p, &f, now);

			assert_int_equal(due, cases[i].speed > 0 ? START + cases[i].frames[k].due_us : now);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(frames_are_due) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
