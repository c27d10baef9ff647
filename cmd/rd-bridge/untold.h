/* What a successor must be told of this brain's caller and could learn nowhere else: the turns that he has spoken and
 * that nobody has written down yet (their sound is in the backlog), and the tools that were called and have not
 * answered. It lies in the backlog's file. Every entry becomes valid, or is gone, by one store; pure.
 *
 * A turn goes from FREE to WAITS when he begins to speak, to ANSWERED when the assistant begins to answer it, and is
 * FREE again when its words are on the ring: from then on the ring's memory has it. AGAIN is one of an earlier
 * connection whose sound was sent once more and which the server has not found yet. */
#ifndef UNTOLD_H
#define UNTOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "realtime.h"

#define UNTOLD_TURNS 8
#define UNTOLD_CALLS 8
#define UNTOLD_ARGUMENTS 256

enum untold_state { UNTOLD_FREE, UNTOLD_WAITS, UNTOLD_ANSWERED, UNTOLD_AGAIN };

struct untold_turn {
	_Atomic uint32_t state;
	char id[REALTIME_ID_BYTES]; /* the server's; "": not known yet */
	uint64_t place;		    /* where its sound begins in the backlog */
	_Atomic uint64_t end;	    /* where it ends; 0: he speaks */
	uint64_t since_us;	    /* when he began */
};

struct untold_call {
	_Atomic uint32_t open;
	char id[REALTIME_ID_BYTES + 24], name[64], arguments[UNTOLD_ARGUMENTS];
};

struct untold { /* zeroed is empty */
	struct untold_turn turns[UNTOLD_TURNS];
	struct untold_call calls[UNTOLD_CALLS];
	_Atomic uint32_t spoken; /* 1: the assistant has said something in this call */
	_Atomic uint64_t over; /* up to this place of the backlog all that was said belongs to a turn that has ended */
};

/* No entry is odd; written: the backlog's newest place. */
bool untold_is_whole(const struct untold *u, uint64_t written);

/* He begins to speak. The oldest makes room. */
struct untold_turn *untold_begin(struct untold *u, uint64_t place, uint64_t since_us);
/* He has finished. */
void untold_end(struct untold *u, uint64_t end);
/* What the server calls the oldest that has ended and has no name yet. */
void untold_name(struct untold *u, const char *id);
/* The assistant begins to answer what he has finished. */
void untold_answered(struct untold *u);
/* Its words are on the ring, or will never be. "" all that were answered. */
void untold_told(struct untold *u, const char *id);

/* The oldest that is in this state; NULL: none. */
struct untold_turn *untold_first(struct untold *u, enum untold_state state);
struct untold_turn *untold_find(struct untold *u, const char *id);
/* The oldest that was answered and begins here or later; and the oldest that was and has a name that begins so. */
struct untold_turn *untold_answered_from(struct untold *u, uint64_t place);
struct untold_turn *untold_called(struct untold *u, const char *beginning);
bool untold_any(const struct untold *u);

/* All that waits is sent again from one place: the one to begin at, or UINT64_MAX. What the server finds there takes
 * the place of what was known. */
uint64_t untold_again(struct untold *u);

/* A tool was called, and has answered. */
void untold_call(struct untold *u, const char *id, const char *name, const char *arguments);
void untold_call_over(struct untold *u, const char *id);

#endif
