#include "../../cmd/rd-codec/recode.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "audio.h"

#define FRAMES 50    /* of 20 ms: a second */
#define TONE_HZ 1004 /* as on telephone lines: 1000 would meet the same few codes again and again */
#define AMPLITUDE 10000

static const char *const formats[] = {
	"mulaw/8000", "mulaw/16000", "mulaw/24000", "mulaw/48000", "alaw/8000", "alaw/16000",
	"alaw/24000", "alaw/48000",  "s16/8000",    "s16/16000",   "s16/24000", "s16/48000",
};
#define FORMATS (sizeof formats / sizeof formats[0])

struct got { /* what was given, summed up */
	size_t frames, samples, ends, too_long, strange;
	double power; /* sum of squares */
	struct frame last;
};

static void on_given(void *ctx, const struct frame *f)
{
	struct got *got = ctx;
	size_t n = f->length / frame_sample_bytes(f->codec);
	int16_t samples[FRAME_AUDIO_MAX];

	got->frames++;
	got->samples += n;
	got->ends += (f->flags & FRAME_END) != 0;
	got->too_long += f->length > FRAME_AUDIO_MAX;
	got->strange +=
		f->origin != 2 || f->life != 1 || f->hops != 3 || f->kind != FRAME_DOWN || !(f->flags & FRAME_FILLED);
	audio_decode(samples, f->codec, f->payload, n);
	for (size_t i = 0; i < n; i++)
		got->power += (double)samples[i] * samples[i];
	got->last = *f;
	got->last.payload = NULL;
}

static uint8_t payload[FRAME_PAYLOAD_MAX];

/* Frame number k of a tone in a format, with n samples. */
static struct frame tone(const char *format, unsigned k, size_t n, uint32_t item, uint8_t flags)
{
	static int16_t samples[FRAME_PAYLOAD_MAX];
	struct frame f = { .kind = FRAME_DOWN,
			   .flags = (uint8_t)(flags | FRAME_FILLED),
			   .origin = 2,
			   .life = 1,
			   .hops = 3,
			   .item = item,
			   .seq = k + 1,
			   .birth_us = 1000 + k,
			   .payload = payload };

	assert_int_equal(frame_format_parse(format, &f.codec, &f.rate_100hz), 0);
	for (size_t i = 0; i < n; i++)
		samples[i] = (int16_t)lrint(AMPLITUDE *
					    sin(2 * M_PI * TONE_HZ * (double)(k * n + i) / (f.rate_100hz * 100)));
	audio_encode(payload, f.codec, samples, n);
	f.length = (uint32_t)(n * frame_sample_bytes(f.codec));
	return f;
}

static struct recode wanting(const char *format)
{
	struct recode r = { 0 };

	assert_int_equal(frame_format_parse(format, &r.codec, &r.rate_100hz), 0);
	return r;
}

static void every_format_becomes_every_other(void **state)
{
	static struct recode r;

	(void)state;
	for (size_t a = 0; a < FORMATS; a++)
		for (size_t b = 0; b < FORMATS; b++) {
			struct got got = { 0 };
			double level_db;

			if (a == b)
				continue;
			r = wanting(formats[b]);
			for (unsigned k = 0; k < FRAMES; k++) {
				struct frame f = tone(formats[a], k, 0, 0x02010001, 0);

				f = tone(formats[a], k, f.rate_100hz * 2u, 0x02010001, k == FRAMES - 1 ? FRAME_END : 0);
				assert_int_equal(recode_frame(&r, &f, on_given, &got), RECODE_DONE);
			}
			recode_close(&r);
			level_db = 10 * log10(got.power / (double)got.samples / (AMPLITUDE * AMPLITUDE / 2.0));
			assert_int_equal(got.samples, r.rate_100hz * 100);
			assert_true(fabs(level_db) < 0.2);
			assert_int_equal(got.ends, 1);
			assert_int_equal(got.too_long + got.strange, 0);
			assert_true(got.last.flags & FRAME_END);
			assert_int_equal(got.last.item, 0x02010001);
			assert_int_equal(got.last.birth_us, 1000 + FRAMES - 1);
		}
}

static void the_wanted_format_is_left_alone(void **state)
{
	static struct recode r;

	(void)state;
	for (size_t a = 0; a < FORMATS; a++) {
		struct got got = { 0 };
		struct frame f = tone(formats[a], 0, 160, 1, FRAME_END);

		r = wanting(formats[a]);
		assert_int_equal(recode_frame(&r, &f, on_given, &got), RECODE_SAME);
		assert_int_equal(got.frames, 0);
		recode_close(&r);
	}
}

static void codecs_alone_keep_frames_as_they_are(void **state)
{
	static struct recode r;
	struct got got = { 0 };
	struct frame f = tone("mulaw/8000", 0, 160, 1, FRAME_END);

	(void)state;
	r = wanting("s16/8000");
	assert_int_equal(recode_frame(&r, &f, on_given, &got), RECODE_DONE);
	assert_int_equal(got.frames, 1);
	assert_int_equal(got.last.length, 320);
	assert_int_equal(got.ends, 1);
	recode_close(&r);
}

