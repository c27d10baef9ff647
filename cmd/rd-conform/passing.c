/* What a stage does not handle goes by, unchanged and in order; what comes home is taken out. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "clock.h"
#include "json.h"
#include "wire.h"

static uint8_t noise[FRAME_PAYLOAD_MAX];

/* Any bytes, each time the same. */
static uint32_t next_number(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void make_noise(void)
{
	uint32_t state = 1;

	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (uint8_t)next_number(&state);
}

/* A machine under load must not make the caller's voice stale. */
static struct frame audio(uint8_t kind, uint8_t codec, uint16_t rate_100hz, uint32_t length)
{
	return (struct frame){ .kind = kind,
			       .codec = codec,
			       .rate_100hz = rate_100hz,
			       .origin = kind == FRAME_UP ? 1 : 2,
			       .item = kind == FRAME_UP ? 0 : frame_item(2, 0, 1),
			       .length = length,
			       .birth_us = clock_us() + SECOND,
			       .payload = noise };
}

static void begin(struct subject *s)
{
	make_noise();
	subject_ring(s, "3", 0);
	subject_settle(s);
}

static void pass_kinds(struct subject *s)
{
	static const uint8_t kinds[] = { 0, 4, 9, 127, 255 };

	begin(s);
	for (size_t i = 0; i < sizeof kinds; i++)
		for (uint32_t n = 0; n < 3000; n = n * 3 + 1)
			subject_pass(s, (struct frame){ .kind = kinds[i],
							.flags = (uint8_t)(n & 0xff),
							.codec = (uint8_t)(n & 7),
							.rate_100hz = (uint16_t)n,
							.origin = 4,
							.life = (uint8_t)(n & 0xff),
							.item = n,
							.length = n,
							.payload = noise });
	subject_settle(s);
	subject_end(s);
}

static void pass_types(struct subject *s)
{
	begin(s);
	subject_event(s, "{\"type\":\"conform.new\"}");
	subject_event(s, "{\"type\":\"conform.new\",\"a\":[1,2,{\"b\":null}],\"c\":\"\\u00e4\\n\"}");
	subject_event(s, " { \"a\" : 1 , \"type\" : \"conform.new\" , \"a\":2 }\n");
	subject_event(s, "{\"a\":{\"type\":\"call.end\"},\"type\":\"conform.new\"}");
	subject_event(s, "{\"type\":\"stage.fault\",\"what\":\"decode\",\"text\":\"of a test\",\"conform\":[{}]}");
	subject_event(s, "{\"conform\":1.50,\"text\":\"of a test\",\"what\":\"decode\",\"type\":\"stage.fault\"}");
	subject_settle(s);
	subject_end(s);
}

static void pass_formats(struct subject *s)
{
	static const struct {
		uint8_t codec;
		uint16_t rate_100hz;
	} formats[] = { { CODEC_MULAW, 80 }, { CODEC_ALAW, 80 }, { CODEC_S16, 80 }, { CODEC_S16, 160 },
			{ CODEC_S16, 240 },  { CODEC_S16, 480 }, { 9, 80 },	    { CODEC_S16, 441 },
			{ CODEC_NONE, 0 },   { 255, 65535 } };

	begin(s);
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		for (uint8_t kind = FRAME_UP; kind <= FRAME_DOWN; kind++) {
			struct frame f = audio(kind, formats[i].codec, formats[i].rate_100hz, 160);

			subject_pass(s, f);
			f.flags = FRAME_TAKEN;
			subject_pass(s, f);
		}
	subject_settle(s);
	subject_end(s);
}

/* Those that are known, in every combination, and those that are not. */
static void pass_flags(struct subject *s)
{
	begin(s);
	for (unsigned flags = 0; flags < 256; flags += flags < 16 ? 1 : 16)
		for (uint8_t kind = FRAME_UP; kind <= FRAME_DOWN; kind++) {
			struct frame f = audio(kind, CODEC_MULAW, 80, 160);

			f.flags = (uint8_t)flags;
			subject_pass(s, f);
		}
	subject_settle(s);
	subject_end(s);
}

static void pass_sizes(struct subject *s)
{
	static char text[FRAME_PAYLOAD_MAX];
	static const uint32_t sizes[] = { 24, 100, 4000, 16384, 48 << 10, FRAME_PAYLOAD_MAX - 1, FRAME_PAYLOAD_MAX };

	begin(s);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		memset(text, 'x', sizes[i]);
		memcpy(text, "{\"type\":\"conform\",\"x\":\"", 23);
		memcpy(text + sizes[i] - 2, "\"}", 2);
		if (sizes[i] > 30)
			subject_pass(s, (struct frame){ .kind = FRAME_EVENT,
							.origin = 4,
							.length = sizes[i],
							.payload = (const uint8_t *)text });
		subject_pass(s, (struct frame){ .kind = 9, .origin = 4, .length = sizes[i], .payload = noise });
	}
	for (uint8_t kind = FRAME_UP; kind <= FRAME_DOWN; kind++) {
		struct frame end = audio(kind, CODEC_MULAW, 80, 0);

		subject_pass(s, audio(kind, CODEC_MULAW, 80, FRAME_AUDIO_MAX));
		subject_pass(s, audio(kind, CODEC_S16, 240, FRAME_AUDIO_MAX));
		subject_pass(s, audio(kind, CODEC_MULAW, 80, 1));
		end.flags = FRAME_END;
		subject_pass(s, end);
	}
	subject_settle(s);
	subject_end(s);
}

