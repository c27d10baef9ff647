#include "../../cmd/rd-tap/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *words;
	int ok;
	unsigned kinds;
} kinds[] = {
	{ "event", 1, 1u << FRAME_EVENT },
	{ "up,down", 1, 1u << FRAME_UP | 1u << FRAME_DOWN },
	{ "event,up,down", 1, 1u << FRAME_EVENT | 1u << FRAME_UP | 1u << FRAME_DOWN },
	{ "", 0, 0 },
	{ "events", 0, 0 },
	{ "even", 0, 0 },
	{ "up,", 0, 0 },
	{ "up, down", 0, 0 },
};

static void kinds_have_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct filter f = { 0 };

		assert_int_equal(filter_kinds(&f, kinds[i].words), kinds[i].ok ? 0 : -1);
		if (kinds[i].ok)
			assert_int_equal(f.kinds, kinds[i].kinds);
	}
}

static const struct {
	const char *kinds, *types;
	bool clear, start, up, other; /* call.clear, call.start, audio up, kind 77 */
} wanted[] = {
	{ NULL, NULL, true, true, true, true },
	{ "event", NULL, true, true, false, false },
	{ "up", NULL, false, false, true, false },
	{ NULL, "call.clear", true, false, false, false },
	{ NULL, "call.*", true, true, false, false },
	{ NULL, "x,call.st*", false, true, false, false },
	{ NULL, "call", false, false, false, false },
	{ "up,event", "call.clear", true, false, true, false },
	{ "up", "call.clear", false, false, true, false },
};

static struct frame event(const char *text)
{
	return (struct frame){ .kind = FRAME_EVENT,
			       .length = (uint32_t)strlen(text),
			       .payload = (const uint8_t *)text };
}

static void frames_are_chosen(void **state)
{
	const struct frame clear = event("{\"type\":\"call.clear\"}"), start = event("{\"type\":\"call.start\"}");
	const struct frame up = { .kind = FRAME_UP }, other = { .kind = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		struct filter f = { .types = wanted[i].types };

		if (wanted[i].kinds)
			assert_int_equal(filter_kinds(&f, wanted[i].kinds), 0);
		assert_int_equal(filter_wants(&f, &clear), wanted[i].clear);
		assert_int_equal(filter_wants(&f, &start), wanted[i].start);
		assert_int_equal(filter_wants(&f, &up), wanted[i].up);
		assert_int_equal(filter_wants(&f, &other), wanted[i].other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(kinds_have_names), cmocka_unit_test(frames_are_chosen) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
