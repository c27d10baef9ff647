/* What rd-memory holds of one call: who calls, what is known of them, what was said; and its three voices: context.c
 * tells the brain, record.c writes down, notes.c is the tools remember and recall. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>

#include "remote.h"
#include "stage.h"
#include "turns.h"

#define MEMORY_REVS_PER_LIFE 1000 /* the revs of a life go on where the one before may have been */
#define MEMORY_RESULTS 32

struct note;

struct memory { /* zeroed is closed */
	struct stage *stage;
	struct remote store;
	struct turns turns;
	char agent[80];
	char call[40], caller[24]; /* caller "": withheld, so nothing is remembered beyond the call */
	char name[120];
	bool set_up;
	uint32_t typed; /* events typed by hand have no seq: counted here */

	uint64_t results[MEMORY_RESULTS]; /* of tools that were told last, by a hash of their ids */
	unsigned result_count;

	struct cJSON *facts; /* of the store, and those remembered since */
	char last_call[64];
	long context_rev, list_rev;
	bool context_said, listed;
	bool chosen[2]; /* whether the agent has remember, recall */
	struct timer context_timer;

	struct note *notes; /* tools at work */
	size_t note_count;
	struct timer end_timer;
	bool ending;
};

#endif
