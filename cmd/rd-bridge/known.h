/* What the ring has told of this call: who calls, what is known of them, which tools there are. The brain waits for it
 * at most 150 ms, and takes in later what comes later. */
#ifndef KNOWN_H
#define KNOWN_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "loop.h"
#include "parts.h"

struct bridge;
struct cJSON;
struct frame;

struct known {
	bool setup, tools, context; /* were said */
	bool started, lost;	    /* audio can flow; it did, and the stream broke */
	bool ready;		    /* waited for long enough */
	bool begun;		    /* this call was begun by another brain: no greeting */
	bool untouched;		    /* ... but nobody has heard a word of it yet */
	bool outbound;
	uint64_t started_us; /* since when the caller hears us */
	char stream[64];     /* of the last call.start */
	char *instructions;  /* the agent's own words */
	char *caller_name, *task;
	time_t at;	     /* when it began: the instructions do not change with the minute */
	struct parts parts;  /* of a context that comes in */
	struct cJSON *about; /* {caller, facts, summary} of the newest context */
	struct timer timer;
};

void known_open(struct bridge *b, char *instructions); /* taken over */
void known_close(struct bridge *b);

void known_setup(struct bridge *b, const struct cJSON *event);
void known_start(struct bridge *b, const struct cJSON *event);
void known_lost(struct bridge *b);
void known_tools(struct bridge *b, const struct frame *f, const struct cJSON *event);
void known_context(struct bridge *b, const struct cJSON *event);

/* Waits no longer. */
void known_go(struct bridge *b);

/* The joined instructions as of now, malloced, the caller's. NULL without memory. */
char *known_prompt(struct bridge *b);

#endif
