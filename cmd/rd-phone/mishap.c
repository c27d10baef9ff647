#include "mishap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mishap_open(struct mishap *m)
{
	m->timer = (struct timer){ .name = "mishap", .ctx = m };
}

void mishap_close(struct mishap *m)
{
	timer_stop(m->loop, &m->timer);
	while (m->wires) {
		struct wire *next = m->wires->next;

		wire_close(m->wires);
		free(m->wires);
		m->wires = next;
	}
}

/* --- the wire */

static bool wants_wire(const struct mishap *m)
{
	return m->line->jitter_ms > 0 || m->line->stall_ms > 0 || m->manners->slow_upgrade_ms > 0 ||
	       m->manners->reset_ms > 0 || m->manners->half_open_ms > 0;
}

static int lay_wire(struct mishap *m, const char *url, char *over, size_t over_size, char *error, size_t size)
{
	struct wire *w = calloc(1, sizeof *w);
	struct url u;
	int port;

	if (!w)
		return snprintf(error, size, "cannot lay a wire: %s", strerror(errno)), -1;
	w->next = m->wires;
	m->wires = w;
	if (url_read(&u, url) < 0 || u.tls)
		return snprintf(error, size,
				"cannot open stream %.200s: jitter, stall, reset, half-open and slow-upgrade "
				"need plain TCP (--connect)",
				url),
		       -1;
	w->loop = m->loop;
	w->line = m->line;
	w->head_ms = m->manners->slow_upgrade_ms;
	port = wire_open(w, u.host, u.port);
	if (port < 0)
		return snprintf(error, size, "cannot lay a wire: %s", strerror(errno)), -1;
	snprintf(over, over_size, "ws://127.0.0.1:%d%s", port, u.target);
	return 0;
}

int mishap_route(struct mishap *m, const char *url, char *over, size_t over_size, char *error, size_t size)
{
	if (wants_wire(m))
		return lay_wire(m, url, over, over_size, error, size);
	snprintf(over, over_size, "%s", url);
	return 0;
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
	} owed[] = { [MISHAP_BREAK] = { a->break_ms, a->break_times, on_break },
		     [MISHAP_RESET] = { a->reset_ms, a->reset_times, on_reset },
		     [MISHAP_HALF_OPEN] = { a->half_open_ms, 1, on_half_open } };

	for (size_t i = 0; i < sizeof owed / sizeof owed[0]; i++) {
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
