#include "door.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_readable(void *ctx, uint32_t events)
{
	struct door *d = ctx;
	int fd = accept4(d->watch.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd >= 0)
		d->on_come(d->ctx, fd);
}

/* ADDRESS:PORT to a list for bind, or NULL. */
static struct addrinfo *resolve(const char *where)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *found = NULL;
	const char *colon = strrchr(where, ':');
	char host[64];
	size_t n = colon ? (size_t)(colon - where) : 0;

	if (n >= 2 && where[0] == '[' && where[n - 1] == ']') {
		where++;
		n -= 2;
	}
	if (!n || n >= sizeof host)
		return NULL;
	memcpy(host, where, n);
	host[n] = 0;
	return getaddrinfo(host, colon + 1, &hints, &found) == 0 ? found : NULL;
}

static int port_of(int fd)
{
	struct sockaddr_in6 a = { 0 }; /* or sockaddr_in, which has its port in the same place */
	socklen_t size = sizeof a;

	return getsockname(fd, (struct sockaddr *)&a, &size) < 0 ? -1 : ntohs(a.sin6_port);
}

int door_open(struct door *d, struct loop *l, const char *where)
{
	struct addrinfo *a = resolve(where);
	int fd, on = 1, saved;

	if (!a)
		return errno = EINVAL, -1;
	fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
	    bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, 4) == 0) {
		d->loop = l;
		d->watch = (struct watch){ .name = "door", .on = on_readable, .ctx = d, .fd = fd };
		freeaddrinfo(a);
		if (loop_watch(l, &d->watch, fd, EPOLLIN) == 0)
			return port_of(fd);
		close(fd);
		return -1;
	}
	saved = errno;
	freeaddrinfo(a);
	if (fd >= 0)
		close(fd);
	return errno = saved, -1;
}

void door_close(struct door *d)
{
	if (!d->loop)
		return;
	loop_unwatch(d->loop, &d->watch);
	close(d->watch.fd);
	d->loop = NULL;
}
