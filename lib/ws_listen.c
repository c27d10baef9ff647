#include "ws.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* "HOST:PORT", "[::1]:PORT" into its two parts. */
static int split(const char *address, char host[256], char port[8])
{
	const char *colon = strrchr(address, ':');
	bool bracket = address[0] == '[';
	size_t n;

	if (!colon || (bracket && colon[-1] != ']') || strlen(colon + 1) >= 8)
		return -1;
	n = (size_t)(colon - address) - 2 * bracket;
	if (n >= 256)
		return -1;
	snprintf(host, 256, "%.*s", (int)n, address + bracket);
	snprintf(port, 8, "%s", colon + 1);
	return 0;
}

static int listen_on(const struct addrinfo *a)
{
	int on = 1, fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, a->ai_addr, a->ai_addrlen) < 0 || listen(fd, 16) < 0) {
		int saved = errno;

		close(fd);
		return errno = saved, -1;
	}
	return fd;
}

static int port_of(int fd)
{
	struct sockaddr_storage s;
	socklen_t size = sizeof s;

	if (getsockname(fd, (struct sockaddr *)&s, &size) < 0)
		return -1;
	if (s.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&s)->sin6_port);
	return ntohs(((struct sockaddr_in *)&s)->sin_port);
}

static void on_caller(void *ctx, uint32_t events)
{
	struct ws_door *d = ctx;
	int fd = accept4(d->watch.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd >= 0) /* who was gone before is nobody's loss */
		(void)ws_adopt(fd, NULL, 0, d->calls, d->limits, d->ctx);
}

int ws_listen(struct loop *l, struct ws_door *d, const char *address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found;
	char host[256], port[8];
	int fd;

	if (split(address, host, port) < 0)
		return errno = EINVAL, -1;
	if (getaddrinfo(host[0] ? host : NULL, port, &hints, &found) != 0)
		return errno = EADDRNOTAVAIL, -1;
	fd = listen_on(found);
	freeaddrinfo(found);
	d->watch = (struct watch){ .name = "listen", .on = on_caller, .ctx = d };
	if (fd < 0 || loop_watch(l, &d->watch, fd, EPOLLIN) < 0)
		return -1;
	return port_of(fd);
}

void ws_unlisten(struct loop *l, struct ws_door *d)
{
	if (!d->watch.watched)
		return;
	loop_unwatch(l, &d->watch);
	close(d->watch.fd);
}
