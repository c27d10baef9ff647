/* The caller's turn: when it begins, when it is speech, when it is over. Pure: steps of sound in, orders out.
 *
 *   quiet --a voice--> perhaps --voice enough--> speech --silence enough, or too long--> quiet
 *                         `--silence-- nothing -----------------------------------------^
 *
 * How much silence ends a turn depends on what was said: little behind a sentence that cannot go on, more behind one
 * that may, most in the middle of one. */
#ifndef TURN_H
#define TURN_H

#include <stdbool.h>

#include "recogniser.h"

enum turn_state { TURN_QUIET, TURN_PERHAPS, TURN_SPEECH };

enum turn_order {
	TURN_GO_ON,
	TURN_BEGIN,   /* begin to listen, from a little before now */
	TURN_SPEAKS,  /* it is speech */
	TURN_NOTHING, /* it was none: forget it */
	TURN_END,     /* the turn is over */
	TURN_LIMIT,   /* so it is, because it has become too long */
};

struct turn {
	enum turn_state state;
	int age_ms;   /* since its first voice */
	int voice_ms; /* of it, with a voice */
	int quiet_ms; /* since its last voice */
};

#define TURN_LIMIT_MS 20000
#define TURN_SPEECH_MS 100  /* so much voice is speech */
#define TURN_NOTHING_MS 200 /* so much silence before that, and it was nothing */

/* A step of that length. heard: what is understood so far; `sure` whether it is to be believed. */
enum turn_order turn_step(struct turn *t, int step_ms, bool voice, enum recogniser_reach reach, bool sure);

/* The silence that ends it now. */
int turn_patience_ms(enum recogniser_reach reach, bool sure);

#endif
