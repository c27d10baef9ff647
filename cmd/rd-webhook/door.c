#include "door.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "log.h"
#include "visitor.h"
#include "webhook.h"

void door_left(struct webhook *w, const struct visitor *v)
{
	struct door *d = &w->door;

	for (size_t i = 0; i < DOOR_CONNECTIONS; i++)
		if (d->visitors[i] == v)
			d->visitors[i] = NULL;
	d->count--;
	guard_disconnect(&d->addresses, v->address);
	if (d->shut && d->count == 0)
		service_end(&w->service, 0);
}

static void make_room(struct visitor *v)
{
	if (refusals_may_say(&v->webhook->refusals, "room"))
		log_warn("connection closed to make room: it let us wait longest address=%s", v->address);
	visitor_drop(v);
}

/* A free place; if there is none, that of the oldest that lets us wait. NULL: all wait for us. */
static struct visitor **place_in(struct door *d)
{
	struct visitor **oldest = NULL;

	for (size_t i = 0; i < d->most; i++) {
		struct visitor **place = &d->visitors[i];

		if (!*place)
			return place;
		if (visitor_waits(*place) && (!oldest || (*place)->came_us < (*oldest)->came_us))
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

	(void)send(fd, answer, sizeof answer - 1, MSG_DONTWAIT | MSG_NOSIGNAL); /* who is gone needs none */
	close(fd);
	if (refusals_may_say(&w->refusals, "crowd"))
		log_warn("connection refused: %s address=%s", why, address);
}

/* Who has enough connections already must not cost another one's place: so its share is looked at first. */
static void let_in(struct webhook *w, int fd, const struct sockaddr *peer)
{
	char address[GUARD_KEY_BYTES];
	bool local = address_of(peer, address);
	unsigned most = local ? DOOR_CONNECTIONS + 1 : DOOR_OF_ADDRESS; /* + 1: for whom an old one makes room */
	struct guard_connections *g = &w->door.addresses;
	struct visitor **place, *visitor;

	if (!guard_connect(g, address, most)) {
		turn_away(w, fd, address, "too many of one address");
		return;
	}
	place = place_in(&w->door);
	visitor = place ? calloc(1, sizeof *visitor) : NULL;
	if (visitor) {
		*place = visitor;
		w->door.count++;
		visitor_open(visitor, w, fd, address, local);
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
		if (d->visitors[i])
			visitor_look(d->visitors[i]); /* what is in the socket already is in hand */
		if (d->visitors[i])
			visitor_hurry(d->visitors[i]);
	}
	d->shut = true;
	if (d->count == 0)
		service_end(&w->service, 0);
}

void door_cut(struct webhook *w)
{
	for (size_t i = 0; i < DOOR_CONNECTIONS; i++)
		if (w->door.visitors[i])
			visitor_cut(w->door.visitors[i]);
}
