#include "../../cmd/rd-phone/playout.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define MS 1000ULL
#define LOUD 0x80
#define QUIET 0xff

static char marks[1024]; /* names as they come back */
static size_t heard;
static uint64_t last_at_us;
static struct playout p;

static void on_heard(void *ctx, const uint8_t *mulaw, size_t n, uint64_t at_us)
{
	(void)ctx;
	(void)mulaw;
	heard += n;
	last_at_us = at_us;
}

static void on_mark(void *ctx, const char *name)
{
	size_t n = strlen(marks);

	(void)ctx;
	snprintf(marks + n, sizeof marks - n, "%s ", name);
}

static const struct playout_calls calls = { on_heard, on_mark };

static int begin(void **state)
{
	(void)state;
	marks[0] = '\0';
	heard = 0;
	return playout_open(&p, &calls, NULL);
}

static int end(void **state)
{
	(void)state;
	playout_close(&p);
	return 0;
}

static void audio(unsigned ms, uint8_t value, uint64_t at_ms)
{
	static uint8_t bytes[PLAYOUT_BYTES];

	memset(bytes, value, ms * 8);
	assert_int_equal(playout_audio(&p, bytes, ms * 8, at_ms * MS), 0);
}

static void it_plays_in_real_time(void **state)
{
	(void)state;
	audio(100, LOUD, 1000);
	assert_int_equal(heard, 0);
	playout_advance(&p, 1030 * MS);
	assert_int_equal(heard, 240);
	playout_advance(&p, 1010 * MS); /* time does not run back */
	assert_int_equal(heard, 240);
	audio(50, LOUD, 1090);
	playout_advance(&p, 1149 * MS);
	assert_int_equal(heard, 149 * 8);
	playout_advance(&p, 2000 * MS);
	assert_int_equal(heard, 150 * 8);
	assert_true(playout_empty(&p));
	audio(10, LOUD, 3000);
	playout_advance(&p, 4000 * MS);
	assert_int_equal(last_at_us, 3000 * MS);
}

static void marks_come_when_all_before_them_was_heard(void **state)
{
	(void)state;
	assert_int_equal(playout_mark(&p, "at-once", 0), 0);
	assert_string_equal(marks, "at-once ");
	audio(100, LOUD, 1000);
	playout_mark(&p, "a", 1000 * MS);
	playout_mark(&p, "b", 1000 * MS);
	audio(100, LOUD, 1000);
	playout_mark(&p, "c", 1000 * MS);
	assert_int_equal(playout_due(&p), 1100 * MS);
	playout_advance(&p, 1099 * MS);
	assert_string_equal(marks, "at-once ");
	playout_advance(&p, 1100 * MS);
	assert_string_equal(marks, "at-once a b ");
	assert_int_equal(playout_due(&p), 1200 * MS);
	playout_advance(&p, 1300 * MS);
	assert_string_equal(marks, "at-once a b c ");
	assert_int_equal(playout_due(&p), 0);
}

static void a_clear_drops_audio_and_returns_all_marks(void **state)
{
	(void)state;
	audio(1000, LOUD, 1000);
	playout_mark(&p, "a", 1000 * MS);
	audio(1000, LOUD, 1000);
	playout_mark(&p, "b", 1000 * MS);
	playout_advance(&p, 1250 * MS);
	assert_int_equal(playout_run_ms(&p), 250);
	playout_clear(&p, 1250 * MS);
	assert_string_equal(marks, "a b ");
	assert_int_equal(heard, 250 * 8);
	audio(100, LOUD, 1300);
	playout_advance(&p, 1350 * MS);
	assert_int_equal(playout_run_ms(&p), 50);
	assert_int_equal(p.gap_count, 0); /* a clear ended it: no hole */
}

static void it_keeps_ten_minutes(void **state)
{
	uint8_t one = LOUD;

	(void)state;
	audio(600000, LOUD, 1000);
	assert_int_equal(playout_audio(&p, &one, 1, 1000 * MS), -1);
	playout_advance(&p, 1001 * MS);
	assert_int_equal(playout_audio(&p, &one, 1, 1001 * MS), 0);
	playout_advance(&p, 700000 * MS);
	assert_int_equal(heard, PLAYOUT_BYTES + 1);
}

static void too_many_marks_are_refused(void **state)
{
	static char name[PLAYOUT_NAME + 1];

	(void)state;
	memset(name, 'x', sizeof name - 1);
	assert_int_equal(playout_mark(&p, name, 0), -1);
	audio(10, LOUD, 1000);
	for (int i = 0; i < PLAYOUT_MARKS; i++)
		assert_int_equal(playout_mark(&p, "m", 1000 * MS), 0);
	assert_int_equal(playout_mark(&p, "m", 1000 * MS), -1);
}

static void holes_inside_an_utterance_are_counted(void **state)
{
	static const struct {
		uint8_t last; /* how the first piece ends */
		bool mark;
		unsigned hole_ms, gaps;
	} cases[] = {
		{ LOUD, false, 50, 0 },				   /* too short to matter */
		{ LOUD, false, 100, 1 },  { LOUD, true, 100, 1 },  /* a mark in mid-sound is no end */
		{ QUIET, false, 100, 1 }, { QUIET, true, 100, 0 }, /* an end: silence, and a mark behind it */
		{ LOUD, false, 1100, 0 },			   /* a new utterance */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		playout_close(&p);
		assert_int_equal(playout_open(&p, &calls, NULL), 0);
		audio(100, LOUD, 1000);
		audio(60, cases[i].last, 1000);
		if (cases[i].mark)
			playout_mark(&p, "m", 1000 * MS);
		audio(100, LOUD, 1160 + cases[i].hole_ms);
		assert_int_equal(p.gap_count, cases[i].gaps);
		assert_int_equal(p.gap_ms[0], cases[i].gaps ? cases[i].hole_ms : 0);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_plays_in_real_time),
		TEST(marks_come_when_all_before_them_was_heard),
		TEST(a_clear_drops_audio_and_returns_all_marks),
		TEST(it_keeps_ten_minutes),
		TEST(too_many_marks_are_refused),
		TEST(holes_inside_an_utterance_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
