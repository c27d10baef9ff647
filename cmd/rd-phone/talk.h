/* The telephone line from the moment the call is answered: 50 times a second the caller's mouth, the assistant's
 * play-out, both ears and the recording; and the stream that carries it, of which a call may have several, one after
 * the other. */
#ifndef TALK_H
#define TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badline.h"
#include "caller.h"
#include "ear.h"
#include "handset.h"
#include "latemarks.h"
#include "lateness.h"
#include "loop.h"
#include "manners.h"
#include "mishap.h"
#include "playout.h"
#include "plays.h"
#include "progress.h"
#include "stream.h"
#include "summary.h"
#include "tape.h"
#include "transit.h"

struct talk {
	struct loop *loop;
	struct summary *summary;
	struct progress *progress;
	const struct badline *line;
	const struct manners *manners;
	void (*on_stream_over)(void *ctx, bool was_open, int status, const char *why);
	void (*on_stream_open)(void *ctx);
	void (*on_hang_up)(void *ctx); /* the caller has nothing more to say */
	void *ctx;
	struct stream stream;
	struct playout playout;
	struct plays plays;
	struct caller caller;
	struct ear heard, mouth;
	struct handset handset;
	struct tape tape;
	struct timer tick, mark;
	struct mishap mishap;
	struct transit transit;
	struct latemarks latemarks;
	struct lateness tick_late, mark_late;
	uint64_t begun_us; /* when the line's clock and the true one agreed */
	uint64_t next_us;  /* these three by the line's clock */
	uint64_t onset_us; /* of the caller's interruption that no clear has answered yet, 0: none */
	bool asked;	   /* the caller has said something, no answer was heard yet */
};

/* All up to ctx, the caller's acts, the handset, the tape and the ears' silence are set. -1: no memory. */
int talk_open(struct talk *t);
void talk_close(struct talk *t);

/* The call is answered: the line runs from now on. Once. */
void talk_begin(struct talk *t);

/* As stream_open, over a bad wire if one was asked for: on_stream_over follows when it is over. */
int talk_stream(struct talk *t, const char *url, const char *headers, char *error, size_t size);

/* The time on the line, whose clock may drift. */
uint64_t talk_now_us(const struct talk *t);

/* How the line was, and how late we were, for the summary. */
void talk_facts(const struct talk *t);

/* The caller's end of it is put down. */
void talk_stop(struct talk *t);

#endif
