/* rd-store as rd-memory sees it: a socket that may be there or not. Requests wait in a bounded queue until they are
 * answered, and are sent again after a break: the store knows a repeat. Nothing here ever waits. */
#ifndef REMOTE_H
#define REMOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "loop.h"
#include "paths.h"

#define REMOTE_MESSAGE_MAX 65536u
#define REMOTE_REQUESTS_MAX 1000
#define REMOTE_BYTES_MAX ((size_t)4 << 20)

struct cJSON;
struct remote;
struct remote_request;

struct remote { /* zeroed is closed; set on_trouble and ctx before remote_open */
	struct loop *loop;
	int fd;
	char path[PATHS_MAX_BYTES], *buf;
	struct remote_request *first, *last;
	size_t count, bytes;
	long next_id;
	unsigned attempts;  /* in vain, since it was last there */
	bool said;	    /* the trouble was told */
	bool read_only;	    /* and was that it cannot write: only a write that succeeds ends it */
	unsigned long lost; /* writes that were given up */
	struct watch watch;
	struct timer retry;
	/* It is away, or refuses (then it has said so in its own log): called once, until it is well again. */
	void (*on_trouble)(struct remote *r, const char *text, bool away);
	void (*on_idle)(struct remote *r); /* the last answer has come. NULL is fine */
	void *ctx;
};

/* Connects at once or tries again after 50 ms, 100 ms … 5 s. -1 without memory. */
int remote_open(struct remote *r, struct loop *loop, const char *path);
/* Unanswered requests are dropped and counted in lost; no callback is called. */
void remote_close(struct remote *r);

/* Something to be written down; taken over. If too much waits the oldest is given up. */
void remote_write(struct remote *r, struct cJSON *request);

/* A question with a limit; taken over. answer is borrowed; NULL: none came in time, and sent says whether it may have
 * been carried out. Called once, never from within remote_ask. -1: it cannot be asked (no memory): then it is never
 * called. */
int remote_ask(struct remote *r, struct cJSON *request, uint64_t limit_us,
	       void (*on_answer)(void *ctx, const struct cJSON *answer, bool sent), void *ctx);

/* Whether nothing waits for an answer. */
bool remote_idle(const struct remote *r);

#endif
