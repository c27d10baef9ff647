#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "log.h"

#define KEEP_US (2 * SECOND) /* then the carrier's network is told the truth, and asks again */

static void drop(struct stream *w)
{
	timer_stop(w->loop, &w->limit);
	if (w->fd >= 0)
		close(w->fd);
	free(w->bytes);
	w->fd = -1;
	w->bytes = NULL;
}

static void on_limit(void *ctx)
{
	log_warn("no carrier stage took the stream, closing it");
	drop(ctx);
}

void stream_open(struct stream *w, struct loop *loop)
{
	*w = (struct stream){ .loop = loop, .fd = -1 };
	w->limit = (struct timer){ .name = "stream", .on = on_limit, .ctx = w };
}

/* The newest counts: whoever connects again has given up the one before. */
static int keep(struct stream *w, const char *json, const void *bytes, size_t n, int fd)
{
	drop(w);
	w->bytes = malloc(n + 1);
	w->fd = w->bytes ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
	if (w->fd < 0) {
		drop(w);
		return -1;
	}
	memcpy(w->bytes, bytes, n);
	w->n = n;
	snprintf(w->json, sizeof w->json, "%s", json);
	timer_after(w->loop, &w->limit, KEEP_US);
	return 0;
}

int stream_pass(struct stream *w, struct child *carrier, const char *json, const void *bytes, size_t n, int fd)
{
	if (child_send(carrier, json, bytes, n, fd) == 0) {
		drop(w);
		return 0;
	}
	return errno == ENOTCONN || errno == EPIPE || errno == ECONNRESET ? keep(w, json, bytes, n, fd) : -1;
}

void stream_started(struct stream *w, struct child *carrier)
{
	if (w->fd < 0)
		return;
	if (child_send(carrier, w->json, w->bytes, w->n, w->fd) < 0)
		log_warn("cannot pass a stream on: %s", strerror(errno));
	drop(w); /* whoever passes a descriptor closes its own copy at once */
}

void stream_close(struct stream *w)
{
	if (w->loop)
		drop(w);
}
