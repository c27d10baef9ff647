/* What the files of rd-pacer share. */
#ifndef PACER_H
#define PACER_H

#include "cues.h"
#include "silence.h"
#include "stage.h"

struct pacer { /* zeroed has seen nothing of its call */
	struct stage stage;
	struct silence silence;
	struct cues cues;
	struct timer timer;
	char stream[64];    /* of the call.start that counts */
	char progress[512]; /* what a tool has said last, ... */
	char tool[64];	    /* ... and which */
	unsigned orders;    /* ids of ours */
};

/* said.c: says what is due, and sets the time of the next look. ctx is the pacer. */
void said_look(void *ctx);

/* ring.c: what it sees. */
extern const struct stage_row ring_rows[];
extern const size_t ring_row_count;

#endif
