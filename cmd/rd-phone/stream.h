/* One Media Streams connection, seen from Twilio's end: what is sent to the assistant's machine, and what comes back,
 * which is taken as strictly as Twilio takes it. Nothing behind this file sees its JSON. */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "manners.h"
#include "sid.h"

#define STREAM_CHUNK 400 /* bytes, at most, of one media message */

struct twiml_step;

struct stream_calls {
	void (*on_open)(void *ctx);
	void (*on_audio)(void *ctx, const uint8_t *mulaw, size_t n);
	void (*on_mark)(void *ctx, const char *name);
	void (*on_clear)(void *ctx);
	void (*on_warning)(void *ctx, int code, const char *text); /* 31950, 31951 */
	/* Over, or never came about; status is the close code or the HTTP status of a refused upgrade, 0: cut. */
	void (*on_over)(void *ctx, int status, const char *why);
};

struct stream { /* zeroed is closed */
	const struct stream_calls *calls;
	void *ctx;
	struct ws *ws;
	const char *account, *call;    /* who it is for */
	const struct twiml_step *step; /* its parameters; or NULL */
	const struct manners *manners;
	bool open, stopped, mute;
	char sid[SID_BYTES];
	unsigned starts; /* said */
	unsigned long sequence, chunk;
	unsigned long at_bytes; /* of the line's audio since the stream began: the next chunk's timestamp */
	uint8_t odd[2 * STREAM_CHUNK];
	size_t odd_n; /* of odd: what waits for an odd chunk */
};

/* Connects; account, call, step and manners are set and stay. 0, or -1 with error. */
int stream_open(struct stream *s, const char *url, const char *headers, char *error, size_t size);

/* What Twilio says; nothing is said before it is open or after it was stopped. */
void stream_audio(struct stream *s, const uint8_t *mulaw, size_t n); /* 20 ms */
/* So much was not sent: it was lost on its way to the carrier (its chunk is missing), or left out as silence. */
void stream_skip(struct stream *s, size_t n, bool lost);
void stream_key(struct stream *s, char digit);
void stream_mark(struct stream *s, const char *name);

/* The caller hung up, or the document goes on: `stop`, then a normal close. */
void stream_stop(struct stream *s);

/* It breaks: cut without a word; on_over follows. */
void stream_cut(struct stream *s);

/* Nothing more is sent, whatever comes is not heard. */
void stream_mute(struct stream *s);

#endif
