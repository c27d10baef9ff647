#include "loading.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "recogniser.h"

static void *load(void *ctx)
{
	struct loading *l = ctx;

	l->ok = l->back->open(l->conf, l->agent, l->error, sizeof l->error) == 0;
	(void)!write(l->done[1], "", 1);
	return NULL;
}

static void on_done(void *ctx, uint32_t events)
{
	(void)events;
	loading_finish(ctx);
}

int loading_begin(struct loading *l, struct loop *loop)
{
	int error;

	l->loop = loop;
	l->watch = (struct watch){ .name = "loading", .on = on_done, .ctx = l };
	if (pipe2(l->done, O_CLOEXEC) < 0)
		return -1;
	error = loop_watch(loop, &l->watch, l->done[0], EPOLLIN) < 0 ? errno : 0;
	if (!error)
		error = pthread_create(&l->thread, NULL, load, l);
	if (!error) {
		l->under_way = true;
		return 0;
	}
	loop_unwatch(loop, &l->watch);
	close(l->done[0]);
	close(l->done[1]);
	return errno = error, -1;
}

void loading_finish(struct loading *l)
{
	if (!l->under_way)
		return;
	(void)pthread_join(l->thread, NULL);
	loop_unwatch(l->loop, &l->watch);
	close(l->done[0]);
	close(l->done[1]);
	l->under_way = false;
	l->on_loaded(l->ctx);
}
