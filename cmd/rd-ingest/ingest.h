/* The carrier stage for Twilio Media Streams: one call. What its files share; nobody else includes this.
 *
 *   call.c   the call's life: streams come and go, and how it ends
 *   talk.c   a stream: from its connection to its loss
 *   next.c   errands: armed, taken back, carried out
 *   ring.c   what the ring says to it, and what it says to the ring */
#ifndef INGEST_H
#define INGEST_H

#include "clock.h"
#include "door.h"
#include "errand.h"
#include "playout.h"
#include "spoken.h"
#include "stage.h"
#include "stream.h"

#define INGEST_ANSWERED 16
#define INGEST_ALIVE_US (1 * SECOND) /* who was heard of so lately is there, and heard us until now */

enum ingest_state { INGEST_RINGING, INGEST_TALKING, INGEST_WAITING, INGEST_ENDING };

struct ingest {
	struct stage stage;
	struct cJSON *setup; /* call.setup as it is said; NULL: the call is not known yet */
	char call[64];	     /* whose streams are taken; with --listen: anybody's */
	struct spoken spoken;
	struct door door;
	struct stream *stream; /* the newest one; NULL: none */
	enum ingest_state state;
	const char *resumed; /* of call.start */
	char lost_why[128];  /* of call.lost; "" if it is not lost */
	long lost_heard_ms;
	bool listening; /* assistant.state, or there is no assistant */
	bool warned_idle, warned_full, warned_file;
	unsigned long unplayable; /* frames of audio that cannot be played here */
	unsigned long unneeded;	  /* ... and those that were to fill a silence that was none */
	unsigned answered_next;
	uint64_t began_us, away_us; /* since when a stream is waited for again; 0: it is not */
	unsigned streams;
	struct stream_counts counts; /* of all streams so far */
	struct timer clock;	     /* play-out, and the errand: idle while nothing plays */
	struct timer watch;	     /* the caller's voice and the life of the line, lazily */
	struct timer wait;	     /* for a stream, or for the end */
	struct {
		const char *listen, *from, *to;
		long lead_ms;
	} options;
	/* what is large and hardly used comes last: pages that nobody touches take no memory */
	struct playout playout;
	struct errand errand;
	char answered[INGEST_ANSWERED][64]; /* call.clear ids */
};

/* call.c */
void call_open(struct ingest *in);  /* before the sandbox; dies of what cannot be */
void call_begin(struct ingest *in); /* says what is known, waits for the stream */
void call_close(struct ingest *in);
void call_on_line(struct stage *s, const struct cJSON *message, const void *bytes, size_t n, int fd);
void call_on_end(struct stage *s);
/* Sends what is due, says what was heard, carries out what is armed, sets the clock. Call it whenever something
 * changed. */
void call_run(struct ingest *in);
/* The call is over: the last word, then the stream's end. linger: a stream that is on its way is still sent on to
 * `next`. */
void call_over(struct ingest *in, const char *reason, const char *text, bool linger);
/* The stream is left for a while: digits are pressed, or somebody else is called. */
void call_leave(struct ingest *in, const struct errand *o);

void call_state(struct ingest *in, enum ingest_state state); /* says it to the supervisor */
void call_await(struct ingest *in, long more_s);	     /* waits for a stream, resume-seconds and more */

/* talk.c */
/* A connection, with n bytes read already: the newest one is the stream, whatever an older one may think. */
void talk_take(struct ingest *in, int fd, const void *bytes, size_t n, unsigned step);
void talk_on_come(void *in, int fd); /* at our own door: one at a time */
/* The stream broke, or nobody is there any more; it was heard of last at alive_us. */
void talk_lose(struct ingest *in, const char *why, uint64_t alive_us);
void talk_on_watch(void *in); /* the caller's voice and the life of the line, some times a second */

/* next.c */
void next_arm(struct ingest *in, const struct cJSON *event);
void next_disarm(struct ingest *in, const char *why);
/* When the errand is due; 0: nothing is armed, or it was carried out now. */
uint64_t next_run(struct ingest *in, uint64_t now_us);
/* Writes the file `next` for the step that follows. NULL, or why not. */
const char *next_write(struct ingest *in, const struct errand *o);

/* ring.c */
extern const struct stage_row ring_rows[];
extern const size_t ring_row_count;
extern const struct stage_state ring_states[];
extern const size_t ring_state_count;
void ring_say_setup(struct stage *s);
void ring_say_start(struct stage *s); /* if a stream is open */
void ring_say_lost(struct stage *s);  /* if it is lost */
void ring_say_heard(struct ingest *in);
void ring_say_key(struct ingest *in, char digit);
void ring_say_done(struct ingest *in, const struct errand *o, bool ok, const char *why);
void ring_on_voice(void *in, const uint8_t *audio, size_t n, bool filled);

#endif
