/* The carrier stage for Twilio Media Streams: one call. What its files share; nobody else includes this.
 *
 *   call.c   the call's life: streams come and go, what comes next, how it ends
 *   ring.c   what the ring says to it, and what it says to the ring */
#ifndef INGEST_H
#define INGEST_H

#include "door.h"
#include "order.h"
#include "playout.h"
#include "stage.h"
#include "stream.h"
#include "voice.h"

#define INGEST_ANSWERED 16

enum ingest_state { INGEST_RINGING, INGEST_TALKING, INGEST_WAITING, INGEST_ENDING };

struct ingest {
	struct stage stage;
	struct cJSON *setup; /* call.setup as it is said; NULL: the call is not known yet */
	char call[64];       /* whose start messages are taken; "" with --listen: the first one's */
	struct playout playout;
	struct voice voice;
	struct order order;
	struct door door;
	struct stream *stream; /* the newest one; NULL: none */
	enum ingest_state state;
	const char *resumed;   /* of call.start */
	char lost_why[128];    /* of call.lost; "" if it is not lost */
	long lost_heard_ms;
	const char *end_reason;
	bool listening;        /* assistant.state, or there is no assistant */
	bool warned_idle, warned_full, warned_format;
	char answered[INGEST_ANSWERED][64]; /* call.clear ids */
	unsigned answered_next;
	uint64_t began_us, lost_us;
	unsigned streams;
	struct stream_counts counts; /* of all streams so far */
	struct timer clock;      /* play-out, and the order: idle while nothing plays */
	struct timer watch;      /* the caller's voice and the life of the line, lazily */
	struct timer wait;       /* for a stream, or for the end */
	struct {
		const char *listen, *from, *to;
		long lead_ms;
	} options;
};

/* call.c */
void call_open(struct ingest *in); /* before the sandbox; dies of what cannot be */
void call_begin(struct ingest *in); /* behind the hello: says what is known, waits for the stream */
void call_close(struct ingest *in);
void call_on_line(struct stage *s, const struct cJSON *message, const void *bytes, size_t n, int fd);
void call_on_end(struct stage *s);
/* Sends what is due, says what was heard, carries out what is armed, sets the clock. Call it whenever something changed. */
void call_run(struct ingest *in);
void call_arm(struct ingest *in, const struct cJSON *next);
void call_disarm(struct ingest *in, const char *why);

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
void ring_say_done(struct ingest *in, const struct order *o, bool ok, const char *why);
void ring_on_voice(void *in, const uint8_t *audio, size_t n, bool filled);

#endif
