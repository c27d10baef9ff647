#include "loading.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "log.h"

static void *run(void *ctx)
{
	struct loading *l = ctx;

	l->work(l->ctx);
	(void)!write(l->done[1], "", 1);
	return NULL;
}

static void on_readable(void *ctx, uint32_t events)
{
	(void)events;
	loading_finish(ctx);
}

static void close_pipe(struct loading *l)
{
	loop_unwatch(l->loop, &l->watch);
	close(l->done[0]);
	close(l->done[1]);
}

/* 0, or what is wrong. */
static int start(struct loading *l)
{
	int error;

	if (pipe2(l->done, O_CLOEXEC) < 0)
		return errno;
	l->watch = (struct watch){ .name = "loading", .on = on_readable, .ctx = l };
	error = loop_watch(l->loop, &l->watch, l->done[0], EPOLLIN) < 0 ? errno : 0;
	if (!error)
		error = pthread_create(&l->thread, NULL, run, l);
	if (error)
		close_pipe(l);
	return error;
}

void loading_begin(struct loading *l, struct loop *loop)
{
	int error;

	l->loop = loop;
	error = start(l);
	l->under_way = !error;
	if (!error)
		return;
	log_debug("cannot start a thread: %s", strerror(error));
	l->work(l->ctx);
	l->on_done(l->ctx);
}

void loading_finish(struct loading *l)
{
	if (!l->under_way)
		return;
	(void)pthread_join(l->thread, NULL);
	close_pipe(l);
	l->under_way = false;
	l->on_done(l->ctx);
}
