/* The answering machine: what rd-voicemail has of one call, and its deeds, from the greeting to the goodbye. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>

#include "ear.h"
#include "message.h"
#include "phrase.h"
#include "stage.h"

/* In this order and never back; a successor begins where its predecessor was. */
enum phase {
	PHASE_WAITING,	 /* for call.setup, and for a word on why we have the call */
	PHASE_GREETING,	 /* until the tone was heard */
	PHASE_RECORDING, /* until silence, #, the limit, no room, or the end of the call */
	PHASE_PARTING	 /* thanks are said; the carrier stage hangs up behind them */
};

enum speech { SPEECH_OWN, SPEECH_GREETING, SPEECH_THANKS, SPEECH_FULL, SPEECH_GOODBYE, SPEECH_TONE, SPEECHES };
#define MACHINE_WHYS 6

struct machine { /* zeroed is new */
	struct stage stage;
	enum phase phase;
	char call[40], from[24];
	char folder[PATHS_MAX_BYTES];	    /* of the messages */
	bool room;			    /* in it */
	struct phrase speeches[SPEECHES];   /* looked up before the call, for that blocks */
	struct phrase honest[MACHINE_WHYS]; /* why the agent that was wanted is not here */
	unsigned missing;		    /* phrases without a sound */
	char first_missing[PHRASE_NAME_BYTES];
	const struct phrase *why;  /* the one that fits, or NULL */
	uint32_t last_words, tone; /* items: of the greeting, of the tone */
	unsigned spoken_ms;	   /* of what we have said so far */
	unsigned orders;	   /* to hang up */
	bool started;		   /* the line is there, so that what was said is being played */
	bool speaking, left;	   /* left: there is a message, and it was told */
	struct ear ear;
	struct message message;
	struct timer timer;
};

/* Looks up the phrases of the stage's agent, and whether there is room for a message. Blocks on the disk. */
void machine_open(struct machine *m);
/* Waits for the disk. */
void machine_close(struct machine *m);

/* Goes on where an earlier life of this place was. */
void machine_resume(struct machine *m);

/* The call is known: greets, after a moment in which machine_explain may come. */
void machine_answer(struct machine *m, const char *call, const char *from);
/* The agent that was wanted cannot be had, why: a word of agent.switched. */
void machine_explain(struct machine *m, const char *why);

/* The line is there, or lost. Without it nobody waits for the tone. */
void machine_start(struct machine *m, bool started);

/* The caller's voice; a key; the carrier's clock. all: that item was heard to its end; cut: no more of it will be. */
void machine_hear(struct machine *m, const int16_t *samples, size_t n, unsigned rate_hz);
void machine_key(struct machine *m, char digit);
void machine_heard(struct machine *m, uint32_t item, bool all);
void machine_cut(struct machine *m, uint32_t item);

/* The carrier stage could not carry out that order. */
void machine_insist(struct machine *m, const char *id);

/* The caller has gone: what was said is a message. */
void machine_end(struct machine *m);

void machine_say_state(struct machine *m);

#endif