/* Audio and events keep their order, whatever their sizes. */
static void pass_in_order(struct subject *s)
{
	uint32_t state = 7;

	begin(s);
	for (int i = 0; i < 1000; i++) {
		uint32_t n = next_number(&state);

		if (n % 4 == 0)
			subject_pass(s, audio(n & 16 ? FRAME_UP : FRAME_DOWN, CODEC_MULAW, 80, n % 320));
		else if (n % 4 == 1)
			subject_pass(s, (struct frame){ .kind = 9, .origin = 4, .length = n % 6000, .payload = noise });
		else
			subject_event(s, "{\"type\":\"conform.new\",\"n\":%d,\"x\":\"%.*s\"}", i, (int)(n % 60),
				      "------------------------------------------------------------");
	}
	subject_settle(s);
	subject_end(s);
}

static void send_from(struct subject *s, uint8_t origin, uint8_t life, bool passes)
{
	static const uint8_t kinds[] = { FRAME_EVENT, FRAME_UP, FRAME_DOWN, 9 };

	for (size_t i = 0; i < sizeof kinds; i++) {
		struct frame f = audio(kinds[i], CODEC_MULAW, 80, 160);

		if (kinds[i] == FRAME_EVENT) {
			f = (struct frame){ .kind = FRAME_EVENT, .payload = (const uint8_t *)"{\"type\":\"conform\"}" };
			f.length = 18;
		}
		f.origin = origin;
		f.life = life;
		f.hops = 2;
		if (passes)
			subject_pass(s, f);
		else
			subject_drop(s, f);
	}
}

static void take_own(struct subject *s)
{
	static const uint8_t lives[] = { 0, 1, 2, 255 };

	make_noise();
	subject_ring(s, "3", 1);
	subject_settle(s);
	for (size_t i = 0; i < sizeof lives; i++) {
		send_from(s, SUBJECT_PLACE, lives[i], false);
		send_from(s, 2, lives[i], true);
		send_from(s, 4, lives[i], true);
	}
	send_from(s, 0, 0, true);
	send_from(s, 126, 0, true);
	send_from(s, 128 + SUBJECT_PLACE, 0, true);
	subject_settle(s);
	subject_end(s);
}

static void take_swallowed(struct subject *s)
{
	make_noise();
	subject_ring(s, "3,5,6", 0);
	subject_settle(s);
	for (uint8_t life = 0; life < 2; life++)
		for (uint8_t origin = 1; origin < 9; origin++)
			send_from(s, origin, life, origin != 3 && origin != 5 && origin != 6);
	subject_settle(s);
	subject_end(s);
}

static void drop_strays(struct subject *s)
{
	static const struct {
		uint8_t hops;
		bool passes;
	} cases[] = { { 0, true },   { 1, true },   { 61, true },   { 62, true },
		      { 63, false }, { 64, false }, { 200, false }, { 255, false } };

	begin(s);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct frame f = { .kind = FRAME_EVENT,
				   .origin = 4,
				   .hops = cases[i].hops,
				   .length = 18,
				   .payload = (const uint8_t *)"{\"type\":\"conform\"}" };

		for (int k = 0; k < 2; k++, f.kind = 9)
			if (cases[i].passes)
				subject_pass(s, f);
			else
				subject_drop(s, f);
	}
	subject_settle(s);
	subject_end(s);
}

