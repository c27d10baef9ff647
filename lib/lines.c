#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BATCH 32    /* lines in a row */
#define BACKLOG 128 /* who finds it full and does not block is refused */

/* An address holds 107 bytes; a longer path goes by way of its folder's descriptor. That descriptor (or -1), to be
 * closed once the address was used; -2 with errno. */
static int address(struct sockaddr_un *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	char parent[4096];
	int folder;

	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) < sizeof a->sun_path) {
		memcpy(a->sun_path, path, strlen(path));
		return -1;
	}
	if (!slash || (size_t)(slash - path) >= sizeof parent)
		return errno = ENAMETOOLONG, -2;
	memcpy(parent, path, (size_t)(slash - path));
	parent[slash - path] = 0;
	folder = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return -2;
	if (snprintf(a->sun_path, sizeof a->sun_path, "/proc/self/fd/%d%s", folder, slash) >= (int)sizeof a->sun_path) {
		close(folder);
		return errno = ENAMETOOLONG, -2;
	}
	return folder;
}

int lines_listen(const char *path, unsigned mode)
{
	struct sockaddr_un a;
	int folder = address(&a, path), fd, failed;
	mode_t before;

	if (folder == -2)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	(void)unlink(path); /* what a killed predecessor left; bind says if it could not go */
	before = umask(0777 & ~(mode_t)mode);
	failed = fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, BACKLOG) < 0 ? errno : 0;
	umask(before);
	if (folder >= 0)
		close(folder);
	if (failed && fd >= 0)
		close(fd);
	return failed ? (errno = failed, -1) : fd;
}

static void fail(struct lines *l, const char *why, int error)
{
	loop_unwatch(l->loop, &l->watch);
	errno = error;
	l->on_end(l, why);
}

static int flush(struct lines *l)
{
	size_t done = 0;

	while (done < l->out_used) {
		ssize_t k = send(l->fd, l->out + done, l->out_used - done, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0 && errno == EAGAIN)
			break;
		if (k < 0)
			return -1;
		done += (size_t)k;
	}
	memmove(l->out, l->out + done, l->out_used - done);
	l->out_used -= done;
	return loop_watch(l->loop, &l->watch, l->fd, l->out_used ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void on_more(void *ctx);

/* Hands out whole lines, as many as may be in a row; a handler may close the connection. */
static void take_lines(struct lines *l)
{
	size_t start = 0;
	char *newline = NULL;

	for (int i = 0; l->fd > 0 && (newline = memchr(l->in + start, '\n', l->in_used - start)) && i < BATCH; i++) {
		char *line = l->in + start;

		*newline = 0;
		start = (size_t)(newline - l->in) + 1;
		if (newline > line)
			l->on_line(l, line, (size_t)(newline - line));
	}
	if (l->fd <= 0)
		return;
	memmove(l->in, l->in + start, l->in_used - start);
	l->in_used -= start;
	if (!newline)
		return;
	l->more = (struct timer){ .name = "lines", .on = on_more, .ctx = l };
	timer_after(l->loop, &l->more, 0);
}

static void on_more(void *ctx)
{
	take_lines(ctx);
}

static void on_events(void *ctx, uint32_t events)
{
	struct lines *l = ctx;
	ssize_t n;

	if ((events & EPOLLOUT) && flush(l) < 0) {
		fail(l, strerror(errno), errno);
		return;
	}
	if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)) || l->more.set) /* what came first is first */
		return;
	n = recv(l->fd, l->in + l->in_used, LINES_IN_MAX - l->in_used, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		fail(l, n < 0 ? strerror(errno) : "it has closed", n < 0 ? errno : 0);
		return;
	}
	l->in_used += (size_t)n;
	take_lines(l);
	if (l->fd > 0 && !l->more.set && l->in_used == LINES_IN_MAX)
		fail(l, "it sent a line of over 65536 bytes", EMSGSIZE);
}

int lines_open(struct lines *l, struct loop *loop, int fd)
{
	l->loop = loop;
	l->fd = fd;
	l->in = malloc(LINES_IN_MAX);
	l->watch = (struct watch){ .name = "lines", .on = on_events, .ctx = l };
	if (!l->in || loop_watch(loop, &l->watch, fd, EPOLLIN) < 0) {
		int saved = errno;

		lines_close(l);
		return errno = saved, -1;
	}
	return 0;
}

int lines_connect(struct lines *l, struct loop *loop, const char *path)
{
	struct sockaddr_un a;
	int folder = address(&a, path), fd, failed;

	if (folder == -2)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	failed = fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) < 0 ? errno : 0;
	if (folder >= 0)
		close(folder);
	if (!failed)
		return lines_open(l, loop, fd);
	if (fd >= 0)
		close(fd);
	return errno = failed, -1;
}

int lines_send(struct lines *l, const char *text, size_t n)
{
	if (l->fd <= 0)
		return errno = ENOTCONN, -1;
	if (l->out_used + n + 1 > LINES_OUT_MAX)
		return errno = ENOBUFS, -1;
	if (l->out_used + n + 1 > l->out_size) {
		size_t size = l->out_used + n + 1 + 4096;
		char *grown = realloc(l->out, size);

		if (!grown)
			return -1;
		l->out = grown;
		l->out_size = size;
	}
	memcpy(l->out + l->out_used, text, n);
	l->out_used += n;
	l->out[l->out_used++] = '\n';
	return flush(l);
}

void lines_take(struct lines *l)
{
	int waiting;

	for (;;) {
		if (l->more.set) {
			timer_stop(l->loop, &l->more);
			take_lines(l);
		} else if (l->watch.watched && ioctl(l->fd, FIONREAD, &waiting) == 0 && waiting > 0) {
			on_events(l, EPOLLIN);
		} else {
			return;
		}
	}
}

void lines_close(struct lines *l)
{
	if (l->loop) {
		loop_unwatch(l->loop, &l->watch);
		timer_stop(l->loop, &l->more);
	}
	if (l->fd > 0)
		close(l->fd);
	free(l->in);
	free(l->out);
	l->in = l->out = NULL;
	l->in_used = l->out_used = l->out_size = 0;
	l->fd = -1;
}
