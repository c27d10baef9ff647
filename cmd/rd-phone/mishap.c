#include "mishap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ws.h"

void mishap_open(struct mishap *m)
{
	m->timer = (struct timer){ .name = "mishap", .ctx = m };
}

void mishap_close(struct mishap *m)
{
	timer_stop(m->loop, &m->timer);
	if (m->second)
		ws_abort(m->second);
	m->second = NULL;
	while (m->wires) {
		struct wire *next = m->wires->next;

		wire_close(m->wires);
		free(m->wires);
		m->wires = next;
	}
}

/* --- the wire */

bool mishap_needs_wire(const struct badline *line, const struct manners *m)
{
	return line->jitter_ms > 0 || line->stall_ms > 0 || m->slow_upgrade_ms > 0 || m->reset_ms > 0 ||
	       m->half_open_ms > 0;
}

static int lay_wire(struct mishap *m, const char *url, char over[MISHAP_URL], char *error, size_t size)
{
	struct wire *w = calloc(1, sizeof *w);
	struct url u;
	int port;

	if (!w)
		return snprintf(error, size, "cannot lay a wire: %s", strerror(errno)), -1;
	w->next = m->wires;
	m->wires = w;
	if (url_read(&u, url) < 0 || u.tls)
		return snprintf(error, size, "cannot lay a wire to %.200s: it has to be plain TCP", url), -1;
	w->loop = m->loop;
	w->line = m->line;
	w->head_ms = m->manners->slow_upgrade_ms;
	port = wire_open(w, u.host, u.port);
	if (port < 0)
		return snprintf(error, size, "cannot lay a wire: %s", strerror(errno)), -1;
	snprintf(over, MISHAP_URL, "ws://127.0.0.1:%d%s", port, u.target);
	return 0;
}

int mishap_route(struct mishap *m, const char *url, const char *headers, char over[MISHAP_URL], char *error,
		 size_t size)
{
	snprintf(m->url, sizeof m->url, "%s", url);
	snprintf(m->headers, sizeof m->headers, "%s", headers);
	if (mishap_needs_wire(m->line, m->manners))
		return lay_wire(m, url, over, error, size);
	snprintf(over, MISHAP_URL, "%s", url);
	return 0;
}

/* --- a second WebSocket to where one is open already, with the same token: it must be refused */

static void second_answered(struct mishap *m, int status, const char *why)
{
	m->second = NULL;
	progress_line(m->progress, "stream", "a second one with the same token: %d %s", status, why);
	summary_number(m->summary, "second_streams", status);
}

static void on_second_open(struct ws *w, void *ctx)
{
	second_answered(ctx, 101, "it was accepted");
	ws_abort(w);
}

static void on_second_text(struct ws *w, void *ctx, char *text, size_t n)
{
	(void)w;
	(void)ctx;
	(void)text;
	(void)n;
}

static void on_second_close(struct ws *w, void *ctx, int status, const char *why)
{
	struct mishap *m = ctx;

	if (m->second == w)
		second_answered(m, status, why);
}

static void open_second(struct mishap *m)
{
	static const struct ws_calls calls = { .on_open = on_second_open,
					       .on_text = on_second_text,
					       .on_close = on_second_close };
	static const struct ws_limits limits = { .message_bytes = 1 << 20, .queue_bytes = 1 << 16 };

	m->second = ws_connect(m->url, m->headers, NULL, &calls, &limits, m);
	if (!m->second)
		second_answered(m, 0, "it could not be opened: no memory");
}

/* --- the end before its time */

static void on_given_up(void *ctx)
{
	struct mishap *m = ctx;

	progress_line(m->progress, "stream", "is given up");
	stream_cut(m->stream);
}

static void stand_still(struct mishap *m)
{
	progress_line(m->progress, "stream", "stands still");
	wire_freeze(m->wires);
	stream_mute(m->stream);
	m->timer.on = on_given_up;
	timer_after(m->loop, &m->timer, (uint64_t)(m->manners->half_open_wait_ms * 1000));
}

static void on_break(void *ctx)
{
	struct mishap *m = ctx;

	m->done[MISHAP_BREAK]++;
	stream_cut(m->stream);
}

static void on_reset(void *ctx)
{
	struct mishap *m = ctx;

	m->done[MISHAP_RESET]++;
	wire_reset(m->wires);
}

static void on_half_open(void *ctx)
{
	struct mishap *m = ctx;

	m->done[MISHAP_HALF_OPEN]++;
	stand_still(m);
}

void mishap_begin(struct mishap *m)
{
	const struct manners *a = m->manners;
	const struct {
		double ms, times;
		void (*on)(void *ctx);
	} owed[MISHAP_KINDS] = { [MISHAP_BREAK] = { a->break_ms, a->break_times, on_break },
				 [MISHAP_RESET] = { a->reset_ms, a->reset_times, on_reset },
				 [MISHAP_HALF_OPEN] = { a->half_open_ms, 1, on_half_open } };

	if (a->second_stream && !m->second)
		open_second(m);
	for (size_t i = 0; i < MISHAP_KINDS; i++) {
		if (owed[i].ms <= 0 || m->done[i] >= owed[i].times)
			continue;
		m->timer.on = owed[i].on;
		timer_after(m->loop, &m->timer, (uint64_t)(owed[i].ms * 1000));
		return; /* one a stream */
	}
}

void mishap_end(struct mishap *m)
{
	timer_stop(m->loop, &m->timer);
}
