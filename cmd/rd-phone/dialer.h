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
#define DIALER_SIDES 8

/* An answer as it came, for the record: also of what Twilio sends twice or beside the call. */
struct dialer_record {
	const char *what; /* webhook, retry, duplicate, status ... */
	const char *url;  /* as it was asked for */
	int status;	  /* 0: none came */
	uint64_t ms;
	const char *body;
	size_t body_bytes;
};

struct dialer_request { /* kept until the next one: it may be sent again, byte for byte */
	char url[2 * URL_BYTES], asked[URL_BYTES];
	char host[200], signature[64], token[80];
	char *form; /* NULL: none yet */
	size_t form_bytes;
	bool get;
};

struct dialer_side { /* a request whose answer changes nothing */
	struct dialer *dialer;
	struct fetch *fetch;
	const char *what;
	char asked[URL_BYTES];
	uint64_t begun_us;
};

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
	const char *what; /* the request under way */
	uint64_t begun_us;
	struct fetch *fetch;
	struct dialer_request request;
	struct dialer_side sides[DIALER_SIDES];
	unsigned sent;	   /* requests of all kinds */
	unsigned retry_ms; /* the first answer to each request is lost, and it is sent again so long after; 0: no */
	bool twice;	   /* each request is sent twice at once */
	bool retrying;
	struct timer retry;
	void (*on_answer)(void *ctx, const struct fetch_answer *a);
	void (*on_record)(void *ctx, const struct dialer_record *r); /* before on_answer */
	void (*on_idle)(void *ctx);				     /* nothing is under way any more */
	void *ctx;
};

/* url as given; public_url and connect ("HOST:PORT", by plain TCP) or NULL. The rest of d is set already. A random call
 * id where none is. 0, or -1 with error. */
int dialer_open(struct dialer *d, const char *url, const char *public_url, const char *connect, char *error,
		size_t size);
void dialer_cancel(struct dialer *d); /* of the request under way no answer comes */
void dialer_close(struct dialer *d);  /* nor of those beside it */

/* Asks for a document (or tells a status): the standard fields with this CallStatus, then more. method GET or POST. The
 * answer comes to on_answer; what was asked before is forgotten. 0, or -1 with error. Becomes the base if `move`. */
int dialer_ask(struct dialer *d, const char *url, const char *method, const char *status, const struct field *more,
	       size_t count, bool move, char *error, size_t size);

/* A POST beside what is under way; its answer comes to on_record alone. what is kept. -1: no URL, or too many. */
int dialer_beside(struct dialer *d, const char *what, const char *url, const char *status, const struct field *more,
		  size_t count);
bool dialer_busy(const struct dialer *d); /* requests beside are still under way */

/* Where to connect to for a stream's URL, and the header lines of its upgrade. 0, or -1 with error. */
int dialer_stream(struct dialer *d, const char *url, char *dialled, size_t dialled_size, char *headers,
		  size_t headers_size, char *error, size_t size);

#endif
