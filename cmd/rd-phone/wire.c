#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

#define PIECE_BYTES 16384
#define WAITING_MAX ((size_t)1 << 20) /* beyond it nothing is read */
#define HEAD_PIECES 16

struct wire_chunk {
	struct wire_chunk *next;
	uint64_t due_us;
	size_t n, done;
	uint8_t bytes[];
};

static void on_near(void *ctx, uint32_t events);
static void on_far(void *ctx, uint32_t events);

/* --- when */

/* Stalls come again and again, the first one a whole pause after the beginning. */
static uint64_t after_stall_us(const struct wire *w, uint64_t at_us)
{
	uint64_t every_us = (uint64_t)(w->line->stall_every_ms * 1000), stall_us = (uint64_t)(w->line->stall_ms * 1000);
	uint64_t since_us = at_us - w->begun_us;

	if (!stall_us || !every_us || since_us < every_us || since_us % every_us >= stall_us)
		return at_us;
	return at_us - since_us % every_us + stall_us;
}

static uint64_t due_us(struct wire *w, struct wire_way *way, uint64_t extra_us)
{
	uint64_t due = clock_us() + extra_us;

	if (way == &w->up && w->line->jitter_ms > 0)
		due += (uint64_t)dice_between(&w->dice, 0, w->line->jitter_ms * 1000);
	if (due < way->due_us)
		due = way->due_us; /* a connection keeps its order */
	return way->due_us = after_stall_us(w, due);
}

/* --- what is on its way */

static void put(struct wire_way *way, const uint8_t *bytes, size_t n, uint64_t extra_us)
{
	struct wire_chunk *c = malloc(sizeof *c + n);

	if (!c) {
		wire_reset(way->wire);
		return;
	}
	*c = (struct wire_chunk){ .due_us = due_us(way->wire, way, extra_us), .n = n };
	memcpy(c->bytes, bytes, n);
	way->bytes += n;
	if (way->last)
		way->last->next = c;
	else
		way->first = c;
	way->last = c;
}

/* The request's head comes in small segments, as over a very slow line. */
static void put_head(struct wire_way *way, const uint8_t *bytes, size_t n)
{
	size_t piece = n / HEAD_PIECES + 1, done = 0;
	uint64_t each_us = (uint64_t)(way->wire->head_ms * 1000) / HEAD_PIECES, at_us = 0;

	way->wire->head_ms = 0;
	for (; done < n && way->wire->open; done += piece) {
		at_us += each_us;
		put(way, bytes + done, n - done < piece ? n - done : piece, at_us);
	}
}

static void pop(struct wire_way *way)
{
	struct wire_chunk *c = way->first;

	way->first = c->next;
	if (!way->first)
		way->last = NULL;
	way->bytes -= c->n;
	free(c);
}

static void drop_all(struct wire_way *way)
{
	while (way->first)
		pop(way);
}

/* --- reading and writing */

/* An end of which nothing is wanted is not watched: epoll would tell of its hang-up again and again. */
static void watch_one(struct wire *w, struct watch *watch, int fd, uint32_t events)
{
	if (fd >= 0 && events)
		(void)loop_watch(w->loop, watch, fd, events);
	else if (fd >= 0)
		loop_unwatch(w->loop, watch);
}

static uint32_t wish_to_read(const struct wire_way *way)
{
	return !way->ended && way->bytes < WAITING_MAX ? (uint32_t)EPOLLIN : 0u;
}

/* Something is due and the other side did not take it. */
static uint32_t wish_to_write(const struct wire_way *way, uint64_t now_us)
{
	return way->first && way->first->due_us <= now_us ? (uint32_t)EPOLLOUT : 0u;
}

static void watch_both(struct wire *w, uint64_t now_us)
{
	uint32_t near = wish_to_read(&w->up) | wish_to_write(&w->down, now_us);
	uint32_t far = wish_to_read(&w->down) | (w->connected ? wish_to_write(&w->up, now_us) : (uint32_t)EPOLLOUT);

	watch_one(w, &w->near_watch, w->near, near);
	watch_one(w, &w->far_watch, w->far, far);
}

static void take(struct wire_way *way)
{
	uint8_t bytes[PIECE_BYTES];
	ssize_t n = read(way->from, bytes, sizeof bytes);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		way->ended = true;
	else if (way == &way->wire->up && way->wire->head_ms > 0)
		put_head(way, bytes, (size_t)n);
	else
		put(way, bytes, (size_t)n, 0);
}

/* What is due, as far as the other side takes it. false: the other side is gone. */
static bool give(struct wire_way *way, uint64_t now_us)
{
	while (way->first && way->to >= 0 && way->first->due_us <= now_us) {
		struct wire_chunk *c = way->first;
		ssize_t n = send(way->to, c->bytes + c->done, c->n - c->done, MSG_NOSIGNAL);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (n < 0)
			return false;
		c->done += (size_t)n;
		if (c->done == c->n)
			pop(way);
	}
	if (way->ended && !way->first && way->to >= 0)
		(void)shutdown(way->to, SHUT_WR); /* it may be gone already */
	return true;
}

static void set_timer(struct wire *w, uint64_t now_us)
{
	uint64_t next_us = UINT64_MAX;

	if (w->up.first && w->connected)
		next_us = w->up.first->due_us;
	if (w->down.first && w->down.first->due_us < next_us)
		next_us = w->down.first->due_us;
	if (next_us != UINT64_MAX && next_us > now_us)
		timer_set(w->loop, &w->timer, next_us);
}

