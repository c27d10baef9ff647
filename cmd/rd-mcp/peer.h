/* A server at the other end of a pipe or of a URL, as server.c sees both: messages go, messages come. */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stddef.h>

struct cJSON;

#define PEER_MESSAGE_MAX ((size_t)4 << 20) /* a line, an event, a body */
#define PEER_WHY_BYTES 200

struct peer_message { /* borrowed */
	const char *text;
	long id;	     /* 0: no answer is awaited */
	const char *method;  /* for headers */
	const char *name;    /* of a tool, or NULL */
	const char *version; /* of the protocol; NULL: not yet agreed on */
	bool modern;
	const char *const *headers; /* more of them, or NULL */
	bool listens;		    /* its answer is a stream without an end */
};

/* Why a message over HTTP has no answer. */
struct peer_fault {
	int status;		    /* HTTP's, 0: none */
	const struct cJSON *answer; /* the JSON-RPC error that came with it, or NULL */
	const char *why;
	bool sent; /* it may have been carried out */
};

struct peer_user { /* who is told */
	void (*on_message)(void *ctx, const struct cJSON *message);
	void (*on_failed)(void *ctx, long id, const struct peer_fault *fault);
	/* What a server says that is no message, and may be too much of it. */
	void (*on_noise)(void *ctx);
	/* The pipe's process has gone, or does what cannot be borne: the peer is to be closed. */
	void (*on_down)(void *ctx, const char *why);
	void *ctx;
};

#endif
