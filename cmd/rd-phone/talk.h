/* The telephone line from the moment the call is answered: 50 times a second the caller's mouth, the assistant's
 * play-out, both ears and the recording; and the stream that carries it, of which a call may have several, one after
 * the other. */
#ifndef TALK_H
#define TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "caller.h"
#include "ear.h"
#include "loop.h"
#include "playout.h"
#include "progress.h"
#include "stream.h"
#include "summary.h"
#include "tape.h"

struct talk {
	struct loop *loop;
	struct summary *summary;
	struct progress *progress;
	void (*on_stream_over)(void *ctx, bool was_open, int status, const char *why);
	void (*on_hang_up)(void *ctx); /* the caller has nothing more to say */
	void *ctx;
	struct stream stream;
	struct playout playout;
	struct caller caller;
	struct ear heard, mouth;
	struct tape tape;
	struct timer tick, mark;
	uint64_t next_us;
	uint64_t onset_us; /* of the caller's interruption that no clear has answered yet, 0: none */
	bool asked;	   /* the caller has said something, no answer was heard yet */
};

/* The first seven members, the caller's acts, the tape and the ears' silence are set. -1: no memory. */
int talk_open(struct talk *t);
void talk_close(struct talk *t);

/* The call is answered: the line runs from now on. Once. */
void talk_begin(struct talk *t);

/* As stream_open: on_stream_over follows when it is over. */
int talk_stream(struct talk *t, const char *url, const char *headers, char *error, size_t size);

/* The caller's end of it is put down. */
void talk_stop(struct talk *t);

#endif
