/* The ring of one call: its stages, each between two links, the last one's output being the first one's input. The
 * supervisor keeps both ends of every link while the call lives: neighbours of a dead stage see silence, never EOF, and
 * its successor finds what was said meanwhile.
 *
 *      links[0]        links[1]              links[n-1]
 *   ┌─> stage 0 ──────> stage 1 ──── … ────> stage n-1 ──┐    links[i].out is fd 1 of stage i, links[i].in is fd 0 of
 *   └────────────────────────────────────────────────────┘    stage i+1 (of stage 0 for the last)
 */
#ifndef RING_H
#define RING_H

#include <stdbool.h>

#include "child.h"
#include "templates.h"

#define RING_STAGES 24

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
	char words[1024];   /* as the pipeline has them, or a swap */
	char before[1024];  /* the words before a swap, to go back to when the new ones refuse at once; else empty */
	struct timer proof; /* of a swap: when it has run for a second */
	bool restarting;    /* ended on request: start again whatever its exit code */
	unsigned place;	    /* from 1 */
	struct ring_look look;
	struct templates_request request;
	long depth, high, shed; /* from its last stage.stats, by way of rd-monitor */
};

struct ring {
	struct super *super;
	const char *call, *dir, *agent; /* the call's */
	struct generation *generation;
	enum ring_state state;
	unsigned first_life; /* of each stage: behind those of earlier rings of the call */
	size_t count;
	struct ring_stage *stages; /* count of them: room for the most would be 60 KiB a call */
	struct {
		int out, in;
	} links[RING_STAGES];
	size_t ended; /* while closing: stages whose output is shut */
	struct timer limit;
	void *owner;
	void (*on_line)(void *owner, struct ring_stage *from, const struct cJSON *message, const char *bytes, size_t n,
			int fd);
	void (*on_swapped)(void *owner, struct ring_stage *stage, const char *why); /* why not; NULL: it runs */
	void (*on_started)(void *owner, struct ring_stage *stage);		    /* a process of it runs */
	void (*on_failed)(void *owner, const char *stage,
			  int code);	/* a stage will not come back: end the call honestly */
	void (*on_closed)(void *owner); /* every stage is gone */
};

/* Lays the links of a pipeline. -1: error says which stage could not be; nothing is left. */
int ring_open(struct ring *r, const char *pipeline, char *error, size_t size);

/* Starts its stages. Blocks while they are forked or executed. */
void ring_start(struct ring *r);

/* Gives up what a ring that has no process any more holds. */
void ring_free(struct ring *r);

/* Closes: EOF runs round from behind the carrier stage; 2 s for all, then child_end. */
void ring_close(struct ring *r);

/* Ends and starts a stage again on the same links, with other words if `with` is not NULL: then on_swapped says what
 * came of it. -1: error says why. */
int ring_restart(struct ring *r, const char *stage, const char *with, char *error, size_t size);

struct ring_stage *ring_find_pid(struct ring *r, pid_t pid);
struct ring_stage *ring_find_stage(struct ring *r, const char *name); /* or by its place, "3" */

#endif
