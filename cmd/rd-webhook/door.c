#include "door.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "head.h"
#include "http.h"
#include "log.h"
#include "media.h"
#include "routes.h"
#include "webhook.h"

#define LEAVE_US SECOND	   /* for a refused one to read why */
#define LATE_US (100 * MS) /* when we end, for the head of who has connected already */

enum visitor_state {
	VISITOR_HEAD,	  /* its head is being read */
	VISITOR_EXCHANGE, /* its request is being served (lib/http.h) */
	VISITOR_LEAVING,  /* refused; what it still sends is thrown away, else the answer might be lost */
};

struct visitor {
	struct webhook *webhook;
	enum visitor_state state;
	int fd;
	char address[GUARD_KEY_BYTES];
	bool local;
	uint64_t came_us;
	struct watch watch;
	struct timer limit;
	struct exchange exchange;
	size_t n;
	char bytes[HEAD_BYTES];
};

static void on_bytes(void *ctx, uint32_t events);
static void on_limit(void *ctx);

static void forget(struct visitor *v)
{
	struct door *d = &v->webhook->door;

	for (size_t i = 0; i < DOOR_CONNECTIONS; i++)
		if (d->visitors[i] == v)
			d->visitors[i] = NULL;
	d->count--;
	guard_disconnect(&d->addresses, v->address);
	if (d->shut && d->count == 0)
		service_end(&v->webhook->service, 0);
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

/* Whether it is they who let us wait: such a one may make room for somebody else. Who waits for us has proved to be
 * Twilio. */
static bool lets_us_wait(const struct visitor *v)
{
	return v->state != VISITOR_EXCHANGE || http_waits(v->exchange.http);
}

static void make_room(struct visitor *v)
{
	if (refusals_may_say(&v->webhook->refusals, "room"))
		log_warn("connection closed to make room: it let us wait longest address=%s", v->address);
	if (v->state == VISITOR_EXCHANGE)
		http_drop(v->exchange.http);
	else
		leave(v);
}

/* A free place; if there is none, that of the oldest that lets us wait. NULL: all wait for us. */
static struct visitor **place_in(struct door *d)
{
	struct visitor **oldest = NULL;

	for (size_t i = 0; i < d->most; i++) {
		struct visitor **place = &d->visitors[i];

		if (!*place)
			return place;
		if (lets_us_wait(*place) && (!oldest || (*place)->came_us < (*oldest)->came_us))
			oldest = place;
	}
	if (oldest)
		make_room(*oldest);
	return oldest;
}

/* Before anything was read; so its answer is not lost where it has sent nothing yet. */
static void turn_away(struct webhook *w, int fd, const char *address, const char *why)
{
	static const char answer[] =
		"HTTP/1.1 503 too many connections\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

	(void)!send(fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL); /* who is gone needs none */
	close(fd);
	if (refusals_may_say(&w->refusals, "crowd"))
		log_warn("connection refused: %s address=%s", why, address);
}

static void receive(struct webhook *w, struct visitor *v, int fd, const char *address, bool local)
{
	v->webhook = w;
	v->fd = fd;
	v->local = local;
	v->came_us = clock_us();
	snprintf(v->address, sizeof v->address, "%s", address);
	v->watch = (struct watch){ .name = "visitor", .on = on_bytes, .ctx = v };
	v->limit = (struct timer){ .name = "head", .on = on_limit, .ctx = v };
	w->door.count++;
	timer_after(&w->service.loop, &v->limit, DOOR_HEAD_US);
	if (loop_watch(&w->service.loop, &v->watch, fd, EPOLLIN) < 0)
		leave(v);
}

/* Who has enough connections already must not cost another one's place: so its share is looked at first. */
static void let_in(struct webhook *w, int fd, const struct sockaddr *peer)
{
	char address[GUARD_KEY_BYTES];
	bool local = address_of(peer, address);
	unsigned most = local ? DOOR_CONNECTIONS + 1 : DOOR_OF_ADDRESS; /* + 1: for whom an old one makes room */
	struct guard_connections *g = &w->door.addresses;
	struct visitor **place;

	if (!guard_connect(g, address, most)) {
		turn_away(w, fd, address, "too many of one address");
		return;
	}
	place = place_in(&w->door);
	if (place)
		*place = calloc(1, sizeof **place);
	if (place && *place) {
		receive(w, *place, fd, address, local);
		return;
	}
	guard_disconnect(g, address);
	turn_away(w, fd, address, place ? "no memory" : "too many requests at once");
}

static void on_come(void *ctx, int fd, const struct sockaddr *peer)
{
	let_in(ctx, fd, peer);
}

static void on_full(void *ctx, int error)
{
	(void)ctx;
	if (error)
		log_error("cannot accept connections: %s: they wait", strerror(error));
	else
		log_info("accepting connections again");
}

/* As many as leave descriptors for our files: the door itself must not be what runs out of them. */
static size_t room(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur >= DOOR_CONNECTIONS + DOOR_SPARE)
		return DOOR_CONNECTIONS;
	return files.rlim_cur > DOOR_SPARE ? (size_t)files.rlim_cur - DOOR_SPARE : 1;
}

int door_open(struct webhook *w, int fd)
{
	w->door.most = room();
	if (w->door.most < DOOR_CONNECTIONS)
		log_warn("room for %zu connections instead of %d: few descriptors (ulimit -n)", w->door.most,
			 DOOR_CONNECTIONS);
	w->door.acceptor = (struct acceptor){ .on_come = on_come, .on_full = on_full, .ctx = w };
	return acceptor_open(&w->door.acceptor, &w->service.loop, fd);
}

void door_shut(struct webhook *w)
{
	struct door *d = &w->door;

	acceptor_close(&d->acceptor);
	for (size_t i = 0; i < DOOR_CONNECTIONS; i++) {
		if (d->visitors[i] && d->visitors[i]->state == VISITOR_HEAD)
			read_head(d->visitors[i]); /* what is in the socket already is in hand */
		if (d->visitors[i] && d->visitors[i]->state == VISITOR_HEAD && d->visitors[i]->n == 0)
			timer_after(&w->service.loop, &d->visitors[i]->limit, LATE_US);
	}
	d->shut = true;
	if (d->count == 0)
		service_end(&w->service, 0);
}

void door_cut(struct webhook *w)
{
	for (size_t i = 0; i < DOOR_CONNECTIONS; i++) {
		struct visitor *v = w->door.visitors[i];

		if (v && v->state == VISITOR_EXCHANGE)
			http_abort(v->exchange.http);
		else if (v)
			leave(v);
	}
}
