/* One request by libcurl, in our loop: HTTP, and mail by SMTP or IMAP; for tools and services (libcurl costs 9 ms to
 * start). Redirects are not followed. Authorities are those of /etc/ssl/certs, and of $SSL_CERT_FILE. Who has many
 * requests in a long life keeps a pool, whose connections stay open among them. */
#ifndef FETCH_H
#define FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "loop.h"

struct fetch;	   /* one request; its own until on_answer is called, then freed by lib */
struct fetch_pool; /* connections */

enum fetch_outcome {
	FETCH_DONE,	/* an answer below 400 */
	FETCH_NOT_DONE, /* nothing was changed there: refused (400 to 499), or it never got the request */
	FETCH_UNKNOWN,	/* it got the request, and how it ended is not known (broken off, time-out, 500 and above) */
};

struct fetch_answer {	  /* borrowed */
	int status;	  /* 0: there is none, why tells. Mail: the last reply's */
	const char *type; /* Content-Type, or NULL */
	const char *body; /* NUL-terminated behind body_bytes */
	size_t body_bytes;
	const char *why; /* NULL with a status */
	enum fetch_outcome outcome;
	bool cut;	      /* body is what came up to the limit */
	long retry_after_s;   /* 0: not said */
	const char *location; /* where a redirect leads, as a whole URL, or NULL */
	const struct fetch *of;
};

/* http://, https://: any method. smtp://, smtps://: body is the message. imap://, imaps://: method is a command in the
 * mailbox that the URL names; a body is appended to it. Mail without TLS from its first byte demands STARTTLS, but on
 * loopback. */
struct fetch_request { /* only read by fetch_start */
	const char *url;
	const char *method;	    /* NULL: GET, POST when there is a body */
	const char *const *headers; /* "Name: value" ("Name;" without one), NULL behind the last; or NULL */
	const char *body;	    /* copied; NULL: none */
	size_t body_bytes;
	const char *user;   /* "name:password": Basic for HTTP, a login for mail; or NULL */
	const char *bearer; /* Authorization: Bearer; for mail OAUTHBEARER or XOAUTH2, with the name of user; or NULL */
	const char *mail_from;
	const char *const *mail_to; /* NULL behind the last */
	unsigned connect_ms;	    /* to connect, TLS included */
	unsigned total_ms;	    /* all together; 0: no limit */
	unsigned idle_ms;	    /* without a byte; 0: no limit */
	size_t limit_bytes;	    /* of the body, unpacked; 0 with on_bytes: none */
	bool cut;		    /* a longer body is cut there; else it is a failure */
	bool replies; /* IMAP, with a method: the body is every line of the server's, for libcurl forgets literals */
	struct fetch_pool *pool; /* NULL: a connection of its own */

	/* NULL, or whether this address may be connected to. Then no proxy is used, and HTTP only. */
	bool (*may_connect)(void *ctx, const struct sockaddr *a, socklen_t n);
	/* NULL, or called when the head of an HTTP answer is whole: status, type and fetch_header are there. */
	void (*on_head)(void *ctx, const struct fetch_answer *a);
	/* NULL, or called for each piece of the body as it comes (of a streamed answer, which is not packed): then none
	 * is gathered. Both may call fetch_cancel and fetch_start. */
	void (*on_bytes)(void *ctx, const char *bytes, size_t n);
};

/* NULL: no memory. on_answer comes once, from the loop; all callbacks have ctx. Names are looked up in a thread of
 * libcurl: it does not block. */
struct fetch *fetch_start(struct loop *l, const struct fetch_request *r,
			  void (*on_answer)(void *ctx, const struct fetch_answer *a), void *ctx);

/* Ends it without an answer. Not from on_answer for the fetch that is answered: it is lib's by then. */
void fetch_cancel(struct fetch *f);

/* The last value of a header of an HTTP answer, borrowed until the next call; NULL: there is none. */
const char *fetch_header(const struct fetch_answer *a, const char *name);

/* Whether the URL's host is this machine by its very name: localhost, 127.0.0.0/8, ::1. */
bool fetch_is_loopback(const char *url);

/* NULL: no memory. */
struct fetch_pool *fetch_pool_open(struct loop *l);
/* Ends its fetches without an answer. NULL is fine. Not from a callback. */
void fetch_pool_close(struct fetch_pool *p);

#endif
