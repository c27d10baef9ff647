/* Interruptions: whether a sound of the caller ends the sentence that the assistant is speaking. Pure: what is heard in
 * steps, orders out.
 *
 * The assistant is silent at once, at the first sound that may be a voice. Then there is less than 400 ms to tell: is
 * it like a sentence, the assistant's own is over. If not (a cough, "uh-huh", music), it goes on, and is stopped later:
 * as soon as a sentence was understood, or when somebody has been speaking for longer than people murmur. Whoever makes
 * it pause for nothing again and again (a noisy street) does so at ever longer distances. */
#ifndef BARGE_H
#define BARGE_H

#include <stdbool.h>

#include "turn.h"

enum barge_state {
	BARGE_NONE,
	BARGE_PAUSED,  /* the assistant is silent, it is being found out why */
	BARGE_DOUBTED, /* it speaks on, against a sound that goes on */
	BARGE_CLEARED, /* the turn is the caller's */
};

enum barge_order { BARGE_GO_ON, BARGE_PAUSE, BARGE_RESUME, BARGE_CLEAR };

struct barge {
	enum barge_state state;
	int paused_ms;	 /* since the pause began */
	int distance_ms; /* to be kept before the next pause */
	int since_ms;	 /* the last pause for nothing */
};

struct barge_heard {
	bool unheard;	  /* the assistant has words that the caller has not heard */
	bool loud;	  /* a voice, and louder than the assistant's echo may be */
	struct turn turn; /* after this step */
	int pitched_ms;	  /* of its voice, with a pitch */
	int held_ms;	  /* of its voice, like a note that is held */
	struct recogniser_heard heard;
};

#define BARGE_DECIDE_MS 360 /* after the pause */

enum barge_order barge_step(struct barge *b, int step_ms, const struct barge_heard *h);

/* The turn is over: what was heard of all of it. */
enum barge_order barge_end(struct barge *b, const struct barge_heard *h);

/* "uh-huh" or the like. The recogniser takes all that it does not know for such; this looks twice. */
bool barge_is_murmur(const struct barge_heard *h);

#endif
