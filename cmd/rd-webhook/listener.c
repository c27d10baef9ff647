#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST_BYTES 256
#define PORT_BYTES 8

bool listener_is(int fd)
{
	int listens = 0;
	socklen_t size = sizeof listens;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens;
}

int listener_take(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -1;
	return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* "127.0.0.1:8080", "[::1]:8080" into its parts. */
static int split(const char *address, char host[HOST_BYTES], char port[PORT_BYTES])
{
	const char *colon = strrchr(address, ':');
	bool bracket = address[0] == '[';
	size_t n = colon ? (size_t)(colon - address) : 0;

	if (!colon || n >= HOST_BYTES || strlen(colon + 1) >= PORT_BYTES || (bracket && (n < 2 || colon[-1] != ']')))
		return errno = EINVAL, -1;
	snprintf(host, HOST_BYTES, "%.*s", (int)(bracket ? n - 2 : n), address + bracket);
	snprintf(port, PORT_BYTES, "%s", colon + 1);
	return 0;
}

static int bind_to(const struct addrinfo *a)
{
	int on = 1, fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol), error;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); /* without it a restart may have to wait */
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	error = errno;
	close(fd);
	return errno = error, -1;
}

int listener_bind(const char *address)
{
	struct addrinfo wish = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE }, *found;
	char host[HOST_BYTES], port[PORT_BYTES];
	int fd;

	if (split(address, host, port) < 0)
		return -1;
	if (getaddrinfo(host, port, &wish, &found) != 0)
		return errno = EADDRNOTAVAIL, -1;
	fd = bind_to(found);
	freeaddrinfo(found);
	return fd;
}

char *listener_name(int fd, char *out, size_t size)
{
	struct sockaddr_storage s;
	socklen_t n = sizeof s;
	char host[HOST_BYTES], port[PORT_BYTES];

	if (getsockname(fd, (struct sockaddr *)&s, &n) < 0 ||
	    getnameinfo((struct sockaddr *)&s, n, host, sizeof host, port, sizeof port,
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		snprintf(out, size, "unknown");
	else
		snprintf(out, size, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
	return out;
}
