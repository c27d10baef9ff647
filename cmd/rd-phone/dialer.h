/* How the telephone reaches the assistant's machine: webhooks as Twilio sends them, signed over the URL that Twilio
 * knows and dialled where we are told to, which behind a tunnel or on this machine is somewhere else. */
#ifndef DIALER_H
#define DIALER_H

#include <stdbool.h>
#include <stddef.h>

#include "fetch.h"
#include "loop.h"
#include "sid.h"
#include "sign.h"
#include "url.h"

#define DIALER_FIELDS 48

struct dialer {
	struct loop *loop;
	struct url public; /* of the first document, as Twilio knows it */
	struct url real;   /* for its host: where to connect to, and whether by TLS */
	bool mapped;	   /* real is another than public */
	struct url base;   /* of the document at hand */
	const char *token; /* NULL: nothing is signed */
	const char *account, *from, *to;
	char call[SID_BYTES];
	struct field extra[16]; /* given by the user */
	size_t extra_count;
	struct fetch *fetch;
	void (*on_answer)(void *ctx, const struct fetch_answer *a);
	void *ctx;
};

/* url as given; public_url and connect ("HOST:PORT", by plain TCP) or NULL. The rest of d is set already. A random call
 * id where none is. 0, or -1 with error. */
int dialer_open(struct dialer *d, const char *url, const char *public_url, const char *connect, char *error,
		size_t size);
void dialer_close(struct dialer *d);

/* Asks for a document (or tells a status): the standard fields with this CallStatus, then more. method GET or POST. The
 * answer comes to on_answer; what was asked before is forgotten. 0, or -1 with error. Becomes the base if `move`. */
int dialer_ask(struct dialer *d, const char *url, const char *method, const char *status, const struct field *more,
	       size_t count, bool move, char *error, size_t size);

/* Where to connect to for a stream's URL, and the header lines of its upgrade. 0, or -1 with error. */
int dialer_stream(struct dialer *d, const char *url, char *dialled, size_t dialled_size, char *headers,
		  size_t headers_size, char *error, size_t size);

#endif
