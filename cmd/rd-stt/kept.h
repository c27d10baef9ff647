/* The utterance under way, in the file DIR/hearing: what was decided of it so far and its sound, so that kill -9 loses
 * nothing of it. The call's folder is in memory; a write to it waits for nothing. */
#ifndef KEPT_H
#define KEPT_H

#include <stddef.h>
#include <stdint.h>

#include "barge.h"
#include "playing.h"
#include "turn.h"
#include "voice.h"

#define KEPT_GRAMMAR_BYTES 64

struct kept_state {
	uint32_t bytes;	  /* of this layout */
	uint32_t samples; /* of its sound */
	struct turn turn;
	struct barge barge;
	struct playing playing;
	struct voice_floor floor;
	uint64_t now_ms, since_us;
	unsigned utterances, pauses;
	bool started;
	int pitched_ms, held_ms; /* of the turn */
	float echo_db, turn_db, caller_db;
	char name[32], pause[40], grammar[KEPT_GRAMMAR_BYTES];
};

struct kept {
	int fd; /* -1: nothing is kept */
};

/* 1: a predecessor's was found, 0: a new one or none at all (dir NULL, or errno is not 0). */
int kept_open(struct kept *k, const char *dir, struct kept_state *state);
void kept_close(struct kept *k); /* the file stays */

/* Sound first, then the state that counts it: whatever moment it ends at, both fit. */
void kept_sound(struct kept *k, uint32_t at, const int16_t *samples, size_t n);
void kept_say(struct kept *k, const struct kept_state *state);
/* How many samples were read. */
size_t kept_read(const struct kept *k, uint32_t at, int16_t *samples, size_t n);

#endif
