#include "turn.h"

#define CLOSED_MS 200 /* behind a sentence that cannot go on */
#define WHOLE_MS 240  /* behind one that may */
#define UNSURE_MS 500 /* behind what was not understood */
#define BEGUN_MS 700  /* in the middle of one: people think */

int turn_patience_ms(enum recogniser_reach reach, bool sure)
{
	if (!sure || reach == REACH_NOTHING)
		return UNSURE_MS;
	if (reach == REACH_CLOSED)
		return CLOSED_MS;
	return reach == REACH_WHOLE ? WHOLE_MS : BEGUN_MS;
}

static enum turn_order finish(struct turn *t, enum turn_order order)
{
	t->state = TURN_QUIET;
	return order;
}

enum turn_order turn_step(struct turn *t, int step_ms, bool voice, enum recogniser_reach reach, bool sure)
{
	if (t->state == TURN_QUIET) {
		if (!voice)
			return TURN_GO_ON;
		*t = (struct turn){ TURN_PERHAPS, step_ms, step_ms, 0 };
		return TURN_BEGIN;
	}
	t->age_ms += step_ms;
	t->voice_ms += voice ? step_ms : 0;
	t->quiet_ms = voice ? 0 : t->quiet_ms + step_ms;
	if (t->state == TURN_PERHAPS) {
		if (t->voice_ms >= TURN_SPEECH_MS) {
			t->state = TURN_SPEECH;
			return TURN_SPEAKS;
		}
		return t->quiet_ms >= TURN_NOTHING_MS ? finish(t, TURN_NOTHING) : TURN_GO_ON;
	}
	if (t->age_ms >= TURN_LIMIT_MS)
		return finish(t, TURN_LIMIT);
	return t->quiet_ms >= turn_patience_ms(reach, sure) ? finish(t, TURN_END) : TURN_GO_ON;
}
