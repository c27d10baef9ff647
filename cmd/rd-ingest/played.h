/* The heard clock: how much of what was sent to the far side has been played to the caller. Pure; time is passed in.
 *
 * It counts bytes (8 a millisecond) since the last `clear`, which begins a new generation. A play-out that was sent
 * something while it had nothing begins a run: from then on it plays in real time until it runs dry. Marks in the
 * stream come back when they are reached: they prove, and they tell when the run was held up on its way, or when the
 * far side's clock is another than ours.
 *
 *      sent        |--------------------------------------------|   known
 *      marks       |------------g7-1-----------g7-2-------------|   sent behind their audio
 *      confirmed   |------------|                                   the last mark that came back
 *      heard       |--------------------|                           run_from + time since, between the two
 *
 * Why the run and not "last echo + elapsed": an echo is late by the way back, and what was sent takes the way there. A
 * `clear` sent now takes that way, too: when it arrives, exactly what the run says has been played. */
#ifndef PLAYED_H
#define PLAYED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAYED_BYTES_PER_MS 8u
#define PLAYED_MARKS 64u
#define PLAYED_LAGS 6u

struct played { /* zeroed: generation 0, nothing sent */
	uint32_t generation;
	uint64_t sent, confirmed;
	uint64_t least;		      /* what was said to be heard is never taken back */
	uint64_t run_from, run_at_us; /* byte run_from began to play then; nothing ran dry since */
	uint32_t next_mark;	      /* its number; marks are numbered from 1 */
	unsigned first, count;	      /* of the marks that are out */
	struct played_mark {
		uint64_t position, sent_us;
	} marks[PLAYED_MARKS];
	bool echoes; /* marks come back, so the next one is waited for; else the clock goes by time alone */
	/* What the way there and back takes, at least (0: not known yet); how late the last echoes of this run were
	 * beyond it; and how much of that was taken for a hole in the play-out. */
	uint64_t way_us, lags_us[PLAYED_LAGS], slipped_us;
	unsigned lag_count;
};

/* A new generation: the far side's buffer is empty and nothing was sent. What is on its way back is of an older one. */
void played_begin(struct played *p, uint32_t generation);

void played_send(struct played *p, size_t bytes, uint64_t now_us);

/* A mark behind all that was sent. Its number, or 0: too many are out. */
uint32_t played_mark(struct played *p, uint64_t now_us);

/* The name "g7-12" of a mark, and back. parse: -1, it is none of ours. */
char *played_name(uint32_t generation, uint32_t mark, char out[24]);
int played_parse(const char *name, uint32_t *generation, uint32_t *mark);

/* A mark came back. False: it is of an older generation, or none of ours. */
bool played_echo(struct played *p, uint32_t generation, uint32_t mark, uint64_t now_us);

/* Bytes of this generation that were heard; never more than sent, never less than said before. */
uint64_t played_heard(struct played *p, uint64_t now_us);

/* What was surely heard by a far side that was gone some time after alive_us, when it was heard of last: not what the
 * clock ran on after that, nor beyond a mark that was overdue by then. */
uint64_t played_surely(const struct played *p, uint64_t alive_us);

/* Bytes of played_heard that no mark has proven; 0 when marks do not come back at all. */
uint64_t played_unproven(const struct played *p);

/* When byte `position` (<= sent) will have been heard; 0 if that depends on a mark that has to come back first. */
uint64_t played_when(const struct played *p, uint64_t position);

/* Whether marks are out, and when the first of them must be called lost (0: none is out). */
uint64_t played_overdue_at(const struct played *p);

/* The first mark is lost although the line lives: go by time alone until one comes back, as before the first one. */
void played_give_up(struct played *p);

#endif
