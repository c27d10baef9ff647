/* The caller interrupts, or somebody else wants silence: openai-realtime.md §12. Silence first (call.clear), then
 * everything else; when the carrier has said how much was heard of each item, the server is told: cut there, deleted
 * where nothing was heard, left alone where all was. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include "loop.h"

struct bridge;
struct cJSON;
struct item;

struct interrupt {
	unsigned clears;
	char clear[32];	  /* id of the last call.clear that is not answered; "": none */
	char cleared[32]; /* of the last answer: a clear that another stage said comes here behind it */
	struct timer timer;
};

void interrupt_open(struct bridge *b);

/* Silence at once, for this reason of call.clear's; nothing, if nothing is to be heard any more. */
void interrupt(struct bridge *b, const char *why);
/* Somebody else has cleared what was queued. */
void interrupt_by_other(struct bridge *b, const struct cJSON *event);
/* The carrier's answer to a clear. */
void interrupt_cleared(struct bridge *b, const struct cJSON *event);
/* Tells the server how much of a discarded item was heard. */
void interrupt_settle(struct bridge *b, struct item *i);

#endif
