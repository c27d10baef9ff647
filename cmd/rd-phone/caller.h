/* The person at the telephone: what they say and press, and when. They wait until the assistant has finished, or speak
 * into its sentence where they were told to; at the end they hang up. Time and what is heard are passed in, 50 times a
 * second. */
#ifndef CALLER_H
#define CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ear.h"
#include "voice.h"

#define CALLER_FRAME 160
#define CALLER_ACTS 256

struct act {		  /* one of: words or a file, or keys */
	const char *name; /* the sentence, the file or the digits, as given */
	struct clip clip;
	bool keys;
	bool at_once;	   /* whatever the assistant is doing */
	char *typed;	   /* where the name lies then, malloced; else NULL */
	long interrupt_ms; /* so long after the assistant began; -1: when it has finished */
};

void act_drop(struct act *a);

struct caller_calls {
	void (*on_act)(void *ctx, const struct act *a); /* begins */
	void (*on_key)(void *ctx, char digit);
	void (*on_hang_up)(void *ctx); /* nothing more to say, and nothing to hear for long enough */
};

struct caller {
	const struct caller_calls *calls;
	void *ctx;
	struct act acts[CALLER_ACTS];
	size_t count, next;
	uint64_t patience_us;	     /* speaks after so much silence, also if the assistant said nothing */
	uint64_t hangup_us;	     /* hangs up after so much silence, when all was said */
	const struct act *now;	     /* the act that is being done, or NULL */
	size_t done;		     /* bytes spoken or keys pressed of it */
	uint64_t key_us;	     /* of the next key */
	uint64_t begun_us, ended_us; /* the last act */
	uint64_t open_us;	     /* since when somebody can listen, 0: nobody can */
	bool gone;
};

/* -1: too many are waiting. The clip is taken over, and what was typed. */
int caller_add(struct caller *c, const struct act *a);
void caller_close(struct caller *c);

/* Whether these can be pressed: 0-9 * # A-D, at least one. */
bool caller_are_keys(const char *text);

/* The line can be spoken into from now on, or not: nothing begins on a dead line, but a sentence that was begun goes
 * on. */
void caller_line(struct caller *c, bool open, uint64_t now_us);

/* The next 20 ms from the caller's mouth. heard is what the assistant says, quiet: nothing more of it is queued. */
void caller_frame(struct caller *c, uint8_t out[CALLER_FRAME], const struct ear *heard, bool quiet, uint64_t now_us);

#endif
