/* The head of an HTTP/1.x request as it came from the socket: bounded, strict (what two parsers could read differently
 * is refused), nothing copied. It tells a WebSocket upgrade from the rest before anything is started for it. */
#ifndef HEAD_H
#define HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "token.h"

#define HEAD_BYTES 8192
#define HEAD_FIELDS 64

struct head_slice {
	const char *at; /* into the bytes that were read; not NUL-terminated */
	size_t n;
};

struct head {
	size_t bytes;	     /* of the head with its empty line: the body begins there */
	int status;	     /* what to answer when bad: 400, 411, 431 or 505 ... */
	const char *why;     /* ... and a word for the log */
	int minor;	     /* of HTTP/1.minor */
	long content_length; /* 0 without one */
	struct head_slice method, target;
	size_t count;
	struct head_field {
		struct head_slice name, value;
	} field[HEAD_FIELDS];
};

enum head_state { HEAD_MORE, HEAD_WHOLE, HEAD_BAD };

/* Reads the first n bytes of a connection; call again from the first byte when more have come. Slices point into bytes.
 * HEAD_MORE never with HEAD_BYTES or more. A Transfer-Encoding is refused (411): a body has a length here. */
enum head_state head_read(struct head *h, const char *bytes, size_t n);

bool head_equal(struct head_slice slice, const char *text); /* to the byte */
struct head_slice head_path(const struct head *h);	    /* the target without its query */
struct head_slice head_query(const struct head *h);	    /* behind the ?, empty without one */

/* The value of a header that may be trusted to be one: NULL when it is absent or came twice. name in any case. */
const struct head_slice *head_get(const struct head *h, const char *name);

/* The same as a string in out; -1: absent, twice, or it does not fit; out is "" then. */
int head_text(const struct head *h, const char *name, char *out, size_t size);

/* 1: a WebSocket upgrade that can be handed over; 0: none is asked for; -1: asked for, but not as RFC 6455 has it. */
int head_upgrade(const struct head *h);

/* The TOKEN of /media/TOKEN, of the right length and with nothing behind it; token_spend checks it further. false:
 * another target. */
bool head_media_token(const struct head *h, char out[TOKEN_CHARS + 1]);

#endif
