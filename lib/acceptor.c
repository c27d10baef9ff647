#include "acceptor.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "clock.h"

#define PAUSE_US (200 * MS)

static void set_full(struct acceptor *a, int error)
{
	bool was = a->full;

	a->full = error != 0;
	if (a->full != was && a->on_full)
		a->on_full(a->ctx, error);
}

static void stand_aside(struct acceptor *a, int error)
{
	loop_unwatch(a->loop, &a->watch);
	timer_after(a->loop, &a->pause, PAUSE_US);
	set_full(a, error);
}

/* One at a time: who went before makes room before the next one is judged. */
static void on_ready(void *ctx, uint32_t events)
{
	struct acceptor *a = ctx;
	struct sockaddr_storage peer = { 0 };
	socklen_t size = sizeof peer;
	int fd = accept4(a->watch.fd, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd >= 0) {
		set_full(a, 0);
		a->on_come(a->ctx, fd, (const struct sockaddr *)&peer);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		stand_aside(a, errno);
	} /* else that one is gone already */
}

static void on_pause_over(void *ctx)
{
	struct acceptor *a = ctx;

	if (loop_watch(a->loop, &a->watch, a->watch.fd, EPOLLIN) < 0)
		timer_after(a->loop, &a->pause, PAUSE_US);
}

int acceptor_open(struct acceptor *a, struct loop *loop, int fd)
{
	a->loop = loop;
	a->full = false;
	a->watch = (struct watch){ .name = "acceptor", .on = on_ready, .ctx = a, .fd = fd };
	a->pause = (struct timer){ .name = "accept", .on = on_pause_over, .ctx = a };
	return loop_watch(loop, &a->watch, fd, EPOLLIN);
}

void acceptor_close(struct acceptor *a)
{
	if (!a->loop)
		return;
	loop_unwatch(a->loop, &a->watch);
	timer_stop(a->loop, &a->pause);
}
