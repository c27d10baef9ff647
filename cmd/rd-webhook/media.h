/* /media/TOKEN: a WebSocket. Its signature and its token are checked here; the upgrade itself is the carrier stage's,
 * to whom the supervisor passes the connection. For one without a valid token nothing is started. */
#ifndef MEDIA_H
#define MEDIA_H

#include <stddef.h>

struct head;
struct webhook;

/* An upgrade as it came in. */
struct media_claim {
	const struct head *head; /* the beginning of bytes */
	int fd;
	const void *bytes;
	size_t n;
	const char *address; /* of who asks, for the log */
};

/* Takes one. 0: it was passed on, and the caller closes its copy of fd at once (never shutdown); else the status that
 * refuses it, and why; the log has it then. */
int media_take(struct webhook *w, const struct media_claim *m, const char **why);

#endif
