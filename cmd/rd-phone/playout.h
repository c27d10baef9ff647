/* What Twilio does with audio that is sent to it: queues it, plays 8000 bytes a second, sends a mark back when all
 * before it was played, drops the queue at a clear and sends its marks back at once. Counts the holes: the queue ran
 * dry inside an utterance. Time is passed in; it only knows bytes and names. */
#ifndef PLAYOUT_H
#define PLAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAYOUT_BYTES (600u * 8000) /* ten minutes; what is beyond is discarded, Twilio's warning 31931 */
#define PLAYOUT_NAME 256	    /* of a mark, with its NUL */
#define PLAYOUT_MARKS 4096	    /* outstanding at once */
#define PLAYOUT_GAPS 64		    /* whose length is kept */

struct playout_calls {
	void (*on_heard)(void *ctx, const uint8_t *mulaw, size_t n,
			 uint64_t at_us);	      /* at_us: when the first byte sounded */
	void (*on_mark)(void *ctx, const char *name); /* reached, or cleared */
};

struct playout_mark {
	uint64_t at; /* in bytes since the beginning of the call */
	char name[PLAYOUT_NAME];
};

struct playout {
	const struct playout_calls *calls;
	void *ctx;
	uint8_t *bytes;		    /* a ring of PLAYOUT_BYTES */
	struct playout_mark *marks; /* a ring, too */
	unsigned mark_first, mark_count;
	uint64_t in, out;  /* bytes queued and played (or dropped) since the beginning */
	uint64_t begun_us; /* when byte `begun_at` began to sound */
	uint64_t begun_at;
	uint64_t dry_us; /* when it ran dry, 0: it has not, or it was cleared */
	bool ended;	 /* ... right behind a mark, in silence: an utterance's end */
	uint64_t run_at; /* the byte with which what is heard now began: behind a clear, or a hole of over half a second
			  */
	unsigned gap_count;
	unsigned gap_ms[PLAYOUT_GAPS];
};

int playout_open(struct playout *p, const struct playout_calls *calls, void *ctx); /* -1: no memory */
void playout_close(struct playout *p);

/* Plays what is due by now. Call it before anything else that happens at `now`, and as often as on_heard is wanted. */
void playout_advance(struct playout *p, uint64_t now_us);

/* When a mark will be reached, 0: none is waiting behind audio. */
uint64_t playout_due(const struct playout *p);

/* Queues; -1: it is full, or a name too long or a mark too many. */
int playout_audio(struct playout *p, const uint8_t *mulaw, size_t n, uint64_t now_us);
int playout_mark(struct playout *p, const char *name, uint64_t now_us);

void playout_clear(struct playout *p, uint64_t now_us);
bool playout_empty(const struct playout *p);

/* How long what is heard now was heard up to here: of the item that a clear cuts. */
unsigned playout_run_ms(const struct playout *p);

#endif
