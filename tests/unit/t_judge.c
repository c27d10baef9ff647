/* How sure a sentence is, and the hiss that covers the band which a telephone lacks. */
#include <cmocka.h>
#include <stdbool.h>

#include "../../cmd/rd-stt/hiss.h"
#include "../../cmd/rd-stt/judge.h"

struct stretch {
	double worse; /* each frame */
	int frames;   /* 0: nothing; below 0: silence */
};

struct judge_case {
	const char *name;
	struct stretch heard[4];
	bool sure;
};

static const struct judge_case cases[] = {
	{ "nothing", { { 0, 0 } }, false },
	{ "silence alone", { { -1, -80 } }, false },
	{ "as well as any sounds", { { -5, 40 }, { -3, 40 } }, true },
	{ "much worse than any sounds", { { -35, 40 }, { -33, 40 } }, false },
	{ "a short word has to be likelier", { { -19, 20 } }, false },
	{ "than a long one", { { -19, 60 } }, true },
	{ "a short word that fits", { { -8, 20 } }, true },
	{ "one word of three is another one", { { -2, 60 }, { -60, 15 }, { -2, 60 } }, false },
	{ "too short to tell", { { -2, 60 }, { -60, 5 }, { -2, 60 } }, true },
	{ "speech that is taken for silence", { { -8, 50 }, { -60, -40 } }, false },
	{ "silence that is one", { { -8, 50 }, { -1, -40 } }, true },
	{ "a line as noisy as before it", { { -20, -30 }, { -8, 50 }, { -22, -40 } }, true },
	{ "speech behind a noisy line", { { -20, -30 }, { -8, 50 }, { -70, -40 } }, false },
	{ "what is long before it may be speech", { { -20, -60 }, { -8, 50 } }, false },
	{ "nothing is gained by silence", { { -35, 50 }, { 40, -40 } }, false },
};

static void test_sureness(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct judge j = { 0 };

		for (size_t n = 0; n < 4; n++) {
			const struct stretch *s = &cases[i].heard[n];

			if (s->frames > 0)
				judge_word(&j, s->worse * s->frames, s->frames);
			else if (s->frames < 0)
				judge_silence(&j, s->worse * -s->frames, -s->frames);
		}
		if ((judge_confidence(&j) >= 0.5) != cases[i].sure)
			fail_msg("%s: %.2f", cases[i].name, judge_confidence(&j));
	}
}

static void test_what_else_was_said(void **state)
{
	struct judge j = { 0 };

	(void)state;
	judge_word(&j, -400, 20);
	judge_silence(&j, -150, 30);
	assert_true(judge_is_all(&j));
	judge_silence(&j, -100, 30);
	assert_false(judge_is_all(&j));
}

/* So much is left of a sound when neighbours are added, which takes away all that is high. */
static double low_part(const int16_t *samples, int n)
{
	double low = 0, all = 0;

	for (int i = 1; i < n; i++) {
		low += (samples[i] + samples[i - 1]) * (samples[i] + samples[i - 1]) / 4.0;
		all += samples[i] * samples[i];
	}
	return low / all;
}

static void test_hiss_is_high_and_soft(void **state)
{
	static const int16_t silence[1600];
	static int16_t out[1600], again[1600];
	struct hiss one = { 0 }, other = { 0 };

	(void)state;
	hiss_add(&one, silence, 1600, out);
	assert_true(low_part(out, 1600) < 0.3);
	for (int i = 0; i < 1600; i++)
		assert_in_range(out[i] + 8, 0, 16);
	for (int i = 0; i < 1600; i += 160) /* however it is cut */
		hiss_add(&other, silence + i, 160, again + i);
	assert_memory_equal(out, again, sizeof out);
}

static void test_hiss_does_not_wrap(void **state)
{
	static int16_t loud[64], out[64];
	struct hiss h = { 0 };

	(void)state;
	for (int i = 0; i < 64; i++)
		loud[i] = i & 1 ? INT16_MAX : INT16_MIN;
	hiss_add(&h, loud, 64, out);
	for (int i = 0; i < 64; i++)
		assert_true(i & 1 ? out[i] > 32000 : out[i] < -32000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sureness),
		cmocka_unit_test(test_what_else_was_said),
		cmocka_unit_test(test_hiss_is_high_and_soft),
		cmocka_unit_test(test_hiss_does_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
