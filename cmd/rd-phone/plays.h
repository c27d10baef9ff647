/* The truth about what was heard, for who wants to prove a clock: the assistant's audio in stretches, each from a clear
 * (or a stream's beginning) to the next clear (or the stream's end), with what came of it and what sounded before it
 * was dropped. */
#ifndef PLAYS_H
#define PLAYS_H

#include <stdint.h>

struct playout;
struct summary;

struct plays {		  /* zeroed is ready */
	uint64_t base;	  /* the byte with which the stretch begins */
	uint64_t from_us; /* when it came; 0: not yet */
	uint64_t late_us; /* the most that a timer of ours was late in it: then we are no judge */
};

/* Audio came. */
void plays_audio(struct plays *p, uint64_t now_us);

/* A timer was due then and ran now. */
void plays_late(struct plays *p, uint64_t due_us, uint64_t now_us);

/* A clear came, or the stream is over: tells the stretch, before the rest of it is dropped. The play-out has been
 * advanced to now_us, a time of clock_us(). */
void plays_end(struct plays *p, const struct playout *o, struct summary *s, const char *why, uint64_t now_us);

#endif
