#include "../../cmd/rd-voicemail/ear.h"

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#define RATE 8000u
#define FRAME 160u

/* A tone of so much amplitude and white noise of so much, for a while. */
static void hear(struct ear *e, unsigned ms, double voice, double noise)
{
	int16_t samples[FRAME];

	for (unsigned at = 0; at < ms; at += 20) {
		for (unsigned i = 0; i < FRAME; i++)
			samples[i] = (int16_t)(voice * sin(0.2 * (at * 8 + i)) + noise * (rand() % 2001 - 1000) / 1000.0);
		ear_hear(e, samples, FRAME, RATE);
	}
}

static const struct {
	const char *name;
	unsigned ms;
	double voice, noise;
	unsigned spoken_least, spoken_most;
} cases[] = {
	{ "nothing", 3000, 0, 0, 0, 0 },
	{ "a quiet line", 10000, 0, 60, 0, 0 },
	{ "a voice", 3000, 4000, 60, 2900, 3000 },
	{ "a low voice", 3000, 800, 30, 2900, 3000 },
	{ "a noisy line, learnt", 60000, 0, 400, 0, 30000 },
	{ "a very loud voice", 1000, 30000, 0, 900, 1000 },
};

static void voices_are_told_from_silence(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ear e = { 0 };

		hear(&e, cases[i].ms, cases[i].voice, cases[i].noise);
		if (e.spoken_ms < cases[i].spoken_least || e.spoken_ms > cases[i].spoken_most)
			fail_msg("%s: spoken_ms=%u", cases[i].name, e.spoken_ms);
	}
}

static void silence_counts_from_the_last_word(void **state)
{
	struct ear e = { 0 };

	(void)state;
	hear(&e, 500, 0, 50);
	assert_int_equal(e.silent_ms, 500);
	hear(&e, 1000, 3000, 50);
	assert_int_equal(e.silent_ms, 0);
	assert_int_equal(e.loud_ms, 1000);
	hear(&e, 2000, 0, 50);
	hear(&e, 20, 20000, 50); /* a click */
	hear(&e, 2000, 0, 50);
	assert_in_range(e.silent_ms, 4000, 4020);
	assert_int_equal(e.loud_ms, 0);
}

/* A line with noise 15 dB below the voice: its pauses are silence once the noise is known. */
static void noise_is_no_voice(void **state)
{
	struct ear e = { 0 };

	(void)state;
	for (int i = 0; i < 10; i++) {
		hear(&e, 1500, 5000, 800);
		hear(&e, 500, 0, 800);
	}
	hear(&e, 4000, 0, 800);
	assert_in_range(e.silent_ms, 4000, 4600);
}

static void odd_pieces_do_no_harm(void **state)
{
	struct ear e = { 0 };
	int16_t one = 20000;

	(void)state;
	ear_hear(&e, &one, 1, RATE);
	ear_hear(&e, &one, 0, RATE);
	ear_hear(&e, &one, 1, 0);
	assert_int_equal(e.spoken_ms + e.silent_ms, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(voices_are_told_from_silence),
		cmocka_unit_test(silence_counts_from_the_last_word),
		cmocka_unit_test(noise_is_no_voice),
		cmocka_unit_test(odd_pieces_do_no_harm),
	};

	srand(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
