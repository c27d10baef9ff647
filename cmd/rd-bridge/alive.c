#include "alive.h"

#include <stdbool.h>
#include <string.h>

#include "bridge.h"
#include "clock.h"
#include "conf.h"
#include "frame.h"

#define SILENT_US (5 * SECOND) /* asked for an answer and heard nothing at all */
#define SILENCES_MAX 2
#define DEAF_US (4 * SECOND)  /* he began to speak so long ago, and nothing came */
#define LOUD_US (15 * SECOND) /* what is louder now and then, over a longer time, is no speech */
#define LOUD_MS 600u
#define DEAF_MAX 3 /* then it is noise that only we take for speech */

/* --- the caller, by the level of his voice */

/* Beyond -24 dBFS, by the segment of the code, or the high byte. */
static bool is_loud_at(uint8_t codec, const uint8_t *at)
{
	switch (codec) {
	case CODEC_MULAW: return ((uint8_t) ~*at >> 4 & 7) >= 4;
	case CODEC_ALAW: return ((*at ^ 0x55) >> 4 & 7) >= 5;
	default: return (int8_t)at[1] >= 8 || (int8_t)at[1] < -8;
	}
}

/* One sample in eight will do. */
static bool is_loud(uint8_t codec, const uint8_t *audio, size_t n)
{
	size_t step = codec == CODEC_S16 ? 16 : 8, loud = 0, looked = 0;

	for (size_t i = 0; i + 2 <= n; i += step, looked++)
		loud += is_loud_at(codec, audio + i);
	return loud * 8 > looked;
}

void alive_hear(struct bridge *b, const uint8_t *audio, size_t n)
{
	struct alive *a = &b->alive;
	uint64_t now_us;

	if (!is_loud(b->input.codec, audio, n))
		return;
	now_us = clock_us();
	if (!a->loud_us || b->session.heard_us >= a->loud_us || now_us > a->loud_us + LOUD_US) {
		a->loud_us = now_us;
		a->loud_ms = 0;
	}
	a->loud_ms += (unsigned)(n / b->input.bytes_per_ms);
}

static bool is_deaf(const struct bridge *b, uint64_t now_us)
{
	const struct alive *a = &b->alive;

	return turn_by_server(b) && !b->turn.speaking && a->loud_us && b->session.heard_us < a->loud_us &&
	       a->loud_ms >= LOUD_MS && now_us > a->loud_us + DEAF_US && a->deaf < DEAF_MAX;
}

/* --- the model */

static uint64_t patience_us(const struct bridge *b)
{
	const char *reasoning = conf_text(b->stage.conf, "agent", b->stage.agent, "reasoning");

	if (strstr(reasoning, "high"))
		return 6 * SILENT_US;
	return strcmp(reasoning, "medium") == 0 ? 2 * SILENT_US : SILENT_US;
}

static bool is_silent(const struct bridge *b, uint64_t now_us)
{
	uint64_t most_us = patience_us(b);
	bool waits = b->responses.state != RESPONSES_FREE || (b->turn.waiting && now_us > b->turn.since_us + most_us);

	return waits && now_us > b->session.heard_us + most_us;
}

void alive_found(struct bridge *b)
{
	b->alive.deaf = 0;
	b->alive.silences = 0;
}

void alive_check(struct bridge *b, uint64_t now_us)
{
	struct alive *a = &b->alive;

	if (is_silent(b, now_us) && ++a->silences == SILENCES_MAX) {
		session_fail(b, "silent", "model answers nothing to what it is asked");
	} else if (is_silent(b, now_us)) {
		session_lost(b, "no answer to what was asked");
	} else if (is_deaf(b, now_us)) {
		a->deaf++;
		turn_unnoticed(b, a->loud_us);
		session_lost(b, "it does not notice that the caller speaks");
	}
}
