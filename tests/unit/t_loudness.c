/* The ear of rd-bridge: what is loud enough and long enough for speech, and when it has ended. */
#include "../../cmd/rd-bridge/ear.h"

#include <string.h>

#include <cmocka.h>

#include "frame.h"

#define FRAME_MS 20

enum { SILENT, SOFT, LOUD_ONE }; /* amplitudes 0, 150, 4000 */

static const struct {
	const char *name;
	uint8_t codec;
	struct {
		int what;
		unsigned ms;
	} parts[5];
	unsigned ends; /* how often he has ended */
} cases[] = {
	{ "silence", CODEC_MULAW, { { SILENT, 3000 } }, 0 },
	{ "a sentence", CODEC_MULAW, { { SILENT, 500 }, { LOUD_ONE, 800 }, { SILENT, 600 } }, 1 },
	{ "in A-law", CODEC_ALAW, { { SILENT, 500 }, { LOUD_ONE, 800 }, { SILENT, 600 } }, 1 },
	{ "in 16 bits", CODEC_S16, { { SILENT, 500 }, { LOUD_ONE, 800 }, { SILENT, 600 } }, 1 },
	{ "a cough", CODEC_MULAW, { { SILENT, 500 }, { LOUD_ONE, 160 }, { SILENT, 1000 } }, 0 },
	{ "too soft", CODEC_MULAW, { { SILENT, 500 }, { SOFT, 2000 }, { SILENT, 1000 } }, 0 },
	{ "a breath within it",
	  CODEC_MULAW,
	  { { SILENT, 100 }, { LOUD_ONE, 400 }, { SILENT, 300 }, { LOUD_ONE, 400 }, { SILENT, 600 } },
	  1 },
	{ "not over yet", CODEC_MULAW, { { SILENT, 500 }, { LOUD_ONE, 800 }, { SILENT, 400 } }, 0 },
};

/* A square wave, so that its mean is its amplitude. */
static size_t make(uint8_t codec, int what, uint8_t out[320])
{
	static const uint8_t mulaw[][2] = { { 0xff, 0x7f }, { 0xec, 0x6c }, { 0x9f, 0x1f } };
	static const uint8_t alaw[][2] = { { 0xd5, 0x55 }, { 0xdc, 0x5c }, { 0x8a, 0x0a } };
	static const int16_t pcm[] = { 0, 150, 4000 };

	for (size_t i = 0; i < 160; i++) {
		int16_t sample = (int16_t)(i % 2 ? -pcm[what] : pcm[what]);

		if (codec == CODEC_S16)
			memcpy(out + 2 * i, &sample, 2);
		else
			out[i] = codec == CODEC_ALAW ? alaw[what][i % 2] : mulaw[what][i % 2];
	}
	return codec == CODEC_S16 ? 320 : 160;
}

static void test_it_tells_words_from_noise(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ear e = { 0 };
		uint64_t now_us = 1000000, loud_us = 0;
		unsigned ends = 0;

		for (size_t k = 0; k < 5; k++)
			for (unsigned ms = 0; ms < cases[i].parts[k].ms; ms += FRAME_MS, now_us += FRAME_MS * 1000) {
				uint8_t audio[320];
				size_t n = make(cases[i].codec, cases[i].parts[k].what, audio);

				if (cases[i].parts[k].what == LOUD_ONE)
					loud_us = now_us;
				ends += ear_hear(&e, cases[i].codec, FRAME_MS, audio, n, now_us);
			}
		if (ends != cases[i].ends)
			fail_msg("%s: ended %u times, expected %u", cases[i].name, ends, cases[i].ends);
		assert_true(e.loud_us == loud_us);
	}
}

/* A loud place is its floor after a while; who speaks up there is still heard. */
static void test_the_floor_rises(void **state)
{
	struct ear e = { 0 };
	uint8_t audio[320];
	size_t n = make(CODEC_S16, SOFT, audio);

	(void)state;
	for (unsigned i = 0; i < 500; i++)
		assert_false(ear_hear(&e, CODEC_S16, FRAME_MS, audio, n, i));
	assert_true(e.floor >= 100 && e.floor <= 200);
	n = make(CODEC_S16, LOUD_ONE, audio);
	for (unsigned i = 0; i < 40; i++)
		(void)ear_hear(&e, CODEC_S16, FRAME_MS, audio, n, i);
	assert_true(e.speaking);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_tells_words_from_noise),
		cmocka_unit_test(test_the_floor_rises),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
