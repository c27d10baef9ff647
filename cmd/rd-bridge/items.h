/* What the assistant says, piece by piece: our item on the ring beside the server's (response, item, content part), how
 * much of its audio came, and how much the caller has heard. Pure: what is to be cut is worked out here, said
 * elsewhere. */
#ifndef ITEMS_H
#define ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"
#include "realtime.h"

#define ITEMS_MAX 32 /* the oldest makes room; so many at once are never unheard */
#define ITEMS_TEXT_MAX 16000u
#define ITEMS_DISCARDED 8

struct item {
	uint32_t ring; /* 0: a free place */
	char response[REALTIME_ID_BYTES], id[REALTIME_ID_BYTES];
	int content;
	unsigned connection;	/* the one on which the server knows it */
	uint64_t bytes;		/* of audio that came */
	uint64_t first_us;	/* when the first of them came */
	long heard_ms, sent_ms; /* the carrier's word for it */
	bool heard_all;		/* complete, and heard to its end */
	bool ended;		/* its END has gone out */
	bool done;		/* assistant.done has gone out */
	bool discarded;		/* interrupted: what still comes is dropped */
	bool settled;		/* the server was told how much of it was heard */
	bool retried;		/* and once more, with its own number */
	bool odd;		/* half a sample waits in rest */
	uint8_t rest;
	unsigned cut_event;	       /* the number of the truncate that was sent */
	char *text;		       /* malloced, all words so far */
	size_t text_bytes, said_bytes; /* of them have gone out as assistant.text */
	uint64_t said_at;	       /* bytes of audio that had come by the last of those */
	unsigned pieces;
};

struct items {
	unsigned next, next_discarded;
	unsigned bytes_per_ms;
	uint32_t newest;  /* the newest that has sound; 0: none yet */
	uint64_t told_us; /* when the carrier last said what was heard; 0: never, nobody does */
	struct {
		uint32_t item; /* of a former life of ours, or of another brain: still to be heard */
		uint64_t at_us;
	} foreign;
	struct item all[ITEMS_MAX];
	char discarded[ITEMS_DISCARDED][REALTIME_ID_BYTES];
};

/* Zeroed before, which is not done here: it would touch all of it. */
void items_open(struct items *t, unsigned bytes_per_ms);
void items_close(struct items *t);

/* A new one in the place of the oldest; borrowed until then. */
struct item *items_add(struct items *t, uint32_t ring, const char *response, const char *id, int content,
		       unsigned connection);
struct item *items_find(struct items *t, const char *id, int content, unsigned connection); /* NULL: not known */
struct item *items_ring(struct items *t, uint32_t ring);
struct item *items_cut_by(struct items *t, unsigned cut_event);

long items_received_ms(const struct items *t, const struct item *i);
/* Words are added to its text. -1: no memory, or too many. */
int items_words(struct item *i, const char *words);

/* The carrier's word. An entry that is none of ours is remembered for a while: it can be interrupted as well. */
void items_heard(struct items *t, const struct event_heard *h, uint64_t now_us);

/* Whether the caller is still to hear something of ours. */
bool items_unheard(const struct items *t, uint64_t now_us);
/* When all of it will have been heard, as far as can be known without the carrier's word; 0: nothing is unheard. */
uint64_t items_heard_by_us(const struct items *t);
/* Nobody says what is heard (there is no carrier that does): take all as heard. */
void items_assume_heard(struct items *t);

/* Interrupts: what is unheard is discarded, and what is still to come of the response ("": none is active). */
void items_discard(struct items *t, const char *response);
bool items_is_discarded(const struct items *t, const char *response);

/* How many bytes of its text were heard. */
size_t items_heard_words(const struct items *t, const struct item *i);

enum items_cut { ITEMS_LEAVE, ITEMS_TRUNCATE, ITEMS_DELETE };
/* What to tell the server of a discarded item, now that it is known how much was heard; *end_ms for a truncate. */
enum items_cut items_cut(const struct items *t, const struct item *i, long *end_ms);

#endif
