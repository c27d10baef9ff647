#include "g711.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum law { MULAW, ALAW };

static const struct {
	enum law law;
	uint8_t code;
	int16_t sample;
} itu[] = {
	/* G.711's tables 1 and 2: 13 bit values * 8, 14 bit values * 4 */
	{ MULAW, 0x80, 8031 * 4 }, { MULAW, 0x00, -8031 * 4 }, { MULAW, 0x8f, 4191 * 4 }, { MULAW, 0x9f, 2079 * 4 },
	{ MULAW, 0xaf, 1023 * 4 }, { MULAW, 0xbf, 495 * 4 },   { MULAW, 0xcf, 231 * 4 },  { MULAW, 0xdf, 99 * 4 },
	{ MULAW, 0xef, 33 * 4 },   { MULAW, 0xfe, 2 * 4 },     { MULAW, 0xff, 0 },	  { MULAW, 0x7f, 0 },
	{ MULAW, 0x7e, -2 * 4 },   { ALAW, 0xaa, 4032 * 8 },   { ALAW, 0x2a, -4032 * 8 }, { ALAW, 0xa5, 2112 * 8 },
	{ ALAW, 0xb5, 1056 * 8 },  { ALAW, 0x85, 528 * 8 },    { ALAW, 0x95, 264 * 8 },	  { ALAW, 0xe5, 132 * 8 },
	{ ALAW, 0xf5, 66 * 8 },	   { ALAW, 0xd5, 8 },	       { ALAW, 0x55, -8 },
};

static int16_t decode(enum law law, uint8_t code)
{
	return law == MULAW ? g711_mulaw[code] : g711_alaw[code];
}

static uint8_t encode(enum law law, int sample)
{
	return law == MULAW ? g711_to_mulaw((int16_t)sample) : g711_to_alaw((int16_t)sample);
}

static void codes_mean_what_the_itu_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof itu / sizeof itu[0]; i++)
		assert_int_equal(decode(itu[i].law, itu[i].code), itu[i].sample);
}

static void every_code_comes_back(void **state)
{
	(void)state;
	for (int code = 0; code < 256; code++) {
		assert_int_equal(encode(ALAW, decode(ALAW, (uint8_t)code)), code);
		if (code != 0x7f) /* negative zero has no value of its own */
			assert_int_equal(encode(MULAW, decode(MULAW, (uint8_t)code)), code);
	}
}

/* The decision values of G.711's tables: how many steps of which size follow each other, and what one is on our scale.
 */
static const struct {
	enum law law;
	int steps, size;
} runs[] = {
	{ MULAW, 1, 1 },    { MULAW, 15, 2 },  { MULAW, 16, 4 },  { MULAW, 16, 8 },
	{ MULAW, 16, 16 },  { MULAW, 16, 32 }, { MULAW, 16, 64 }, { MULAW, 16, 128 },
	{ MULAW, 16, 256 }, { ALAW, 32, 2 },   { ALAW, 16, 4 },	  { ALAW, 16, 8 },
	{ ALAW, 16, 16 },   { ALAW, 16, 32 },  { ALAW, 16, 64 },  { ALAW, 16, 128 },
};
static const int unit[] = { [MULAW] = 4, [ALAW] = 8 };

static void every_sample_falls_between_its_decision_values(void **state)
{
	(void)state;
	for (int law = MULAW; law <= ALAW; law++) {
		int sample = 0, n = 0, border = 0;

		for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
			for (int step = 0; (int)runs[i].law == law && step < runs[i].steps; step++, n++)
				for (border += runs[i].size; sample < border * unit[law]; sample++) {
					int positive = law == MULAW ? 0xff - n : (0x80 | n) ^ 0x55;

					assert_int_equal(encode((enum law)law, sample), positive);
					assert_int_equal(encode((enum law)law, ~sample), positive ^ 0x80);
				}
		assert_int_equal(n, 128);
		for (; sample < 32768; sample++) /* mu-law ends at 8159 */
			assert_int_equal(encode((enum law)law, sample), 0x80);
	}
}

static void codes_keep_the_order_of_samples(void **state)
{
	(void)state;
	for (int law = MULAW; law <= ALAW; law++)
		for (int sample = -32768; sample < 32767; sample++)
			assert_true(decode((enum law)law, encode((enum law)law, sample)) <=
				    decode((enum law)law, encode((enum law)law, sample + 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_mean_what_the_itu_says),
		cmocka_unit_test(every_code_comes_back),
		cmocka_unit_test(every_sample_falls_between_its_decision_values),
		cmocka_unit_test(codes_keep_the_order_of_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
