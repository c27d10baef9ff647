/* The ear: the caller's line in, events out. Steps of 20 ms; the only clock is the sound itself, so that what was
 * recorded is heard as it was then, however fast it is played. */
#ifndef EAR_H
#define EAR_H

#include "barge.h"
#include "kept.h"
#include "playing.h"
#include "recogniser.h"
#include "timbre.h"
#include "turn.h"
#include "voice.h"

struct stage;

#define EAR_BEFORE 15 /* steps that are heard from before the first voice: it begins softly */

struct ear {
	struct stage *stage;
	const struct recogniser_back *back;
	struct voice voice;
	struct timbre timbre;
	struct recogniser_heard heard;
	struct kept kept;
	struct kept_state now; /* all that a successor needs */
	bool begun;	       /* the back end is open */
	int deaf_ms;	       /* a key was pressed */
	char grammar[KEPT_GRAMMAR_BYTES],
		partial[RECOGNISER_TEXT_BYTES]; /* from the next turn on; the last that was said */
	int16_t before[EAR_BEFORE][VOICE_STEP], step[VOICE_STEP];
	int before_at, filled;
	struct {
		uint64_t turns, nothing, unsure, pauses, clears;
	} count;
};

void ear_open(struct ear *e, struct stage *stage, const struct recogniser_back *back);
/* The back end is open. dir: the call's folder, or NULL; what a predecessor was hearing is heard again and goes on. */
void ear_begin(struct ear *e, const char *dir);
void ear_close(struct ear *e);

/* Samples at 16 kHz, any number; birth_us: of the first. */
void ear_hear(struct ear *e, const int16_t *samples, size_t n, uint64_t birth_us);

/* Whether it waits for more sound: to end a turn, or a pause. */
bool ear_busy(const struct ear *e);

void ear_key(struct ear *e);			     /* the caller pressed one */
void ear_expect(struct ear *e, const char *grammar); /* from the next turn on */

/* The grammar of the next turn if it is not prepared yet and now is the time to do so, between two turns; else NULL. */
const char *ear_wants(const struct ear *e);

#endif
