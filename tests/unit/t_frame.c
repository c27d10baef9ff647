#include "frame.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The bytes of rd-frames(7), one by one: changing the struct must not change them. */
static const uint8_t known_bytes[FRAME_HEADER] = {
	0xf5, 0x52, 1, 3, 1 | 8, 3,    240,  0,	   2,	 1,    7,    0,	   0xe8, 0x03, 0,    0,
	17,   0,    1, 2, 0x04,	 0x03, 0x02, 0x01, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,
};
static const struct frame known = { .kind = FRAME_DOWN,
				    .flags = FRAME_END | FRAME_FILLED,
				    .codec = CODEC_S16,
				    .rate_100hz = 240,
				    .origin = 2,
				    .life = 1,
				    .hops = 7,
				    .length = 1000,
				    .item = 0x02010011,
				    .seq = 0x01020304,
				    .birth_us = 0x1122334455667788 };

static void header_is_what_the_page_says(void **state)
{
	uint8_t header[FRAME_HEADER];
	struct frame f;

	(void)state;
	frame_pack(&known, header);
	assert_memory_equal(header, known_bytes, FRAME_HEADER);
	assert_int_equal(frame_unpack(&f, header), 0);
	assert_memory_equal(&f, &known, sizeof f);
}

static const struct {
	size_t at;
	uint8_t byte;
	int failed; /* errno, 0: unpacks all the same */
} bent[] = {
	{ 0, 0xf4, EBADMSG }, { 0, '{', EBADMSG }, { 1, 0x53, EBADMSG }, { 2, 0, EPROTO },    { 2, 2, EPROTO },
	{ 3, 0, 0 },	      { 3, 200, 0 },	   { 4, 0xff, 0 },	 { 5, 9, 0 },	      { 6, 1, 0 },
	{ 10, 255, 0 },	      { 11, 1, 0 },	   { 13, 0xff, 0 },	 { 14, 1, EMSGSIZE }, { 15, 0x80, EMSGSIZE },
};

static void header_is_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bent / sizeof bent[0]; i++) {
		uint8_t header[FRAME_HEADER];
		struct frame f;

		memcpy(header, known_bytes, sizeof header);
		header[bent[i].at] = bent[i].byte;
		header[12] = 0;
		errno = 0;
		assert_int_equal(frame_unpack(&f, header), bent[i].failed ? -1 : 0);
		assert_int_equal(errno, bent[i].failed);
	}
}

static void length_has_a_cap(void **state)
{
	uint8_t header[FRAME_HEADER];
	struct frame f = known;

	(void)state;
	for (uint32_t length = FRAME_PAYLOAD_MAX; length <= FRAME_PAYLOAD_MAX + 1; length++) {
		f.length = length;
		frame_pack(&f, header);
		assert_int_equal(frame_unpack(&f, header), length == FRAME_PAYLOAD_MAX ? 0 : -1);
	}
}

static const struct {
	const char *line; /* in, and out again */
	struct frame frame;
	const char *payload;
} lines[] = {
	{ "event 1.0 4 - - - {\"type\":\"call.start\"}",
	  { .kind = FRAME_EVENT, .origin = 1, .seq = 4 },
	  "{\"type\":\"call.start\"}" },
	{ "event 0.0 0 - - - -", { .kind = FRAME_EVENT }, "" },
	{ "event 126.255 4294967295 - AGAIN - {}",
	  { .kind = FRAME_EVENT, .origin = 126, .life = 255, .seq = UINT32_MAX, .flags = FRAME_AGAIN },
	  "{}" },
	{ "up 1.0 5 - - mulaw/8000 YWJj",
	  { .kind = FRAME_UP, .origin = 1, .seq = 5, .codec = CODEC_MULAW, .rate_100hz = 80 },
	  "abc" },
	{ "up 1.0 5 - FILLED alaw/16000 YWI=",
	  { .kind = FRAME_UP, .origin = 1, .seq = 5, .flags = FRAME_FILLED, .codec = CODEC_ALAW, .rate_100hz = 160 },
	  "ab" },
	{ "down 2.0 9 2.0.1 END+TAKEN s16/48000 -",
	  { .kind = FRAME_DOWN,
	    .origin = 2,
	    .seq = 9,
	    .item = 0x02000001,
	    .flags = FRAME_END | FRAME_TAKEN,
	    .codec = CODEC_S16,
	    .rate_100hz = 480 },
	  "" },
	{ "down 2.3 9 2.3.65535 - codec9/44100 AA==",
	  { .kind = FRAME_DOWN, .origin = 2, .life = 3, .seq = 9, .item = 0x0203ffff, .codec = 9, .rate_100hz = 441 },
	  "\0" },
	{ "kind77 200.1 3 - - - YQ==", { .kind = 77, .origin = 200, .life = 1, .seq = 3 }, "a" },
};