static void deliver(struct wire *w)
{
	uint64_t now_us = clock_us();

	if ((w->connected && !give(&w->up, now_us)) || !give(&w->down, now_us) ||
	    (w->up.ended && w->down.ended && !w->up.first && !w->down.first)) {
		wire_close(w);
		return;
	}
	set_timer(w, now_us);
	watch_both(w, now_us);
}

static void on_timer(void *ctx)
{
	deliver(ctx);
}

static void on_near(void *ctx, uint32_t events)
{
	struct wire *w = ctx;

	if (events & ~(uint32_t)EPOLLOUT)
		take(&w->up);
	if (w->open)
		deliver(w);
}

/* --- the two ends */

static void close_end(struct wire *w, int *fd, struct watch *watch)
{
	if (*fd < 0)
		return;
	loop_unwatch(w->loop, watch);
	close(*fd);
	*fd = -1;
}

static void on_listen(void *ctx, uint32_t events)
{
	struct wire *w = ctx;
	int one = 1, fd = accept4(w->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd < 0)
		return;
	loop_unwatch(w->loop, &w->listen_watch);
	close(w->listener);
	w->listener = -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	w->near = w->up.from = w->down.to = fd;
	watch_both(w, clock_us());
}

static int connect_to(const char *address, int port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	bool is_four = inet_pton(AF_INET, address, &four.sin_addr) == 1;
	int one = 1, fd;

	if (!is_four && inet_pton(AF_INET6, address, &six.sin6_addr) != 1)
		return -1;
	fd = socket(is_four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(fd, is_four ? (const void *)&four : (const void *)&six, is_four ? sizeof four : sizeof six) < 0 &&
	    errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The far end is at the first address that answers; if none does, the WebSocket is told by our closing. */
static void connect_next(struct wire *w)
{
	int fd = -1;

	while (fd < 0 && w->tried < w->found.count)
		fd = connect_to(w->found.addresses[w->tried++], w->port);
	if (fd < 0) {
		wire_close(w);
		return;
	}
	w->far = w->down.from = w->up.to = fd;
	watch_both(w, clock_us());
}

static void on_resolved(void *ctx, const struct resolve_answer *answer)
{
	struct wire *w = ctx;

	w->found = *answer;
	connect_next(w);
}

static void on_far(void *ctx, uint32_t events)
{
	struct wire *w = ctx;
	int error = 0;
	socklen_t size = sizeof error;

	if (!w->connected && (getsockopt(w->far, SOL_SOCKET, SO_ERROR, &error, &size) < 0 || error)) {
		close_end(w, &w->far, &w->far_watch);
		connect_next(w);
		return;
	}
	w->connected = true;
	if (events & ~(uint32_t)EPOLLOUT)
		take(&w->down);
	if (w->open)
		deliver(w);
}

static int listen_here(struct wire *w)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof here;

	w->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (w->listener < 0 || bind(w->listener, (struct sockaddr *)&here, sizeof here) < 0 ||
	    listen(w->listener, 1) < 0 || getsockname(w->listener, (struct sockaddr *)&here, &size) < 0 ||
	    loop_watch(w->loop, &w->listen_watch, w->listener, EPOLLIN) < 0)
		return -1;
	return ntohs(here.sin_port);
}

int wire_open(struct wire *w, const char *host, int port)
{
	int here;

	w->port = port;
	w->listener = w->near = w->far = -1;
	w->up = (struct wire_way){ .wire = w, .from = -1, .to = -1 };
	w->down = (struct wire_way){ .wire = w, .from = -1, .to = -1 };
	w->listen_watch = (struct watch){ .name = "wire listener", .on = on_listen, .ctx = w };
	w->near_watch = (struct watch){ .name = "wire near", .on = on_near, .ctx = w };
	w->far_watch = (struct watch){ .name = "wire far", .on = on_far, .ctx = w };
	w->timer = (struct timer){ .name = "wire", .on = on_timer, .ctx = w };
	w->resolve = (struct resolve){ .on = on_resolved, .ctx = w };
	w->dice = dice_make(w->line->seed, "jitter");
	w->begun_us = clock_us();
	w->open = true;
	here = listen_here(w);
	if (here < 0 || resolve_start(&w->resolve, w->loop, host) < 0) {
		int why = errno;

		wire_close(w);
		return errno = why, -1;
	}
	return here;
}

void wire_close(struct wire *w)
{
	if (!w->open)
		return;
	w->open = false;
	timer_stop(w->loop, &w->timer);
	resolve_stop(&w->resolve);
	close_end(w, &w->listener, &w->listen_watch);
	close_end(w, &w->near, &w->near_watch);
	close_end(w, &w->far, &w->far_watch);
	drop_all(&w->up);
	drop_all(&w->down);
}

void wire_freeze(struct wire *w)
{
	if (!w->open)
		return;
	timer_stop(w->loop, &w->timer);
	loop_unwatch(w->loop, &w->near_watch);
	loop_unwatch(w->loop, &w->far_watch);
}

void wire_reset(struct wire *w)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	if (w->far >= 0)
		(void)setsockopt(w->far, SOL_SOCKET, SO_LINGER, &now, sizeof now); /* else it is a normal close */
	wire_close(w);
}
