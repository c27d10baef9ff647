#include "resolve.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "line.h"

#define HOST_BYTES 256

static void ask(const char *host, struct resolve_answer *answer)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *found = NULL;
	int failed = getaddrinfo(host, NULL, &hints, &found);

	if (failed) /* a machine with loopback alone has no configured address, and may still have the name in its hosts
		       file */
		failed = getaddrinfo(host, NULL, &(struct addrinfo){ .ai_socktype = SOCK_STREAM }, &found);
	if (failed) {
		snprintf(answer->why, sizeof answer->why, "%s", gai_strerror(failed));
		return;
	}
	for (struct addrinfo *a = found; a && answer->count < RESOLVE_ADDRESSES; a = a->ai_next)
		if (getnameinfo(a->ai_addr, a->ai_addrlen, answer->addresses[answer->count], RESOLVE_ADDRESS_BYTES,
				NULL, 0, NI_NUMERICHOST) == 0)
			answer->count++;
	freeaddrinfo(found);
}

/* The thread shares nothing with the loop but its end of the socket: the name comes over it, the answer goes over it.
 */
static void *work(void *end)
{
	int fd = (int)(intptr_t)end;
	struct resolve_answer answer = { 0 };
	char host[HOST_BYTES] = "";

	if (recv(fd, host, sizeof host - 1, 0) > 0) {
		ask(host, &answer);
		(void)send(fd, &answer, sizeof answer, MSG_NOSIGNAL); /* who asked may have gone */
	}
	close(fd);
	return NULL;
}

static void on_answer(void *ctx, uint32_t events)
{
	struct resolve *r = ctx;
	struct resolve_answer answer = { .why = "the look-up died" };
	ssize_t n = recv(r->fd, &answer, sizeof answer, MSG_DONTWAIT);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	resolve_stop(r);
	r->on(r->ctx, &answer);
}

static int start_thread(int fd)
{
	pthread_attr_t detached;
	pthread_t thread;
	int failed;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	failed = pthread_create(&thread, &detached, work, (void *)(intptr_t)fd);
	pthread_attr_destroy(&detached);
	return failed;
}

int resolve_start(struct resolve *r, struct loop *loop, const char *host)
{
	int pair[2], failed = 0;

	if (strlen(host) >= HOST_BYTES)
		return errno = ENAMETOOLONG, -1;
	if (line_pair(pair) < 0)
		return -1;
	r->loop = loop;
	r->fd = pair[0];
	r->watch = (struct watch){ .name = "resolve", .on = on_answer, .ctx = r };
	if (send(r->fd, host, strlen(host), MSG_NOSIGNAL) < 0 || loop_watch(loop, &r->watch, r->fd, EPOLLIN) < 0)
		failed = errno;
	if (!failed)
		failed = start_thread(pair[1]);
	if (!failed)
		return 0;
	resolve_stop(r);
	close(pair[1]);
	return errno = failed, -1;
}

void resolve_stop(struct resolve *r)
{
	if (r->fd <= 0)
		return;
	loop_unwatch(r->loop, &r->watch);
	close(r->fd);
	r->fd = 0;
}