static void text_goes_round(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		char in[256], out[256];
		uint8_t payload[FRAME_PAYLOAD_MAX];
		const char *error = NULL;
		struct frame f, want = lines[i].frame;
		long n;

		snprintf(in, sizeof in, "%s", lines[i].line);
		assert_int_equal(frame_from_line(&f, in, payload, &error), 0);
		n = frame_to_line(&f, out, sizeof out);
		assert_int_equal(n, strlen(lines[i].line) + 1);
		assert_int_equal(out[n - 1], '\n');
		out[n - 1] = 0;
		assert_string_equal(out, lines[i].line);
		want.length = f.length;
		want.payload = f.payload;
		assert_memory_equal(&f, &want, sizeof f);
		assert_memory_equal(f.payload, lines[i].payload, f.length);
	}
}

static const struct {
	const char *line;
	uint8_t origin;
	uint16_t rate_100hz;
} by_hand[] = {
	{ "{\"type\":\"call.clear\"}", 0, 0 },
	{ "event - - - - - {}", 0, 0 },
	{ "up - - - - s16/8000 AAA=", 0, 80 },
};

static void lines_may_leave_things_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof by_hand / sizeof by_hand[0]; i++) {
		char in[128];
		uint8_t payload[FRAME_PAYLOAD_MAX];
		const char *error;
		struct frame f;

		snprintf(in, sizeof in, "%s", by_hand[i].line);
		assert_int_equal(frame_from_line(&f, in, payload, &error), 0);
		assert_int_equal(f.origin, by_hand[i].origin);
		assert_int_equal(f.rate_100hz, by_hand[i].rate_100hz);
	}
}

static const struct {
	const char *line;
	const char *error; /* its first word */
} bad_lines[] = {
	{ "hello", "seven" },
	{ "", "seven" },
	{ "up 1.0 5 - - mulaw/8000", "seven" },
	{ "sideways 1.0 5 - - - -", "kind:" },
	{ "kind256 1.0 5 - - - -", "kind:" },
	{ "up 1 5 - - - -", "origin.life:" },
	{ "up 1. 5 - - - -", "origin.life:" },
	{ "up 256.0 5 - - - -", "origin.life:" },
	{ "up 1.256 5 - - - -", "origin.life:" },
	{ "up -1.0 5 - - - -", "origin.life:" },
	{ "up 1.0 4294967296 - - - -", "seq:" },
	{ "up 1.0 x - - - -", "seq:" },
	{ "up 1.0 5 1.2 - - -", "item:" },
	{ "up 1.0 5 1.2.70000 - - -", "item:" },
	{ "up 1.0 5 256.0.1 - - -", "item:" },
	{ "up 1.0 5 - LAST - -", "flags:" },
	{ "up 1.0 5 - END,AGAIN - -", "flags:" },
	{ "up 1.0 5 - - mp3/8000 -", "format:" },
	{ "up 1.0 5 - - s16/8050 -", "format:" },
	{ "up 1.0 5 - - s16/6553600 -", "format:" },
	{ "up 1.0 5 - - codec256/8000 -", "format:" },
	{ "up 1.0 5 - - s16 -", "format:" },
	{ "up 1.0 5 - - s16/8000 AAA", "base64" },
	{ "up 1.0 5 - - s16/8000 A?==", "base64" },
};

static void bad_lines_say_what_was_expected(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_lines / sizeof bad_lines[0]; i++) {
		char in[128];
		uint8_t payload[FRAME_PAYLOAD_MAX];
		const char *error = "none";
		struct frame f;

		snprintf(in, sizeof in, "%s", bad_lines[i].line);
		assert_int_equal(frame_from_line(&f, in, payload, &error), -1);
		if (strncmp(error, bad_lines[i].error, strlen(bad_lines[i].error)) != 0)
			fail_msg("%s: %s", bad_lines[i].line, error);
	}
}

static void a_line_is_one_line(void **state)
{
	char out[128], *newline;
	struct frame f = { .kind = FRAME_EVENT,
			   .length = 19,
			   .payload = (const uint8_t *)"{\n\t\"type\": \"a\r\n\"}\n\0" };

	(void)state;
	assert_true(frame_to_line(&f, out, sizeof out) > 0);
	newline = strchr(out, '\n');
	assert_non_null(newline);
	assert_string_equal(newline, "\n");
}

