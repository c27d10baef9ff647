/* Whether the model is there while the caller waits for it. A caller hears nothing of reasons: so long as nobody
 * answers he hears silence. A server that has not said a word since he waits is asked something that costs nothing
 * (`session.update` without a change): whoever answers that is slow, and gets its time; whoever does not is replaced by
 * another connection, or given up, in time for somebody else to speak within 3 s.
 *
 *   he waits --0.7 s--> asked --0.5 s--> another connection is made, and takes over when it stands
 *                                        --2.0 s since he waits--> session_fail */
#ifndef ALIVE_H
#define ALIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "ear.h"

struct bridge;

#define ALIVE_WAIT_US 2000000u /* that he may wait for a sign; the rest of the 3 s is whose who takes over */

struct alive {		   /* zeroed: nobody waits */
	struct ear ear;	   /* for what the server should have heard */
	uint64_t owed_us;  /* since when the caller waits for an answer, or for the rest of one; 0: he does not */
	uint64_t heard_us; /* when the server said anything last, be it to our question */
	uint64_t asked_us; /* when it was asked that; 0: it has answered, or was not */
	bool guessed;	   /* owed by our own ear: the server may know better */
};

/* The caller's voice, on its way to the server. */
void alive_hear(struct bridge *b, const uint8_t *audio, size_t n);

/* An answer is owed from now on, or since the caller ended speaking. Harmless again. */
void alive_owe(struct bridge *b);
/* Sound has come, or nothing is owed any more. */
void alive_paid(struct bridge *b);

/* It has answered something that was asked for. */
void alive_found(struct bridge *b);
/* The server has said something. */
void alive_heard(struct bridge *b);

/* Since when a caller who can hear waits; 0: nobody does. */
uint64_t alive_waits_us(const struct bridge *b);
/* He has waited for as long as may be. */
bool alive_overdue(const struct bridge *b, uint64_t now_us);

/* Acts on what it finds: another connection, or the end of this brain. due_us: when it should have been asked. */
void alive_check(struct bridge *b, uint64_t now_us, uint64_t due_us);

#endif
