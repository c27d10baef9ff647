/* What a pacer says, with its sound: found at the start, so that nobody waits for a disk later. */
#ifndef CUES_H
#define CUES_H

#include <stddef.h>
#include <stdint.h>

#include "phrase.h"
#include "silence.h"

struct conf;

#define CUES_VARIANTS 8

struct cues { /* zeroed holds nothing */
	struct cue {
		char *text;
		const uint8_t *audio; /* mu-law, 8000 a second, a mapping; NULL: not prepared */
		size_t bytes;
	} all[SILENCE_ORDERS][CUES_VARIANTS];
	unsigned count[SILENCE_ORDERS], next[SILENCE_ORDERS];
	char last[PHRASE_TEXT_BYTES];
};

/* Finds those of all agents, for forks that will want them. Blocks on the disk. */
void cues_warm(const struct conf *conf);

/* The agent's phrases. What is missing is logged, once. Blocks on the disk for what was not there before the fork. */
void cues_open(struct cues *c, const struct conf *conf, const char *agent, unsigned seed);

void cues_close(struct cues *c);

/* What was played last, by a predecessor in the call's folder, or by us: the text is kept there (tmpfs) for a
 * successor. folder NULL: nowhere. */
void cues_recall(struct cues *c, const char *folder);
void cues_keep(const struct cues *c, const char *folder);

/* One for the order; of what fills a wait never the same twice in a row. NULL: there is none. */
const struct cue *cues_next(struct cues *c, enum silence_order order);

#endif
