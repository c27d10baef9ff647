#include "line.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

int line_pair(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds);
}

int line_is(int fd)
{
	int type = 0;
	socklen_t size = sizeof type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

int line_send(int fd, const char *json, const void *bytes, size_t n, int pass)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec v[3] = { { (void *)(size_t)json, json ? strlen(json) : 0 },
			      { (void *)(size_t) "\n", 1 },
			      { (void *)(size_t)bytes, n } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 3 };

	if (v[0].iov_len + 1 + n > LINE_MAX_BYTES)
		return errno = EMSGSIZE, -1;
	if (pass >= 0) {
		struct cmsghdr *c;

		m.msg_control = control.room;
		m.msg_controllen = sizeof control.room;
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &pass, sizeof pass);
	}
	return sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* Keeps the first descriptor that came along, closes any other. */
static int take_descriptor(struct msghdr *m)
{
	int kept = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		size_t n = c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS
				   ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int)
				   : 0;

		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (kept < 0)
				kept = fd;
			else
				close(fd);
		}
	}
	return kept;
}

/* An empty message reads like the end, but the other side is still there. */
static int is_gone(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) > 0 && p.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

ssize_t line_receive(int fd, char *buf, int *pass)
{
	union {
		char room[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec v = { buf, LINE_MAX_BYTES };
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room
	};
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	*pass = -1;
	if (n < 0)
		return errno == EINTR ? (errno = EAGAIN, -1) : errno == ECONNRESET ? 0 : -1;
	*pass = take_descriptor(&m);
	if (m.msg_flags & MSG_TRUNC || (n == 0 && !is_gone(fd))) {
		if (*pass >= 0)
			close(*pass);
		*pass = -1;
		return errno = EMSGSIZE, -1;
	}
	buf[n] = 0;
	return n;
}
