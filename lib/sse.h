/* A reader of event streams (text/event-stream, as the HTML standard defines it), fed with bytes as they come. Zeroed
 * is empty; its buffers grow up to a limit. */
#ifndef SSE_H
#define SSE_H

#include <stdbool.h>
#include <stddef.h>

#define SSE_ID_BYTES 256 /* with its NUL; an event with a longer id has none */

struct sse_event {	  /* borrowed */
	const char *name; /* "message" if it has none */
	const char *data; /* NUL behind data_bytes; may be empty, and may hold a NUL */
	size_t data_bytes;
};

struct sse {
	size_t limit; /* bytes of a line, and of an event's data */
	/* False: nothing more is read, and s may be gone. */
	bool (*on_event)(struct sse *s, const struct sse_event *e);
	void *ctx;
	char last_id[SSE_ID_BYTES]; /* of the last event, for Last-Event-ID; "": none */
	long retry_ms;		    /* that the stream last asked for; 0: never */

	struct sse_text {
		char *bytes;
		size_t n, size;
	} line, data;
	char name[64], id[SSE_ID_BYTES];
	bool after_return, begun, has_data;
};

/* 0, or -1: EMSGSIZE, a line or an event beyond the limit; ENOMEM. */
int sse_feed(struct sse *s, const char *bytes, size_t n);

/* Forgets a half event, for the next stream; last_id and retry_ms stay. */
void sse_begin(struct sse *s);
void sse_close(struct sse *s);

#endif
