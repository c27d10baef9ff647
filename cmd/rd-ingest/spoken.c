#include "spoken.h"

#include <string.h>

#include "clock.h"

#define SILENCE 0xff
#define BYTES_PER_MS 8
#define PIECE_MS 500 /* of silence in one frame */
#define STEP_MS 100  /* of silence at a time */
#define HOLE_MS 20   /* less is no missing message */

/* So long without a message is a silence that nobody sends. Sooner where a carrier is known to do so: elsewhere it is a
 * line that stands still, what was said comes later, and silence put in before it would be a pause in the middle of a
 * word for whoever listens, and stay in his time for good. */
#define NOTHING_MS 750
#define NOTHING_SENT_MS 300

void spoken_begin(struct spoken *v, uint64_t now_us)
{
	v->next_ms = -1;
	v->filled_ms = 0;
	v->nothing_ms = NOTHING_MS;
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

/* The end of a pause tells what it was: timestamps that passed over it are of a carrier that sends no silence (a
 * stream's begin near 0), those that go on are of a line that stood still. */
static void learn(struct spoken *v, long timestamp_ms, uint64_t now_us)
{
	if (now_us >= v->last_us + NOTHING_SENT_MS * MS)
		v->nothing_ms = timestamp_ms - v->next_ms >= NOTHING_SENT_MS ? NOTHING_SENT_MS : NOTHING_MS;
}

void spoken_media(struct spoken *v, long timestamp_ms, uint8_t *audio, size_t n, uint64_t now_us)
{
	long hole_ms = v->next_ms >= 0 && timestamp_ms >= 0 ? timestamp_ms - v->next_ms - v->filled_ms : 0;

	v->counts.messages++;
	learn(v, timestamp_ms, now_us);
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

static uint64_t due_us(const struct spoken *v)
{
	return v->last_us + (uint64_t)(v->filled_ms ? v->filled_ms + STEP_MS : v->nothing_ms) * MS;
}

uint64_t spoken_run(struct spoken *v, uint64_t now_us)
{
	if (!v->running)
		return 0;
	if (now_us < due_us(v))
		return due_us(v);
	if (v->filled_ms >= SPOKEN_FILLED_MAX_MS)
		return now_us + SECOND;
	fill(v, (long)((now_us - v->last_us) / MS) - v->filled_ms);
	return due_us(v);
}
