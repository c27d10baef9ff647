#include "feed.h"

#include <stdlib.h>

#include "call.h"
#include "clock.h"
#include "log.h"

#define AGAIN_US (100 * MS)

static struct feed *feed_of(struct lines *l)
{
	return (struct feed *)((char *)l - offsetof(struct feed, lines));
}

static void on_line(struct lines *l, char *line, size_t n)
{
	struct feed *f = feed_of(l);

	f->on_line(f->ctx, f, line, n);
}

static void on_end(struct lines *l, const char *why)
{
	struct feed *f = feed_of(l);

	log_debug("monitor gone call=%s why=\"%s\"", f->call->id, why);
	lines_close(l);
	timer_after(f->loop, &f->again, AGAIN_US);
}

static void on_again(void *ctx)
{
	struct feed *f = ctx;
	char path[PATHS_MAX_BYTES + 16];

	if (paths_format(path, sizeof path, "%s/monitor", f->call->dir) < 0 ||
	    lines_connect(&f->lines, f->loop, path) < 0)
		timer_after(f->loop, &f->again, AGAIN_US);
}

struct feed *feed_open(struct loop *loop, struct call *call,
		       void (*on)(void *ctx, struct feed *f, const char *line, size_t n), void *ctx)
{
	struct feed *f = calloc(1, sizeof *f);

	if (!f)
		return NULL;
	*f = (struct feed){ .call = call, .loop = loop, .on_line = on, .ctx = ctx };
	f->lines = (struct lines){ .fd = -1, .on_line = on_line, .on_end = on_end };
	f->again = (struct timer){ .name = "feed", .on = on_again, .ctx = f };
	on_again(f);
	return f;
}

void feed_take(struct feed *f)
{
	lines_take(&f->lines);
}

void feed_close(struct feed *f)
{
	timer_stop(f->loop, &f->again);
	lines_close(&f->lines);
	free(f);
}
