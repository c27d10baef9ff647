#include "twin.h"

#include <stddef.h>

#include "ws.h"

static const struct ws_limits limits = { .message_bytes = 1 << 20, .queue_bytes = 1 << 16 };

static void on_open(struct ws *w, void *ctx)
{
	struct twin *t = ctx;

	t->ws = NULL;
	t->on_refused(t->ctx, 101, "it was accepted");
	ws_abort(w);
}

static void on_text(struct ws *w, void *ctx, char *text, size_t n)
{
	(void)w;
	(void)ctx;
	(void)text;
	(void)n;
}

static void on_close(struct ws *w, void *ctx, int status, const char *why)
{
	struct twin *t = ctx;

	if (t->ws != w)
		return;
	t->ws = NULL;
	t->on_refused(t->ctx, status, why);
}

static const struct ws_calls calls = { .on_open = on_open, .on_text = on_text, .on_close = on_close };

int twin_open(struct twin *t, const char *url, const char *headers)
{
	t->ws = ws_connect(url, headers, NULL, &calls, &limits, t);
	return t->ws ? 0 : -1;
}

void twin_close(struct twin *t)
{
	if (t->ws)
		ws_abort(t->ws);
	t->ws = NULL;
}
