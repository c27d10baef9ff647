#include "../../cmd/rd-ingest/twilio.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmd/rd-ingest/media.h"

#define SID "MZ0000000000000000000000000000000a"
#define CALL "CA0000000000000000000000000000000c"
#define FORMAT "\"mediaFormat\":{\"encoding\":\"audio/x-mulaw\",\"sampleRate\":8000,\"channels\":1}"
#define START(body) "{\"event\":\"start\",\"sequenceNumber\":\"1\",\"streamSid\":\"" SID "\",\"start\":{" body "}}"
#define MEDIA(body) "{\"event\":\"media\",\"sequenceNumber\":\"2\",\"streamSid\":\"" SID "\",\"media\":{" body "}}"

static uint8_t audio[TWILIO_AUDIO_BYTES];

static const char *read_text(struct twilio_message *m, const char *text)
{
	return twilio_read(m, text, strlen(text), audio);
}

static void twilio_reads_what_is_documented(void **state)
{
	static const struct {
		const char *text;
		enum twilio_kind kind;
		const char *stream;
		long timestamp_ms;
		size_t n;
		char digit;
		const char *mark;
	} cases[] = {
		{ "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}", TWILIO_CONNECTED, "", -1, 0,
		  0, "" },
		{ START("\"streamSid\":\"" SID "\",\"accountSid\":\"AC1\",\"callSid\":\"" CALL
			"\",\"tracks\":[\"inbound\"],"
			"\"customParameters\":{\"token\":\"7f3c\"}," FORMAT),
		  TWILIO_START, SID, -1, 0, 0, "" },
		{ MEDIA("\"track\":\"inbound\",\"chunk\":\"1\",\"timestamp\":\"20\",\"payload\":\"//79/v7/\""),
		  TWILIO_MEDIA, SID, 20, 6, 0, "" },
		{ MEDIA("\"chunk\":1,\"timestamp\":5,\"payload\":\"\""), TWILIO_MEDIA, SID, 5, 0, 0, "" },
		{ MEDIA("\"payload\":\"/w==\",\"new\":[1,{}]"), TWILIO_MEDIA, SID, -1, 1, 0, "" },
		{ MEDIA("\"timestamp\":\"20ms\",\"payload\":\"/w==\""), TWILIO_MEDIA, SID, -1, 1, 0, "" },
		{ MEDIA("\"timestamp\":\"-5\",\"payload\":\"/w==\""), TWILIO_MEDIA, SID, -1, 1, 0, "" },
		{ MEDIA("\"timestamp\":1e300,\"payload\":\"/w==\""), TWILIO_MEDIA, SID, -1, 1, 0, "" },
		{ MEDIA("\"timestamp\":\"99999999999999999999\",\"payload\":\"/w==\""), TWILIO_MEDIA, SID, -1, 1, 0,
		  "" },
		{ MEDIA("\"track\":\"outbound\",\"payload\":\"/w==\""), TWILIO_OTHER, SID, -1, 0, 0, "" },
		{ "{\"event\":\"dtmf\",\"streamSid\":\"" SID
		  "\",\"dtmf\":{\"track\":\"inbound_track\",\"digit\":\"#\"}}",
		  TWILIO_DTMF, SID, -1, 0, '#', "" },
		{ "{\"event\":\"mark\",\"sequenceNumber\":61,\"streamSid\":\"" SID "\",\"mark\":{\"name\":\"g3-2\"}}",
		  TWILIO_MARK, SID, -1, 0, 0, "g3-2" },
		{ "{\"event\":\"mark\",\"mark\":{\"name\":\"not\\\"ours\"}}", TWILIO_MARK, "", -1, 0, 0, "" },
		{ "{\"event\":\"stop\",\"streamSid\":\"" SID "\",\"stop\":{\"accountSid\":\"AC1\",\"callSid\":\"" CALL
		  "\"}}",
		  TWILIO_STOP, SID, -1, 0, 0, "" },
		{ "{\"event\":\"later\",\"streamSid\":\"" SID "\"}", TWILIO_OTHER, SID, -1, 0, 0, "" },
		{ "{\"event\":\"stop\",\"streamSid\":\"MZ\\u0022,\"}", TWILIO_STOP, "", -1, 0, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct twilio_message m;

		assert_null(read_text(&m, cases[i].text));
		assert_int_equal(m.kind, cases[i].kind);
		assert_string_equal(m.stream, cases[i].stream);
		assert_int_equal(m.timestamp_ms, cases[i].timestamp_ms);
		assert_int_equal(m.n, cases[i].n);
		assert_int_equal(m.digit, cases[i].digit);
		assert_string_equal(m.mark, cases[i].mark);
	}
}

static void twilio_knows_the_call_and_the_format(void **state)
{
	static const struct {
		const char *text, *call, *format;
	} cases[] = {
		{ START("\"callSid\":\"" CALL "\"," FORMAT), CALL, "" },
		{ START("\"callSid\":\"" CALL "\""), CALL, "" },
		{ START("\"callSid\":42"), "", "" },
		{ START("\"callSid\":\"" CALL
			"\",\"mediaFormat\":{\"encoding\":\"audio/x-mulaw\",\"sampleRate\":\"8000\"}"),
		  CALL, "" },
		{ START("\"callSid\":\"" CALL
			"\",\"mediaFormat\":{\"encoding\":\"audio/x-l16\",\"sampleRate\":16000,\"channels\":1}"),
		  CALL, "audio/x-l16/16000/1" },
		{ START("\"callSid\":\"" CALL "\",\"mediaFormat\":{\"encoding\":\"audio/x-mulaw\\n\",\"channels\":2}"),
		  CALL, "audio/x-mulaw?/-1/2" },
		{ "{\"event\":\"start\",\"start\":{\"streamSid\":\"" SID "\",\"callSid\":\"" CALL "\"}}", CALL, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct twilio_message m;

		assert_null(read_text(&m, cases[i].text));
		assert_string_equal(m.stream, SID);
		assert_string_equal(m.call, cases[i].call);
		assert_string_equal(m.format, cases[i].format);
	}
}

static void twilio_refuses_what_cannot_be_meant(void **state)
{
	static const char *const cases[] = {
		"",
		"{",
		"[]",
		"null",
		"7",
		"{}",
		"{\"event\":7}",
		"{\"event\":\"media\"} {\"event\":\"media\"}",
		MEDIA(""),
		MEDIA("\"payload\":7"),
		MEDIA("\"payload\":\"a\""),
		MEDIA("\"payload\":\"%%%%\""),
		"{\"event\":\"media\",\"media\":\"x\"}",
		"{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"12\"}}",
		"{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"\"}}",
		"{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"E\"}}",
		"{\"event\":\"dtmf\"}",
		"{\"event\":\"start\"}",
		"{\"event\":\"start\",\"start\":{\"streamSid\":\"../x\"}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct twilio_message m;

		assert_non_null(read_text(&m, cases[i]));
	}
}

/* The longest message that fits is taken, a payload of any length in it; one byte more is not looked at. */
static void twilio_has_bounds(void **state)
{
	char *text = malloc(TWILIO_MESSAGE_BYTES + 2);
	static const char head[] = "{\"event\":\"media\",\"media\":{\"payload\":\"", tail[] = "\"}}";
	size_t room = (TWILIO_MESSAGE_BYTES - strlen(head) - strlen(tail)) / 4 * 4;
	struct twilio_message m;

	(void)state;
	memcpy(text, head, sizeof head);
	memset(text + strlen(head), 'A', room);
	memcpy(text + strlen(head) + room, tail, sizeof tail);
	assert_null(twilio_read(&m, text, strlen(text), audio));
	assert_int_equal(m.n, room / 4 * 3);
	memset(text, ' ', TWILIO_MESSAGE_BYTES + 1);
	memcpy(text, "{\"event\":\"stop\"}", 16);
	assert_null(twilio_read(&m, text, TWILIO_MESSAGE_BYTES, audio));
	assert_non_null(twilio_read(&m, text, TWILIO_MESSAGE_BYTES + 1, audio));
	free(text);
}

static void twilio_cut_anywhere_does_no_harm(void **state)
{
	static const char whole[] =
		MEDIA("\"track\":\"inbound\",\"chunk\":\"1\",\"timestamp\":\"20\",\"payload\":\"//79/v7/\"");
	struct twilio_message m;

	(void)state;
	for (size_t n = 0; n < sizeof whole - 1; n++) {
		char *cut = malloc(n + 1); /* so that a byte too many is seen */

		memcpy(cut, whole, n);
		assert_non_null(twilio_read(&m, cut, n, audio));
		free(cut);
	}
}

static void twilio_writes_exactly_the_documented_fields(void **state)
{
	char out[TWILIO_OUT_BYTES(160)];
	uint8_t silence[160];
	size_t n;

	(void)state;
	memset(silence, 0xff, sizeof silence);
	n = twilio_media(out, sizeof out, SID, silence, 3);
	assert_string_equal(out, "{\"event\":\"media\",\"streamSid\":\"" SID "\",\"media\":{\"payload\":\"////\"}}");
	assert_int_equal(n, strlen(out));
	n = twilio_media(out, sizeof out, SID, silence, sizeof silence);
	assert_int_equal(n, strlen(out));
	n = twilio_mark(out, sizeof out, SID, "g3-2");
	assert_string_equal(out, "{\"event\":\"mark\",\"streamSid\":\"" SID "\",\"mark\":{\"name\":\"g3-2\"}}");
	assert_int_equal(n, strlen(out));
	n = twilio_clear(out, sizeof out, SID);
	assert_string_equal(out, "{\"event\":\"clear\",\"streamSid\":\"" SID "\"}");
	assert_int_equal(n, strlen(out));
	assert_int_equal(twilio_media(out, 60, SID, silence, 3), 0);
	assert_int_equal(twilio_mark(out, 60, SID, "g3-2"), 0);
	assert_int_equal(twilio_clear(out, 20, SID), 0);
}

static uint32_t dice_state = 1;

static size_t dice(size_t below)
{
	dice_state = dice_state * 1664525u + 1013904223u;
	return (dice_state >> 8) % below;
}

static bool same(const struct twilio_message *a, const struct twilio_message *b, const uint8_t *by_scan)
{
	return a->kind == b->kind && strcmp(a->stream, b->stream) == 0 && strcmp(a->call, b->call) == 0 &&
	       strcmp(a->mark, b->mark) == 0 && a->timestamp_ms == b->timestamp_ms && a->digit == b->digit &&
	       a->n == b->n && memcmp(by_scan, b->audio, b->n) == 0;
}

/* Members in any order, once or twice, with what may stand between them. */
static size_t compose(char *out, const char *const *members, size_t count, bool plain)
{
	static const char *const spaces[] = { "", "", "", " ", "\n", "\t \r" };
	size_t first = dice(count), n = 0;

	n += (size_t)snprintf(out, 8, "{");
	for (size_t i = 0; i < count; i++) {
		const char *member = members[(first + i * (1 + count % 2)) % count];

		if (!plain && dice(24) == 0)
			member = members[dice(count)];
		n += (size_t)snprintf(out + n, 512, "%s%s%s%s", i ? "," : "", spaces[dice(6)], member, spaces[dice(6)]);
	}
	return n + (size_t)snprintf(out + n, 2, "}");
}

/* Most are plain ones, the first of their list. */
static size_t odd(bool plain, size_t plain_count, size_t count)
{
	return dice(plain || dice(5) ? plain_count : count);
}

static size_t make_message(char *out, bool plain)
{
	static const char *const timestamps[] = {
		"\"timestamp\":\"20\"",	    "\"timestamp\":12345",     "\"timestamp\": \"007\"",
		"\"timestamp\":\"20ms\"",   "\"timestamp\":\"\"",      "\"timestamp\":-1",
		"\"timestamp\":1e2",	    "\"timestamp\":604800001", "\"timestamp\":99999999999999",
		"\"\\u0074imestamp\":\"1\""
	};
	static const char *const payloads[] = { "\"payload\":\"//79/v7/\"", "\"payload\" : \"/w==\"",
						"\"payload\":\"\"",	    "\"payload\":\"\\/w==\"",
						"\"payload\":\"/w=\"",	    "\"payload\":7",
						"\"payload\":[\"/w==\"]" };
	static const char *const tracks[] = { "\"track\":\"inbound\"", "\"chunk\":\"7\"", "\"track\":\"outbound\"",
					      "\"track\":null", "\"new\":{\"payload\":\"/w==\"}" };
	static const char *const streams[] = { "\"streamSid\":\"" SID "\"", "\"streamSid\":\"a b\"",
					       "\"streamSid\":\"\"", "\"streamSid\":5", "\"streamSid\":\"\\u004dZ\"" };
	static const char *const events[] = { "\"event\":\"media\"", "\"event\":\"stop\"", "\"event\":\"med\\u0069a\"",
					      "\"event\":\"mediate\"" };
	char inner[512] = "\"media\":";
	const char *in[] = { timestamps[odd(plain, 3, 10)], payloads[odd(plain, 3, 7)], tracks[odd(plain, 2, 5)] };
	const char *all[] = { events[odd(plain, 1, 4)], streams[odd(plain, 1, 5)], "\"sequenceNumber\":\"4\"", inner };

	compose(inner + strlen(inner), in, 3, plain);
	return compose(out, all, 4, plain);
}

static void twilio_short_way_agrees_with_the_long_one(void **state)
{
	static uint8_t by_scan[TWILIO_AUDIO_BYTES];
	unsigned long taken = 0, plain_missed = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		bool plain = i % 4 == 0;
		char text[1024], *exact;
		struct twilio_message a = { 0 }, b;
		size_t n = make_message(text, plain);

		for (size_t k = plain ? 0 : dice(3); k > 0; k--)
			text[dice(n)] = "\"\\{}[]:,0 A\n\x01\xff="[dice(15)];
		if (!plain && dice(10) == 0)
			n = dice(n + 1);
		exact = malloc(n + 1); /* so that a byte too many is seen */
		memcpy(exact, text, n);
		if (media_scan(&a, exact, n, by_scan)) {
			taken++;
			if (twilio_parse(&b, exact, n, audio) || !same(&a, &b, by_scan))
				fail_msg("not the same: %.*s", (int)n, exact);
		} else {
			plain_missed += plain;
		}
		free(exact);
	}
	assert_int_equal(plain_missed, 0);
	assert_in_range(taken, 60000, 150000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twilio_reads_what_is_documented),
		cmocka_unit_test(twilio_knows_the_call_and_the_format),
		cmocka_unit_test(twilio_refuses_what_cannot_be_meant),
		cmocka_unit_test(twilio_has_bounds),
		cmocka_unit_test(twilio_cut_anywhere_does_no_harm),
		cmocka_unit_test(twilio_short_way_agrees_with_the_long_one),
		cmocka_unit_test(twilio_writes_exactly_the_documented_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
