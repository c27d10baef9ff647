/* What is to be said, and what was: the orders in their turn, each an item of its own, sentence by sentence; the words
 * of each sentence with the times at which they end; never further ahead of the caller's ear than need be. */
#ifndef MOUTH_H
#define MOUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lead.h"
#include "maker.h"
#include "order.h"
#include "script.h"
#include "stage.h"

#define MOUTH_ORDERS 32
#define MOUTH_TEXT_BYTES 16384u
#define MOUTH_KNOWN 64	     /* ids of orders that were taken */
#define MOUTH_AHEAD_MS 5000L /* the next sentence is begun when less than this is unheard */

struct mouth {
	struct stage *stage;
	struct maker maker;
	struct maker_work work;
	struct lead lead;
	struct timer later;
	char voice[MAKER_VOICE_BYTES], language[16], agent[64];
	char sure[MAKER_VOICE_BYTES]; /* the last voice that has spoken, or was there at the start */
	struct order orders[MOUTH_ORDERS];
	size_t count;
	bool making; /* a piece of the first of them */
	struct piece piece;
	uint64_t known[MOUTH_KNOWN];
	unsigned known_next, variant, clears;
	uint32_t newest; /* item with sound */
	bool speaking, ending;
	uint8_t thinker; /* who says that he is thinking; 0: nobody */
	char thinks_on[8];
};

/* The voice of the stage's agent. 0, or -1 with error: it cannot speak. */
int mouth_open(struct mouth *m, struct stage *s, char *error, size_t size);
/* Starts its thread: behind the sandbox, before anything else. 0, or -1 with errno. */
int mouth_start(struct mouth *m);
void mouth_close(struct mouth *m);

struct mouth_wish { /* what an assistant.say holds; NULL where it does not */
	const char *text, *phrase, *id;
	double rate;
	bool interrupt;
};
void mouth_say(struct mouth *m, const struct mouth_wish *w);

/* Silence for all that is not newer than the item; 0: for all. */
void mouth_clear(struct mouth *m, uint32_t newest);
void mouth_heard(struct mouth *m, const struct event_heard *h);
void mouth_hold(struct mouth *m, bool held);
/* From the next sentence on; "" leaves it. Of a voice that is not there the log tells, and the old one goes on. */
void mouth_switch(struct mouth *m, const char *agent, const char *voice, const char *language);
/* Another one's assistant.state: what he says of himself counts as long as nothing is said; on NULL: he is not thinking
 * any more. */
void mouth_think(struct mouth *m, uint8_t origin, const char *on);
/* For who has just started. */
void mouth_say_state(struct mouth *m);
/* Ends the stage when all is said. */
void mouth_end(struct mouth *m);

#endif
