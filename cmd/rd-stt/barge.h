/* Interruptions: whether a sound of the caller ends the sentence that the assistant is speaking. Pure: what is heard in
 * steps, orders out.
 *
 * The assistant is silent at once, at the first sound that may be a voice. Then there is less than 400 ms to tell: like
 * a sentence, or so long that it is one: the sentence is over. A cough, "uh-huh", its own echo: it goes on. Whoever
 * makes it pause for nothing again and again (music, a noisy street) does so at ever longer distances. */
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
	struct recogniser_heard heard;
};

#define BARGE_DECIDE_MS 360 /* after the pause */

enum barge_order barge_step(struct barge *b, int step_ms, const struct barge_heard *h);

/* The turn is over; sure: it was a sentence. */
enum barge_order barge_end(struct barge *b, bool sure);

#endif
