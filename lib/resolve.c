#include "resolve.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "line.h"

struct job {
	int fd;
	char host[256];
};

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

static void *work(void *arg)
{
	struct job *job = arg;
	struct resolve_answer answer = { 0 };

	ask(job->host, &answer);
	(void)send(job->fd, &answer, sizeof answer, MSG_NOSIGNAL); /* who asked may have gone */
	close(job->fd);
	free(job);
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

int resolve_start(struct resolve *r, struct loop *loop, const char *host)
{
	struct job *job = calloc(1, sizeof *job);
	pthread_attr_t detached;
	pthread_t thread;
	int pair[2], failed;

	if (!job || strlen(host) >= sizeof job->host || line_pair(pair) < 0) {
		failed = !job ? ENOMEM : strlen(host) >= sizeof job->host ? ENAMETOOLONG : errno;
		free(job);
		return errno = failed, -1;
	}
	memcpy(job->host, host, strlen(host));
	job->fd = pair[1];
	r->loop = loop;
	r->fd = pair[0];
	r->watch = (struct watch){ .name = "resolve", .on = on_answer, .ctx = r };
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	failed =
		loop_watch(loop, &r->watch, r->fd, EPOLLIN) < 0 ? errno : pthread_create(&thread, &detached, work, job);
	pthread_attr_destroy(&detached);
	if (!failed)
		return 0;
	resolve_stop(r);
	close(pair[1]);
	free(job);
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
