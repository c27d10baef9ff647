/* A ring by hand: stages, each between two links, the last one's output being the first one's input. All ends of all
 * links are kept here too, so nobody sees EOF before the ring is closed; then it runs from stage to stage. */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <sys/types.h>

#include "loop.h"

#define RING_STAGES 24
#define RING_WORDS 64

struct ring_stage {
	struct ring *ring;
	pid_t pid;	/* 0: gone, or not yet there */
	char buf[2048]; /* its words */
	const char *words[RING_WORDS];
	char place[8];
	int in, out, line; /* our copies: its fd 0 and 1, the other end of its fd 3 */
	struct watch line_watch;
};

enum ring_state { RING_OPEN, RING_CLOSING, RING_KILLING };

struct ring { /* zeroed is closed */
	struct loop *loop;
	enum ring_state state;
	size_t count;
	struct ring_stage stages[RING_STAGES];
	size_t first, ended; /* closing: the stage that ended first, and how many after it have seen EOF */
	int status;	     /* what became of it: 0, or the exit code for what went wrong */
	struct timer limit;
};

/* Takes a pipeline apart: words and bars, quotes around either. -1: error says what was expected. */
int ring_read(struct ring *r, const char *pipeline, char *error, size_t size);

/* Starts every stage with `given` (NULL-terminated) and `--origin N --life 0` behind its words. Stops the loop when the
 * last is gone. -1: error says what failed; those that run are killed. */
int ring_start(struct ring *r, struct loop *loop, const char *const *given, char *error, size_t size);

/* Asks the first stage to end the call; asked again, the others too; then kills. */
void ring_end(struct ring *r);

/* Children have ended. */
void ring_reap(struct ring *r);

void ring_close(struct ring *r);

#endif
