/* One WebSocket of Twilio Media Streams, from the upgrade to its end: the phases connected, start, media, and the
 * bounds. What comes is checked here (twilio.h) and handed on; what is not of this stream, not yet allowed or no
 * message is counted. */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "twilio.h"

struct stream;
struct ws;

struct stream_calls {
	/* The start message: whether the stream is wanted. If not it is closed with 1008. */
	bool (*on_start)(void *ctx, struct stream *s, const struct twilio_message *m);
	/* media, mark, dtmf and stop of a stream that has started. m and its audio are borrowed; the audio may be
	 * changed. */
	void (*on_message)(void *ctx, struct stream *s, struct twilio_message *m);
	/* It is over, whoever closed it; the last word, it is freed behind it. */
	void (*on_gone)(void *ctx, struct stream *s, const char *why);
};

struct stream {
	const struct stream_calls *calls;
	void *ctx;
	struct loop *loop;
	struct ws *ws;
	unsigned step;						   /* of the document that asked for it */
	enum { STREAM_NEW, STREAM_STARTED, STREAM_STOPPED } phase; /* stopped: Twilio said so */
	bool closing;						   /* by us */
	char sid[TWILIO_NAME_BYTES];
	uint64_t last_us;   /* when something came last */
	struct timer timer; /* for the start message; then for the end of closing */
	struct stream_counts {
		unsigned long early, foreign, binary, bad, unknown, unsent;
	} counts;
};

/* Takes over an accepted connection of which n bytes were read already; the descriptor is gone in any case. NULL:
 * errno. */
struct stream *stream_adopt(struct loop *l, int fd, const void *bytes, size_t n, unsigned step,
			    const struct stream_calls *calls, void *ctx);

/* 0, or -1: it has not started, is closing, or the peer takes nothing. Never block. */
int stream_media(struct stream *s, const uint8_t *audio, size_t n); /* n <= STREAM_AUDIO_BYTES */
int stream_mark(struct stream *s, const char *name);
int stream_clear(struct stream *s);
#define STREAM_AUDIO_BYTES 4000u

/* Closes it; on_gone follows from the loop, at the latest after a second. */
void stream_close(struct stream *s, int code, const char *reason);

#endif
