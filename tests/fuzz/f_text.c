/* Frames as lines of text: what can be read can be written, and reads back to the same frame. */
#include "fuzz.h"

#include "frame.h"

static uint8_t payload[FRAME_PAYLOAD_MAX], again_payload[FRAME_PAYLOAD_MAX];
static char first[FRAME_LINE_MAX], second[FRAME_LINE_MAX];

static void round_trip(const struct frame *f)
{
	long n = frame_to_line(f, first, sizeof first);
	const char *error = NULL;
	struct frame again;

	EXPECT(n > 0 && first[n - 1] == '\n' && first[n] == 0);
	EXPECT(memchr(first, '\n', (size_t)n) == first + n - 1);
	memcpy(second, first, (size_t)n);
	second[n - 1] = 0;
	EXPECT(frame_from_line(&again, second, again_payload, &error) == 0);
	EXPECT(again.kind == f->kind && again.flags == f->flags && again.codec == f->codec &&
	       again.rate_100hz == f->rate_100hz && again.origin == f->origin && again.life == f->life &&
	       again.item == f->item && again.seq == f->seq && again.length == f->length);
	EXPECT(frame_to_line(&again, second, sizeof second) == n && memcmp(first, second, (size_t)n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *line, name[32];
	uint16_t rate;
	uint8_t codec;

	while ((line = fuzz_line(&bytes, &n))) {
		const char *error = NULL;
		struct frame f;

		if (frame_format_parse(line, &codec, &rate) == 0) {
			uint16_t again_rate;
			uint8_t again;

			frame_format_name(codec, rate, name, sizeof name);
			EXPECT(frame_format_parse(name, &again, &again_rate) == 0 && again == codec &&
			       again_rate == rate);
		}
		if (frame_item_parse(line)) {
			uint32_t item = frame_item_parse(line);

			EXPECT(frame_item_parse(frame_item_name(item, name)) == item);
		}
		if (frame_from_line(&f, line, payload, &error) == 0)
			round_trip(&f);
		else
			EXPECT(error && *error);
		free(line);
	}
	return 0;
}
