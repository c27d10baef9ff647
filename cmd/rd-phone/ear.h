/* Who speaks when: the level of one direction of the line, and from it utterances that begin with a sound and end with
 * a long enough silence. Time is passed in. */
#ifndef EAR_H
#define EAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ear {
	uint64_t silence_us; /* after so much an utterance is over */
	bool speaking;
	uint64_t begun_us; /* of the utterance that is heard, or was heard last; 0: none yet */
	uint64_t sound_us; /* the last sound in it */
	unsigned utterances;
	unsigned level; /* of the last frame: 0 to 10, each 6 dB */
};

/* Hears n bytes of mu-law, at most 20 ms make one measurement; true when an utterance begins with them. */
bool ear_hear(struct ear *e, const uint8_t *mulaw, size_t n, uint64_t at_us);

/* Says how late it is; true when an utterance is over by it. */
bool ear_tick(struct ear *e, uint64_t now_us);

/* Nobody has listened until now: that was no silence, which begins anew. */
void ear_wake(struct ear *e, uint64_t now_us);

#endif