static const struct {
	uint8_t codec;
	uint16_t rate_100hz;
} unknown[] = { { 0, 0 },	    { 0, 80 },		{ 4, 80 },	     { 255, 80 },
		{ CODEC_MULAW, 0 }, { CODEC_S16, 441 }, { CODEC_S16, 65535 } };

static void unknown_formats_are_refused_and_harmless(void **state)
{
	static struct recode r;

	(void)state;
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
		struct got got = { 0 };
		struct frame good = tone("mulaw/8000", 0, 160, 1, FRAME_END), bad = good;

		r = wanting("s16/16000");
		bad.codec = unknown[i].codec;
		bad.rate_100hz = unknown[i].rate_100hz;
		assert_int_equal(recode_frame(&r, &bad, on_given, &got), RECODE_UNKNOWN);
		assert_int_equal(got.frames, 0);
		assert_int_equal(recode_frame(&r, &good, on_given, &got), RECODE_DONE);
		assert_int_equal(got.samples, 320);
		recode_close(&r);
	}
}

static void an_empty_end_lets_out_the_rest(void **state)
{
	static struct recode r;
	struct got got = { 0 };
	struct frame f = tone("mulaw/8000", 0, 160, 7, 0);
	struct frame end = {
		.kind = FRAME_DOWN, .flags = FRAME_END | FRAME_FILLED, .origin = 2, .life = 1, .hops = 3, .item = 7
	};

	(void)state;
	r = wanting("s16/24000");
	assert_int_equal(recode_frame(&r, &f, on_given, &got), RECODE_DONE);
	assert_true(got.samples < 480);
	assert_int_equal(got.ends, 0);
	assert_int_equal(recode_frame(&r, &end, on_given, &got), RECODE_DONE);
	assert_int_equal(got.samples, 480);
	assert_int_equal(got.ends, 1);
	assert_int_equal(got.last.codec, CODEC_S16);
	end.item = 8; /* of which nothing came */
	assert_int_equal(recode_frame(&r, &end, on_given, &got), RECODE_DONE);
	assert_int_equal(got.samples, 480);
	assert_int_equal(got.ends, 2);
	recode_close(&r);
}

static const struct {
	uint32_t then, clear; /* the item that follows item 2.1.5; what call.clear names before, 1 for no clear */
	bool loud;	      /* whether the held back rest of 2.1.5 is still heard */
} tails[] = {
	{ 0x02010005, 1, true },	  { 0x02010006, 1, false },	     { 0x03010005, 1, false },
	{ 0x02010005, 0, false },	  { 0x02010005, 0x02010005, false }, { 0x02010005, 0x02010009, false },
	{ 0x02010005, 0x02010004, true }, { 0x02010005, 0x03010001, false },
};

static void what_is_held_back_goes_with_its_item(void **state)
{
	static struct recode r;

	(void)state;
	for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
		struct got got = { 0 };
		struct frame loud = tone("s16/8000", 0, 160, 0x02010005, 0),
			     quiet = tone("s16/8000", 0, 160, tails[i].then, FRAME_END);

		r = wanting("s16/16000");
		loud = tone("s16/8000", 0, 160, 0x02010005, 0);
		(void)recode_frame(&r, &loud, on_given, &got);
		got = (struct got){ 0 };
		if (tails[i].clear != 1)
			recode_clear(&r, tails[i].clear);
		memset(payload, 0, sizeof payload);
		assert_int_equal(recode_frame(&r, &quiet, on_given, &got), RECODE_DONE);
		assert_int_equal(got.power > 0, tails[i].loud);
		recode_close(&r);
	}
}

static void a_frame_of_any_length_is_split(void **state)
{
	static struct recode r;
	struct got got = { 0 };
	struct frame f = tone("mulaw/8000", 0, FRAME_PAYLOAD_MAX, 1, FRAME_END);

	(void)state;
	r = wanting("s16/48000");
	assert_int_equal(recode_frame(&r, &f, on_given, &got), RECODE_DONE);
	assert_int_equal(got.samples, 6 * FRAME_PAYLOAD_MAX);
	assert_int_equal(got.too_long, 0);
	assert_int_equal(got.ends, 1);
	recode_close(&r);
	f = tone("s16/8000", 0, 160, 1, FRAME_END);
	f.length++; /* half a sample */
	got = (struct got){ 0 };
	r = wanting("alaw/8000");
	assert_int_equal(recode_frame(&r, &f, on_given, &got), RECODE_DONE);
	assert_int_equal(got.samples, 160);
	recode_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_becomes_every_other),
		cmocka_unit_test(the_wanted_format_is_left_alone),
		cmocka_unit_test(codecs_alone_keep_frames_as_they_are),
		cmocka_unit_test(unknown_formats_are_refused_and_harmless),
		cmocka_unit_test(an_empty_end_lets_out_the_rest),
		cmocka_unit_test(what_is_held_back_goes_with_its_item),
		cmocka_unit_test(a_frame_of_any_length_is_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
