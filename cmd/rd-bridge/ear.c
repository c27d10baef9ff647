#include "ear.h"

#include <stdlib.h>

#include "frame.h"
#include "g711.h"

#define WORD_MS 240
#define GAP_MS 200 /* within a word */
#define LOUD 300u  /* about -41 dB of full scale, on the average; quieter is no speech on a telephone */
#define ABOVE 4u   /* ... nor is what hardly stands out from the line's own noise */
#define FLOOR_MAX 2000u

static unsigned loudness(uint8_t codec, const uint8_t *audio, size_t n)
{
	const int16_t *law = codec == CODEC_ALAW ? g711_alaw : g711_mulaw;
	size_t count = codec == CODEC_S16 ? n / 2 : n;
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		int sample = codec == CODEC_S16 ? (int16_t)(audio[2 * i] | audio[2 * i + 1] << 8) : law[audio[i]];

		sum += (unsigned)abs(sample);
	}
	return count ? (unsigned)(sum / count) : 0;
}

/* Down at once, up slowly: a loud place becomes the floor after a while, a sentence does not. */
static bool stands_out(struct ear *e, unsigned level)
{
	if (level < e->floor)
		e->floor = level;
	else if (e->floor < FLOOR_MAX)
		e->floor += e->floor / 64 + 1;
	return level >= LOUD && level > ABOVE * e->floor;
}

bool ear_hear(struct ear *e, uint8_t codec, unsigned ms, const uint8_t *audio, size_t n, uint64_t now_us)
{
	if (stands_out(e, loudness(codec, audio, n))) {
		e->run_ms += ms;
		e->quiet_ms = 0;
		e->loud_us = now_us;
		e->speaking = e->speaking || e->run_ms >= WORD_MS;
		return false;
	}
	e->quiet_ms += ms;
	if (!e->speaking && e->quiet_ms > GAP_MS)
		e->run_ms = 0;
	if (!e->speaking || e->quiet_ms < EAR_BREATH_MS)
		return false;
	e->speaking = false;
	e->run_ms = 0;
	return true;
}
