#include "spoken.h"

#include <string.h>

#include "clock.h"

#define SILENCE 0xff
#define BYTES_PER_MS 8
#define PIECE_MS 500   /* of silence in one frame */
#define HOLE_MS 20     /* less is no missing message */
#define NOTHING_MS 750 /* so long without a message is a silence that nobody sends */

void spoken_begin(struct spoken *v, uint64_t now_us)
{
	v->next_ms = -1;
	v->filled_ms = 0;
	v->last_us = now_us;
	v->running = true;
}

void spoken_end(struct spoken *v)
{
	v->running = false;
}

static void fill(struct spoken *v, long ms)
{
	uint8_t silence[PIECE_MS * BYTES_PER_MS];

	if (ms > SPOKEN_FILLED_MAX_MS - v->filled_ms)
		ms = SPOKEN_FILLED_MAX_MS - v->filled_ms;
	memset(silence, SILENCE, sizeof silence);
	while (ms > 0) {
		long piece = ms < PIECE_MS ? ms : PIECE_MS;

		v->on_audio(v->ctx, silence, (size_t)piece * BYTES_PER_MS, true);
		v->filled_ms += piece;
		v->counts.filled_ms += (uint64_t)piece;
		ms -= piece;
	}
}

void spoken_media(struct spoken *v, long timestamp_ms, uint8_t *audio, size_t n, uint64_t now_us)
{
	long hole_ms = v->next_ms >= 0 && timestamp_ms >= 0 ? timestamp_ms - v->next_ms - v->filled_ms : 0;

	v->counts.messages++;
	if (hole_ms >= HOLE_MS) {
		v->counts.holes++;
		fill(v, hole_ms);
	}
	if (v->muted)
		memset(audio, SILENCE, n);
	if (n)
		v->on_audio(v->ctx, audio, n, v->muted);
	v->next_ms = timestamp_ms >= 0 ? timestamp_ms + (long)(n / BYTES_PER_MS) : -1;
	v->filled_ms = 0;
	v->last_us = now_us;
}

uint64_t spoken_run(struct spoken *v, uint64_t now_us)
{
	uint64_t due_us;

	if (!v->running)
		return 0;
	due_us = v->last_us + (NOTHING_MS + (uint64_t)v->filled_ms) * MS;
	if (now_us < due_us)
		return due_us;
	if (v->filled_ms >= SPOKEN_FILLED_MAX_MS)
		return now_us + SECOND;
	fill(v, v->filled_ms ? PIECE_MS : NOTHING_MS);
	return v->last_us + (NOTHING_MS + (uint64_t)v->filled_ms) * MS;
}
