#include "visitor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "clock.h"
#include "http.h"
#include "log.h"
#include "media.h"
#include "webhook.h"

#define HEAD_US (5 * SECOND) /* from the connection to its whole head */
#define LEAVE_US SECOND	     /* for a refused one to read why */
#define LATE_US (100 * MS)   /* when we end, for the head of who has connected already */

static void forget(struct visitor *v)
{
	door_left(v->webhook, v);
	free(v);
}

static void let_go(struct visitor *v)
{
	loop_unwatch(&v->webhook->service.loop, &v->watch);
	timer_stop(&v->webhook->service.loop, &v->limit);
}

static void leave(struct visitor *v)
{
	let_go(v);
	close(v->fd);
	forget(v);
}

static void say_refused(const struct visitor *v, const char *verdict, int status, const char *why, const char *method,
			const char *target)
{
	refusals_say(&v->webhook->refusals, verdict, status, why, &(struct refused){ method, target, v->address });
}

/* The same of one whose head is known. */
static void say_head_refused(const struct visitor *v, const char *verdict, int status, const char *why,
			     const struct head *h)
{
	char method[16], target[128];

	snprintf(method, sizeof method, "%.*s", (int)h->method.n, h->method.at);
	snprintf(target, sizeof target, "%.*s", (int)h->target.n, h->target.at);
	say_refused(v, verdict, status, why, method, target);
}

/* Answers in one line, the reason in the place of the phrase. */
static void refuse(struct visitor *v, int status, const char *why)
{
	char reply[256];
	int n = snprintf(reply, sizeof reply, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
			 status, why);

	v->state = VISITOR_LEAVING;
	if (send(v->fd, reply, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) != n || shutdown(v->fd, SHUT_WR) < 0)
		leave(v);
	else
		timer_after(&v->webhook->service.loop, &v->limit, LEAVE_US);
}

static void on_limit(void *ctx)
{
	struct visitor *v = ctx;

	if (v->state == VISITOR_LEAVING || (v->webhook->door.shut && v->n == 0)) {
		leave(v);
		return;
	}
	say_refused(v, v->n ? "late" : "idle", 408, v->n ? "no whole head within 5 s" : "nothing came for 5 s", "-",
		    "-");
	refuse(v, 408, "no whole head within 5 s");
}

static void on_request(struct http *h, void *ctx, const struct http_request *r)
{
	struct visitor *v = ctx;

	(void)h;
	routes_serve(&v->exchange, r);
}

static void on_refused(struct http *h, void *ctx, const struct http_request *r, int status)
{
	const struct visitor *v = ctx;

	(void)h;
	if (status == 0)
		say_refused(v, "half", 0, "the connection ended within the body", r->method, r->target);
	else if (status == 408)
		say_refused(v, "late", 408, "no whole body within 10 s", r->method, r->target);
	else
		say_refused(v, "refused", status, "a body without a good length", r->method, r->target);
}

static void on_over(struct http *h, void *ctx)
{
	struct visitor *v = ctx;

	(void)h;
	routes_over(&v->exchange);
	forget(v);
}

static void serve(struct visitor *v)
{
	static const struct http_calls calls = { .on_request = on_request,
						 .on_refused = on_refused,
						 .on_over = on_over };

	let_go(v);
	v->state = VISITOR_EXCHANGE;
	v->exchange.http = http_adopt(&v->webhook->service.loop, v->fd, v->bytes, v->n, FORM_BYTES, &calls, v);
	if (!v->exchange.http) {
		log_warn("cannot serve a request: %s", strerror(errno));
		forget(v);
	}
}

static void pass_on(struct visitor *v, const struct head *h)
{
	const struct media_claim claim = {
		.head = h, .fd = v->fd, .bytes = v->bytes, .n = v->n, .address = v->address
	};
	const char *why;
	int refused = media_take(v->webhook, &claim, &why);

	if (refused)
		refuse(v, refused, why);
	else
		leave(v);
}