static void the_largest_frame_is_a_line(void **state)
{
	uint8_t *payload = malloc(FRAME_PAYLOAD_MAX), *back = malloc(FRAME_PAYLOAD_MAX);
	char *line = malloc(FRAME_LINE_MAX);
	const char *error;
	struct frame f = { .kind = FRAME_UP,
			   .codec = 255,
			   .rate_100hz = 65535,
			   .origin = 255,
			   .life = 255,
			   .seq = UINT32_MAX,
			   .item = UINT32_MAX,
			   .flags = 15,
			   .length = FRAME_PAYLOAD_MAX,
			   .payload = payload };
	struct frame g;

	(void)state;
	for (size_t i = 0; i < FRAME_PAYLOAD_MAX; i++)
		payload[i] = (uint8_t)(i * 7);
	for (int kind = FRAME_EVENT; kind <= FRAME_UP; kind++) {
		long n;

		f.kind = (uint8_t)kind;
		n = frame_to_line(&f, line, FRAME_LINE_MAX);
		assert_true(n > 0 && n < (long)FRAME_LINE_MAX);
	}
	*strchr(line, '\n') = 0;
	assert_int_equal(frame_from_line(&g, line, back, &error), 0);
	assert_int_equal(g.length, FRAME_PAYLOAD_MAX);
	assert_memory_equal(back, payload, FRAME_PAYLOAD_MAX);
	assert_int_equal(frame_to_line(&f, line, FRAME_PAYLOAD_MAX), -1);
	free(payload);
	free(back);
	free(line);
}

static const struct {
	const char *name;
	int ok;
	uint8_t codec;
	uint16_t rate_100hz;
} formats[] = {
	{ "mulaw/8000", 1, CODEC_MULAW, 80 },
	{ "alaw/8000", 1, CODEC_ALAW, 80 },
	{ "s16/16000", 1, CODEC_S16, 160 },
	{ "s16/24000", 1, CODEC_S16, 240 },
	{ "s16/48000", 1, CODEC_S16, 480 },
	{ "s16/44100", 0, 0, 0 },
	{ "s16/", 0, 0, 0 },
	{ "s16", 0, 0, 0 },
	{ "", 0, 0, 0 },
	{ "s16/8000 ", 0, 0, 0 },
	{ "s16/-8000", 0, 0, 0 },
	{ "codec9/8000", 0, 0, 0 },
	{ "mulaw/8000x", 0, 0, 0 },
	{ "MULAW/8000", 0, 0, 0 },
	{ "s16/99999999999999999999", 0, 0, 0 },
};

static void formats_have_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		uint8_t codec = 0;
		uint16_t rate = 0;
		char name[24];

		assert_int_equal(frame_format_parse(formats[i].name, &codec, &rate), formats[i].ok ? 0 : -1);
		if (!formats[i].ok)
			continue;
		assert_int_equal(codec, formats[i].codec);
		assert_int_equal(rate, formats[i].rate_100hz);
		assert_string_equal(frame_format_name(codec, rate, name, sizeof name), formats[i].name);
	}
}

static void audio_has_a_length(void **state)
{
	struct frame f = { .kind = FRAME_UP, .codec = CODEC_MULAW, .rate_100hz = 80, .length = 160 };

	(void)state;
	assert_int_equal(frame_audio_us(&f), 20000);
	f.codec = CODEC_S16;
	f.rate_100hz = 240;
	f.length = 960;
	assert_int_equal(frame_audio_us(&f), 20000);
	f.rate_100hz = 0;
	assert_int_equal(frame_audio_us(&f), 0);
	f.codec = 77;
	assert_int_equal(frame_audio_us(&f), 0);
}

static const struct {
	const char *name;
	uint32_t item;
} items[] = {
	{ "3.0.17", 0x03000011 },
	{ "126.255.65535", 0x7effffff },
	{ "3.0", 0 },
	{ "3.0.17 ", 0 },
	{ "", 0 },
	{ "3.0.65536", 0 },
	{ "256.0.1", 0 },
	{ "a.b.c", 0 },
	{ NULL, 0 },
};

static void items_have_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
		char name[16];

		assert_int_equal(frame_item_parse(items[i].name), items[i].item);
		if (items[i].item)
			assert_string_equal(frame_item_name(items[i].item, name), items[i].name);
	}
	assert_int_equal(frame_item(3, 0, 17), 0x03000011);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_is_what_the_page_says),
		cmocka_unit_test(header_is_checked),
		cmocka_unit_test(length_has_a_cap),
		cmocka_unit_test(text_goes_round),
		cmocka_unit_test(lines_may_leave_things_out),
		cmocka_unit_test(bad_lines_say_what_was_expected),
		cmocka_unit_test(a_line_is_one_line),
		cmocka_unit_test(the_largest_frame_is_a_line),
		cmocka_unit_test(formats_have_names),
		cmocka_unit_test(audio_has_a_length),
		cmocka_unit_test(items_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
