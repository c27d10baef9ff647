/* A message of Media Streams: read by the short way as by the long one; and what we send of it reads back. */
#include "fuzz.h"

#include "../../cmd/rd-ingest/twilio.h"

static uint8_t audio[TWILIO_AUDIO_BYTES], long_audio[TWILIO_AUDIO_BYTES];

static void compare(const struct twilio_message *a, const struct twilio_message *b)
{
	EXPECT(a->kind == b->kind && strcmp(a->stream, b->stream) == 0 && strcmp(a->call, b->call) == 0);
	EXPECT(strcmp(a->format, b->format) == 0 && strcmp(a->mark, b->mark) == 0);
	EXPECT(a->timestamp_ms == b->timestamp_ms && a->digit == b->digit && a->n == b->n);
	EXPECT(!a->n || memcmp(a->audio, b->audio, a->n) == 0);
}

static void write_back(const struct twilio_message *m)
{
	static char out[TWILIO_OUT_BYTES(TWILIO_AUDIO_BYTES)];
	size_t n = twilio_media(out, sizeof out, m->stream, m->audio, m->n);
	struct twilio_message again;

	EXPECT(n && twilio_media(out, n, m->stream, m->audio, m->n) == 0);
	if (n > TWILIO_MESSAGE_BYTES)
		return;
	EXPECT(twilio_media(out, sizeof out, m->stream, m->audio, m->n) == n);
	EXPECT(twilio_read(&again, out, n, long_audio) == NULL);
	EXPECT(again.kind == TWILIO_MEDIA && again.n == m->n && memcmp(again.audio, m->audio, m->n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = fuzz_bytes(bytes, n);
	struct twilio_message m, parsed;
	const char *why = twilio_read(&m, text, n, audio), *parsed_why = twilio_parse(&parsed, text, n, long_audio);

	EXPECT(why == parsed_why && (!why || *why));
	if (!why)
		compare(&m, &parsed);
	if (!why && m.kind == TWILIO_MEDIA && m.audio)
		write_back(&m);
	free(text);
	return 0;
}
