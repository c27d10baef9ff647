#include "../../cmd/rd-phone/caller.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

/* A call in ticks of 20 ms: when the assistant makes a sound is given, what the caller does is written down as
 * "act@ms key@ms ...". */

#define LOUD 0x80

static char done[512];
static uint64_t now_us;

static void note(const char *what)
{
	size_t n = strlen(done);

	snprintf(done + n, sizeof done - n, "%s@%u ", what, (unsigned)(now_us / 1000));
}

static void on_act(void *ctx, const struct act *a)
{
	(void)ctx;
	note(a->name);
}

static void on_key(void *ctx, char digit)
{
	char text[2] = { digit, '\0' };

	(void)ctx;
	note(text);
}

static void on_hang_up(void *ctx)
{
	(void)ctx;
	note("hangup");
}

static const struct caller_calls calls = { on_act, on_key, on_hang_up };

struct sound {
	unsigned from_ms, to_ms;
};

static struct act words(const char *name, unsigned ms, long interrupt_ms)
{
	struct act a = { .name = name, .interrupt_ms = interrupt_ms, .clip = { malloc(ms * 8), ms * 8 } };

	memset(a.clip.mulaw, LOUD, ms * 8);
	return a;
}

/* Plays until_ms; open_ms: when the line opens. */
static void play(struct caller *c, const struct sound *sounds, unsigned open_ms, unsigned until_ms)
{
	struct ear ear = { .silence_us = 700000 };
	uint8_t frame[CALLER_FRAME], loud[CALLER_FRAME];

	memset(loud, LOUD, sizeof loud);
	done[0] = '\0';
	c->calls = &calls;
	c->patience_us = 8000000;
	c->hangup_us = 3000000;
	for (unsigned ms = 1000; ms < until_ms; ms += 20) {
		bool sounding = false;

		now_us = (uint64_t)ms * 1000;
		if (ms == open_ms)
			caller_line(c, true, now_us);
		for (const struct sound *s = sounds; s->to_ms; s++)
			sounding |= ms >= s->from_ms && ms < s->to_ms;
		if (sounding)
			ear_hear(&ear, loud, sizeof loud, now_us);
		ear_tick(&ear, now_us);
		caller_frame(c, frame, &ear, !sounding, now_us);
	}
	caller_close(c);
}

static void they_wait_until_the_assistant_has_finished(void **state)
{
	static const struct sound sounds[] = { { 1500, 2500 }, { 5000, 6000 }, { 0, 0 } };
	struct caller c = { .count = 0 };
	struct act a = words("one", 1000, -1), b = words("two", 500, -1);

	(void)state;
	caller_add(&c, &a);
	caller_add(&c, &b);
	play(&c, sounds, 1000, 12000);
	/* 700 ms behind the greeting; 700 ms behind the answer; 3 s behind the last sound */
	assert_string_equal(done, "one@3200 two@6700 hangup@10180 ");
}

static void they_interrupt_when_told_to(void **state)
{
	static const struct sound sounds[] = { { 1500, 2000 }, { 4000, 9000 }, { 0, 0 } };
	struct caller c = { .count = 0 };
	struct act a = words("one", 500, -1), b = words("stop", 500, 1000);

	(void)state;
	caller_add(&c, &a);
	caller_add(&c, &b);
	play(&c, sounds, 1000, 8000);
	assert_string_equal(done, "one@2700 stop@5000 ");
}

static void an_answer_too_short_to_interrupt_is_waited_for(void **state)
{
	static const struct sound sounds[] = { { 1500, 2000 }, { 0, 0 } };
	struct caller c = { .count = 0 };
	struct act a = words("stop", 500, 1400);

	(void)state;
	caller_add(&c, &a);
	play(&c, sounds, 1000, 4000);
	assert_string_equal(done, "stop@2700 ");
}

static void patience_ends(void **state)
{
	static const struct sound none[] = { { 0, 0 } };
	struct caller c = { .count = 0 };
	struct act a = words("hello", 500, -1);

	(void)state;
	caller_add(&c, &a);
	play(&c, none, 2000, 14000);
	assert_string_equal(done, "hello@10000 hangup@13480 ");
}

static void keys_are_pressed_one_by_one(void **state)
{
	static const struct sound sounds[] = { { 1000, 1500 }, { 0, 0 } };
	struct caller c = { .count = 0 };
	struct act a = { .name = "12#", .keys = true, .interrupt_ms = -1 };

	(void)state;
	caller_add(&c, &a);
	play(&c, sounds, 1000, 4000);
	assert_string_equal(done, "12#@2200 1@2200 2@2460 #@2700 ");
}

/* A telephone that was held up for three seconds has heard nothing meanwhile, and that is no silence. */
static void time_asleep_is_no_silence(void **state)
{
	struct ear ear = { .silence_us = 700 * MS };
	uint8_t loud[CALLER_FRAME];

	(void)state;
	memset(loud, 0x10, sizeof loud);
	assert_true(ear_hear(&ear, loud, sizeof loud, 1000 * MS));
	ear_wake(&ear, 4000 * MS);
	assert_false(ear_tick(&ear, 4000 * MS));
	assert_false(ear_tick(&ear, 4699 * MS));
	assert_true(ear_tick(&ear, 4700 * MS));
	ear_wake(&ear, 3000 * MS); /* and never counts twice */
	assert_int_equal(ear.sound_us, 4000 * MS);
}

static void nothing_begins_on_a_dead_line(void **state)
{
	static const struct sound sounds[] = { { 1000, 1500 }, { 0, 0 } };
	struct caller c = { .count = 0 };
	struct act a = words("one", 500, -1);

	(void)state;
	caller_add(&c, &a);
	play(&c, sounds, 99999, 20000);
	assert_string_equal(done, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_wait_until_the_assistant_has_finished),
		cmocka_unit_test(they_interrupt_when_told_to),
		cmocka_unit_test(an_answer_too_short_to_interrupt_is_waited_for),
		cmocka_unit_test(patience_ends),
		cmocka_unit_test(keys_are_pressed_one_by_one),
		cmocka_unit_test(time_asleep_is_no_silence),
		cmocka_unit_test(nothing_begins_on_a_dead_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