static void drop_stale(struct subject *s)
{
	struct frame up, down, event;

	begin(s);
	for (int i = 0; i < 10; i++) {
		up = audio(FRAME_UP, CODEC_MULAW, 80, 160);
		subject_pass(s, up);
		up.birth_us = clock_us() - 450 * MS;
		subject_drop(s, up);
		down = audio(FRAME_DOWN, CODEC_MULAW, 80, 160);
		down.birth_us = clock_us() - 5 * SECOND;
		subject_pass(s, down);
		event = (struct frame){ .kind = FRAME_EVENT, .origin = 4, .length = 18, .birth_us = down.birth_us };
		event.payload = (const uint8_t *)"{\"type\":\"conform\"}";
		subject_pass(s, event);
	}
	subject_settle(s);
	subject_end(s);
}

/* Whether its call.setup offers the way back. */
static bool offers_back(const struct subject *s)
{
	struct tape_frame f;
	char type[48];
	size_t at = 0;
	bool offers = false;

	while (tape_walk(&s->own, &at, &f)) {
		struct cJSON *event = NULL;

		if (strcmp(subject_type(&f, type), "call.setup") == 0)
			event = json_parse(f.bytes + FRAME_HEADER, f.size - FRAME_HEADER);
		offers = json_flag(event, "back", offers);
		cJSON_Delete(event);
	}
	return offers;
}

static int count_cleared(const struct subject *s)
{
	struct tape_frame f;
	char type[48];
	size_t at = 0;
	int n = 0;

	while (tape_walk(&s->own, &at, &f))
		n += strcmp(subject_type(&f, type), "call.cleared") == 0;
	return n;
}

/* An utterance and then its call.clear on the way back; the same call.clear round the ring. */
static void take_back(struct subject *s)
{
	static const char text[] = "{\"type\":\"call.clear\",\"why\":\"speech\",\"id\":\"c1\",\"item\":\"2.0.1\"}";
	struct frame clear = { .kind = FRAME_EVENT, .origin = 2, .seq = 9999, .length = sizeof text - 1 };
	struct frame f = audio(FRAME_DOWN, CODEC_MULAW, 80, 160);

	begin(s);
	if (!offers_back(s)) {
		snprintf(s->note, sizeof s->note, "it offers none");
		subject_end(s);
		return;
	}
	for (f.seq = 1; f.seq <= 2000; f.seq++)
		subject_back(s, f);
	f.kind = 9;
	subject_back(s, f);
	clear.birth_us = clock_us();
	clear.payload = (const uint8_t *)text;
	subject_back(s, clear);
	subject_pass(s, clear);
	subject_settle(s);
	while (!s->failure[0] && !count_cleared(s))
		if (!wire_step(s, s->limit_us, false))
			subject_fail(s, "expected its call.cleared, got none");
	subject_settle(s);
	if (count_cleared(s) > 1)
		subject_fail(s, "expected one call.cleared for the same call.clear on both ways, got %d",
			     count_cleared(s));
	subject_end(s);
}

const struct check passing_checks[] = {
	{ "unknown-kinds", "frames of kinds that nobody knows pass, byte for byte but for hops", pass_kinds },
	{ "unknown-types", "events of unknown types and with unknown fields pass as they are written", pass_types },
	{ "formats", "audio of any format passes, or ends at its sink; what is marked TAKEN passes", pass_formats },
	{ "flags", "flags are left alone, known or not", pass_flags },
	{ "sizes", "an event of 65,504 bytes, audio of 4,000, and none at all with END", pass_sizes },
	{ "order", "a thousand frames of all kinds and sizes stay in order", pass_in_order },
	{ "own-place", "what its own place said in any life is taken out, nobody else's", take_own },
	{ "swallowed-places", "--origin 3,5,6: so is what places 5 and 6 said", take_swallowed },
	{ "hops", "a frame that would come to 64 hops is dropped", drop_strays },
	{ "stale", "audio up older than 400 ms is dropped, nothing else for its age", drop_stale },
	{ "way-back", "a carrier that offers it takes what comes to its descriptor 1, and passes nothing of it on",
	  take_back },
	{ 0 },
};
