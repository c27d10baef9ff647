/* The ring of one call: its stages, each between two links, the last one's output being the first one's input. The
 * supervisor keeps both ends of every link while the call lives: neighbours of a dead stage see silence, never EOF, and
 * its successor finds what was said meanwhile.
 *
 *   ┌─> stage 0 ──────> stage 1 ──── … ────> stage n-1 ──┐    `out` of a stage (its fd 1) and `in` of the next (its
 *   └────────────────────────────────────────────────────┘    fd 0) are the two ends of one link
 *
 * All behind the carrier stage may be replaced while the call goes on (replace.c): the old stages leave in the order of
 * the ring, each at the end of its input, then the new ones start. The two links of the carrier stage stay. */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stdint.h>

#include "child.h"
#include "templates.h"

#define RING_STAGES 24
#define RING_WORDS 1024 /* bytes, of a stage */
#define RING_PLACES 126
#define RING_FAILURES_MAX 6 /* of a stage in a row, each pause of child.h once: some 6 s of silence for the caller */

struct cJSON;
struct generation;

enum ring_state { RING_OPEN, RING_CLOSING, RING_CLOSED };

struct ring_look { /* pulse.c's: what waited at its input when it was looked at last */
	unsigned life, waits;
	ssize_t bytes;
	unsigned char front[32];
};

struct ring_stage {
	struct child child;
	char *words;	    /* as the pipeline has them, or a swap */
	char *before;	    /* the words before a swap, to go back to when the new ones refuse at once; else NULL */
	struct timer proof; /* of a swap: when it has run for a second */
	bool restarting;    /* ended on request: start again whatever its exit code */
	unsigned place;	    /* from 1 */
	int in, out;	    /* our copies of its fd 0 and fd 1; -1: given to who comes after it */
	struct ring_look look;
	struct templates_request request;
	long depth, high, shed; /* from its last stage.stats, by way of rd-monitor */
};

struct ring {
	struct super *super;
	const char *call, *dir, *agent; /* the call's */
	struct generation *generation;
	enum ring_state state;
	unsigned first_life;   /* of each stage: behind those of earlier rings of the call */
	unsigned failures_max; /* in a row, until a stage behind the carrier stage is given up */
	size_t count;
	struct ring_stage *stages[RING_STAGES];
	size_t ended; /* while closing: stages whose output is shut */
	struct timer limit;
	struct { /* while it is replaced */
		struct ring_stage *leaving[RING_STAGES];
		size_t count, ended; /* of leaving; and whose output is shut */
		unsigned warnings;   /* to those that do not go */
		struct timer limit, enter;
	} replace;
	uint8_t lives[RING_PLACES + 1]; /* of a place that nobody has: how often it was started before */
	uint8_t inherits[RING_STAGES];	/* places whose frames the first behind the carrier stage takes out as well */
	size_t inherits_count;
	void *owner;
	void (*on_line)(void *owner, struct ring_stage *from, const struct cJSON *message, const char *bytes, size_t n,
			int fd);
	void (*on_swapped)(void *owner, struct ring_stage *stage, const char *why); /* why not; NULL: it runs */
	void (*on_started)(void *owner, struct ring_stage *stage);		    /* a process of it runs */
	void (*on_failed)(void *owner, struct ring_stage *stage, int code);	    /* it will not come back */
	void (*on_closed)(void *owner);						    /* every stage is gone */
};

/* Lays the links of a pipeline. -1: error says which stage could not be; nothing is left. */
int ring_open(struct ring *r, const char *pipeline, char *error, size_t size);

/* Starts its stages. Blocks while they are forked or executed. */
void ring_start(struct ring *r);

/* Gives up what a ring that has no process any more holds: stages and links. */
void ring_free(struct ring *r);

/* Closes: EOF runs round from behind the carrier stage; 2 s for all, then child_end. */
void ring_close(struct ring *r);

/* Ends and starts a stage again on the same links, with other words if `with` is not NULL: then on_swapped says what
 * came of it. -1: error says why. */
int ring_restart(struct ring *r, const char *stage, const char *with, char *error, size_t size);

/* For replace.c: makes a stage one of this ring; gives one up that has no process any more, with its links. */
void ring_own(struct ring *r, struct ring_stage *stage);
void ring_free_stage(struct ring_stage *stage);
/* Starts those that have no process and do not wait for their back-off. */
void ring_start_missing(struct ring *r);
/* Closing: EOF for the stage behind each that is gone. When all are, on_closed. */
void ring_shut_onward(struct ring *r);

/* replace.c: other stages behind the carrier stage, whose words stay as they are. A program that was there keeps its
 * place with a further life. Soon, from the loop: on_started for each. -1: error says why, nothing has changed. */
int ring_replace(struct ring *r, const char *pipeline, char *error, size_t size);
bool ring_replacing(const struct ring *r);
void ring_replace_exit(struct ring *r); /* a stage that leaves has ended */
/* Whether it is one of those that leave. */
bool ring_leaves(const struct ring *r, const struct ring_stage *stage);

struct ring_stage *ring_find_pid(struct ring *r, pid_t pid);
struct ring_stage *ring_find_stage(struct ring *r, const char *name); /* or by its place, "3" */

#endif
