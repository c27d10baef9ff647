/* A server behind a URL: each message is a POST of its own, its answer JSON or a stream of events. A stream of the
 * legacy era that ends before the answer is taken up again behind the last event; a session is kept and named. */
#ifndef HTTP_PEER_H
#define HTTP_PEER_H

#include "fetch.h"
#include "loop.h"
#include "peer.h"

#define HTTP_SESSION_BYTES 512

struct post;

struct http { /* zeroed is closed; set url to begin it */
	struct loop *loop;
	struct fetch_pool *pool;
	struct peer_user user;
	const char *url, *bearer, *basic; /* borrowed; the last two may be NULL */
	char session[HTTP_SESSION_BYTES]; /* as the server named it; "" none */
	char version[32];		  /* that the header names; "" none yet */
	bool modern;
	struct post *posts;
};

void http_begin(struct http *h, struct loop *loop, struct fetch_pool *pool, const struct peer_user *user);

/* 0, or -1 without memory. Its answer comes as a message, or it fails, from the loop. */
int http_send(struct http *h, const struct peer_message *m);

/* The legacy era's stream of what nobody asked for. One that the server does not offer ends without a word. */
int http_listen(struct http *h);

/* Closes the stream of the message with that id, if it is there. */
void http_forget(struct http *h, long id);

/* All streams, and the session in the legacy era (told by DELETE, its answer awaited by nobody). Harmless twice. */
void http_end(struct http *h, bool politely);

#endif
