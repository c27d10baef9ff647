/* One HTTP or HTTPS request by libcurl, in our loop: for tools and services (libcurl costs 9 ms to start). Redirects
 * are not followed. Authorities are those of /etc/ssl/certs, and of $SSL_CERT_FILE. */
#ifndef FETCH_H
#define FETCH_H

#include <stddef.h>

#include "loop.h"

struct fetch; /* one request; its own until on_answer is called, then freed by lib */

struct fetch_request { /* only read by fetch_start */
	const char *url;
	const char *const *headers; /* "Name: value", NULL behind the last; or NULL */
	const char *body;	    /* POST; NULL: GET */
	size_t body_bytes;
	unsigned connect_ms, total_ms;
	size_t limit_bytes; /* a longer answer is a failure */
};

struct fetch_answer {	  /* borrowed */
	int status;	  /* 0: there is none, why tells */
	const char *type; /* Content-Type, or NULL */
	const char *body; /* NUL-terminated behind body_bytes */
	size_t body_bytes;
	const char *why;
};

/* NULL: no memory. on_answer comes once, from the loop. Names are looked up in a thread of libcurl: it does not block.
 */
struct fetch *fetch_start(struct loop *l, const struct fetch_request *r,
			  void (*on_answer)(void *ctx, const struct fetch_answer *a), void *ctx);

/* Ends it without an answer. */
void fetch_cancel(struct fetch *f);

#endif
