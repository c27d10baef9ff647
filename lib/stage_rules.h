/* What stage.c and stage_rules.c share: the bookkeeping of the ring's rules. Nobody else includes this. */
#ifndef STAGE_RULES_H
#define STAGE_RULES_H

#include "receipts.h"
#include "stage.h"

#define STAGE_INPUT_MOST 256 /* packets at once: timers, signals and the supervisor get their turn under any flood */

struct stage_rules {
	struct receipts receipts;
	uint8_t taken_out[127]; /* places whose frames end here: one's own first, then those it swallowed */
	size_t taken_count;
	unsigned long pending; /* states to be said when the helloes are gathered, a bit each */
	uint64_t frames, strays, foreign, unsaid;
	bool said_hello;
};

/* A frame from the input: taken out, dropped, handled, passed on. */
void stage_rules_frame(struct stage *s, struct frame *f);
/* One that came the way back: handled. */
void stage_rules_back(struct stage *s, const struct frame *f);
/* What the helloes of the last 20 ms asked for. */
void stage_rules_gathered(void *stage);
/* stage.hello with what the program needs: its first word, before whatever else it says. Once. */
void stage_rules_hello(struct stage *s);
/* stage.stats every 5 s, and the same counters as a log line. */
void stage_rules_stats(void *stage);
void stage_rules_log(struct stage *s);
/* The frame to the output; its failure ends the stage. */
void stage_rules_send(struct stage *s, const struct frame *f);
/* Nobody reads any more, or it cannot be written (errno): ends the stage at once. */
void stage_rules_lost(struct stage *s);

#endif
