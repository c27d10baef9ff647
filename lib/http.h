/* One HTTP exchange in our loop: a request, whole and bounded, one reply, then the connection ends. For a connection
 * whose head was read and judged before. The target is as it was sent, for signatures are computed over it.
 *
 * Not by libwebsockets: 4.1.6 loops for ever over a POST whose body came together with an adopted head, and it hands
 * out the target decoded. */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "loop.h"

struct http; /* one exchange; its own until on_over has returned, then freed by lib */

struct http_request {		     /* borrowed; method, target and headers live as long as the exchange */
	const char *method, *target; /* "POST", "/next/3?x=%2F" */
	const char *body;	     /* NUL-terminated behind body_bytes */
	size_t body_bytes;
};

struct http_calls {
	void (*on_request)(struct http *h, void *ctx, const struct http_request *r); /* answer now or later */
	/* Refused before it was asked: with status, or 0: it was lost within its body. May be NULL. */
	void (*on_refused)(struct http *h, void *ctx, const struct http_request *r, int status);
	void (*on_over)(struct http *h, void *ctx); /* answered or lost; after it h is gone. May be NULL */
};

/* Serves an accepted connection of which `bytes`, the whole head at least, were read already (errno EINVAL: no whole
 * head). A body over body_limit is answered 413, a POST without Content-Length 411, one that takes over 10 s 408,
 * before on_request. The descriptor is taken over in any case. NULL: errno. Callbacks come from the loop alone. */
struct http *http_adopt(struct loop *l, int fd, const void *bytes, size_t n, size_t body_limit,
			const struct http_calls *calls, void *ctx);

/* The value of a header, name in any case, without blanks around it: 0, or -1: absent, twice, or it does not fit. */
int http_header(const struct http *h, const char *name, char *out, size_t size);

/* Answers a request, once; body may be NULL, type too where there is none. -1: no request came, it was answered, no
 * memory. */
int http_reply(struct http *h, int status, const char *type, const void *body, size_t n);

/* Cuts it without a word; on_over follows from the loop. */
void http_abort(struct http *h);

/* Whether it stands still for the other side: for the rest of its body, for its taking the reply or its going; not for
 * our reply. So it may be dropped to make room: at once, on_over included, but not from inside its callbacks. */
bool http_waits(const struct http *h);
void http_drop(struct http *h);

#endif
