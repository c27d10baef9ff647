/* What goes to the caller: the queue of what is to be said (unheard.h), sent ahead of the play-out by a bounded lead,
 * with marks behind it for the heard clock (played.h). The first audio of an utterance goes out at once. Pure but for
 * the queue's file: time is passed in, and what is to be sent is handed to three calls.
 *
 *     ring --> | not yet sent | --> far side's buffer, at most `lead` --> the caller's ear
 *                             ^ cursor                                 ^ heard */
#ifndef PLAYOUT_H
#define PLAYOUT_H

#include "played.h"
#include "unheard.h"

#define PLAYOUT_LEAD_MS 400
#define PLAYOUT_LEAD_MIN_MS 250 /* a message at its longest, and then some */
#define PLAYOUT_CLEARED 32u
#define PLAYOUT_ITEMS UNHEARD_SEGMENTS

struct playout_calls { /* 0, or -1: it cannot be sent now */
	int (*media)(void *ctx, const uint8_t *audio, size_t n);
	int (*mark)(void *ctx, const char *name);
	int (*clear)(void *ctx);
};

struct playout {
	const struct playout_calls *calls;
	void *ctx;
	struct played clock;
	struct unheard_cursor cursor; /* the next byte to send */
	uint64_t heard;		      /* of this generation, as far as the queue knows */
	size_t unmarked;	      /* bytes sent behind the last mark */
	uint64_t held_us, said_us;    /* since when a small rest waits for more; when news were told last */
	unsigned lead_ms;
	uint64_t paused_us, unsure; /* since when; bytes that are said again when it goes on */
	bool open, paused, muted;
	uint32_t cleared[PLAYOUT_CLEARED]; /* items of which nothing more is wanted */
	unsigned cleared_next;
	struct playout_counts {
		unsigned long messages, marks, echoes, old_echoes, lost_marks, clears, dry, late_frames, full;
		uint64_t sent_bytes;
	} counts;
	struct unheard queue;
};

/* Opens the queue in the call's folder (NULL: in memory); a predecessor's goes on. Returns as unheard_open. */
int playout_open(struct playout *p, const char *dir, unsigned lead_ms, const struct playout_calls *calls, void *ctx,
		 const char **why);
void playout_close(struct playout *p);

/* A stream can take audio from now on; or it cannot any more, and was heard of last at alive_us: what it was sent and
 * nobody heard is to be sent again. */
void playout_begin(struct playout *p, uint64_t now_us);
void playout_break(struct playout *p, uint64_t alive_us, uint64_t now_us);

/* The call is over: what was not heard by now never will be. */
void playout_end(struct playout *p, uint64_t now_us);

/* Queues audio (n may be 0) of an item; end: it is the item's last. -1: no room, it was dropped. */
int playout_audio(struct playout *p, uint32_t item, const uint8_t *audio, size_t n, bool end, uint64_t now_us);

/* Silence at once; lists what is to be dropped with what was heard of it, PLAYOUT_ITEMS at most: everything queued, but
 * of newest's origin only up to newest (0: all). How many. Then playout_drop drops it, once the answer is said: who is
 * killed in between leaves a queue from which a successor gives the same answer. */
size_t playout_clear(struct playout *p, uint32_t newest, struct event_heard *list, uint64_t now_us);
void playout_drop(struct playout *p, uint32_t newest, const struct event_heard *list, size_t n);

/* Silence at once, and on from what was heard when it is switched off, after 5 s at the latest. */
void playout_pause(struct playout *p, bool on, uint64_t now_us);

/* A mark came back. */
void playout_echo(struct playout *p, const char *name, uint64_t now_us);

/* Asks an idle line whether it lives: a mark comes back at once. */
void playout_ask(struct playout *p, uint64_t now_us);

/* Sends what is due; when it must be called again (0: when something happens). alive: the far side was heard of lately.
 */
uint64_t playout_run(struct playout *p, bool alive, uint64_t now_us);

/* Keeps in the queue's file how far the caller has heard by now. */
void playout_note(struct playout *p, uint64_t now_us);

/* Items of which more was heard, up to PLAYOUT_ITEMS, at most every 200 ms while it goes on. How many. */
size_t playout_news(struct playout *p, struct event_heard *list, uint64_t now_us);

/* Whether audio of the item would be heard right behind what there is of it, or nothing at all waits. */
bool playout_ends_with(const struct playout *p, uint32_t item);

/* All of the queue is news, at once: somebody begins who does not know how far it is. */
void playout_renew(struct playout *p);

/* Whether something is being played. */
bool playout_sounds(const struct playout *p);

/* Whether everything queued was heard and proven by its mark. */
bool playout_quiet(const struct playout *p);

#endif