/* Counts one that came through a front on this machine by the address that it names. false: that one has enough. */
static bool count_forwarded(struct visitor *v, const struct head *h)
{
	struct guard_connections *g = &v->webhook->door.addresses;
	char header[512], address[GUARD_KEY_BYTES];

	if (!v->local || head_text(h, "x-forwarded-for", header, sizeof header) < 0 ||
	    address_forwarded(header, address) < 0)
		return true;
	if (!guard_connect(g, address, DOOR_OF_ADDRESS))
		return false;
	guard_disconnect(g, v->address);
	memcpy(v->address, address, sizeof v->address);
	return true;
}

static void judge(struct visitor *v, const struct head *h)
{
	const char *why = "an upgrade that is none";
	int upgrade = head_upgrade(h), refused = 400;

	if (!count_forwarded(v, h)) {
		say_head_refused(v, "crowd", 429, "too many connections of one address", h);
		refuse(v, 429, "too many connections");
		return;
	}
	if (upgrade > 0) {
		pass_on(v, h);
		return;
	}
	v->exchange.webhook = v->webhook;
	v->exchange.address = v->address;
	if (upgrade == 0)
		refused = routes_find(h, &v->exchange.route, &why);
	if (refused) {
		say_head_refused(v, "refused", refused, why, h);
		refuse(v, refused, why);
	} else {
		serve(v);
	}
}

/* Whether to look at the head: at its first bytes, at an empty line among the new ones, and when it is full. */
static bool worth_reading(const struct visitor *v, size_t before)
{
	size_t from = before < 3 ? 0 : before - 3;

	return before == 0 || v->n == HEAD_BYTES || memmem(v->bytes + from, v->n - from, "\r\n\r\n", 4);
}

static void read_head(struct visitor *v)
{
	ssize_t n = recv(v->fd, v->bytes + v->n, HEAD_BYTES - v->n, MSG_DONTWAIT);
	size_t before = v->n;
	struct head h;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		if (v->n > 0)
			say_refused(v, "half", 0, "the connection ended within the head", "-", "-");
		leave(v);
		return;
	}
	v->n += (size_t)n;
	if (!worth_reading(v, before))
		return;
	switch (head_read(&h, v->bytes, v->n)) {
	case HEAD_MORE: break;
	case HEAD_WHOLE: judge(v, &h); break;
	case HEAD_BAD:
		say_refused(v, "head", h.status, h.why, "-", "-");
		refuse(v, h.status, h.why);
		break;
	}
}

/* Throws away what a refused one still sends, until it is gone. */
static void read_rest(struct visitor *v)
{
	ssize_t n = recv(v->fd, v->bytes, sizeof v->bytes, MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		leave(v);
}

static void on_bytes(void *ctx, uint32_t events)
{
	struct visitor *v = ctx;

	(void)events;
	if (v->state == VISITOR_HEAD)
		read_head(v);
	else
		read_rest(v);
}

void visitor_open(struct visitor *v, struct webhook *w, int fd, const char *address, bool local)
{
	v->webhook = w;
	v->fd = fd;
	v->local = local;
	v->came_us = clock_us();
	snprintf(v->address, sizeof v->address, "%s", address);
	v->watch = (struct watch){ .name = "visitor", .on = on_bytes, .ctx = v };
	v->limit = (struct timer){ .name = "head", .on = on_limit, .ctx = v };
	timer_after(&w->service.loop, &v->limit, HEAD_US);
	if (loop_watch(&w->service.loop, &v->watch, fd, EPOLLIN) < 0)
		leave(v);
}

void visitor_look(struct visitor *v)
{
	if (v->state == VISITOR_HEAD)
		read_head(v);
}

void visitor_hurry(struct visitor *v)
{
	if (v->state == VISITOR_HEAD && v->n == 0)
		timer_after(&v->webhook->service.loop, &v->limit, LATE_US);
}

bool visitor_waits(const struct visitor *v)
{
	return v->state != VISITOR_EXCHANGE || http_waits(v->exchange.http);
}

void visitor_drop(struct visitor *v)
{
	if (v->state == VISITOR_EXCHANGE)
		http_drop(v->exchange.http);
	else
		leave(v);
}

void visitor_cut(struct visitor *v)
{
	if (v->state == VISITOR_EXCHANGE)
		http_abort(v->exchange.http);
	else
		leave(v);
}
