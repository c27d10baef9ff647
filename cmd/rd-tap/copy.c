#include "copy.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUF_BYTES 262144u /* no message is longer: a socket's buffer holds less */

static volatile sig_atomic_t ending;
static sigset_t waiting_mask; /* signals come only while it waits for input */

static void on_signal(int signo)
{
	(void)signo;
	ending = 1;
}

static int take_signals(void)
{
	struct sigaction end = { .sa_handler = on_signal }, ignore = { .sa_handler = SIG_IGN };
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGINT);
	if (sigprocmask(SIG_BLOCK, &held, &waiting_mask) < 0 || sigaction(SIGTERM, &end, NULL) < 0 ||
	    sigaction(SIGINT, &end, NULL) < 0)
		return -1;
	return sigaction(SIGPIPE, &ignore, NULL);
}

static bool is_packets(int fd)
{
	int type = 0;
	socklen_t size = sizeof type;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

static int open_way(struct copy_way *w, int in, int out)
{
	*w = (struct copy_way){ .in = in, .out = out, .buf = malloc(BUF_BYTES) };
	return w->buf ? 0 : -1;
}

int copy_open(struct copy *c, int in, int out)
{
	bool both;

	*c = (struct copy){ .in_packets = is_packets(in), .out_packets = is_packets(out) };
	if (c->out_packets && !c->in_packets)
		return errno = EPROTOTYPE, -1;
	both = c->in_packets && c->out_packets;
	if (open_way(&c->ahead, in, out) < 0 || open_way(&c->back, both ? out : -1, both ? in : -1) < 0)
		return -1;
	return take_signals();
}

void copy_close(struct copy *c)
{
	free(c->ahead.buf);
	free(c->back.buf);
	c->ahead.buf = c->back.buf = NULL;
}

static bool holds(const struct copy_way *w)
{
	return w->done < w->n;
}

/* An empty message reads like the end, but the writer is still there. It is no frame and goes no further. */
static bool is_empty_message(const struct copy *c, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return c->in_packets && poll(&p, 1, 0) == 0;
}

/* A piece of input. 1: there is one; 0: none yet; -1 with errno, 0 at the end. */
static int take(const struct copy *c, struct copy_way *w)
{
	ssize_t n = c->in_packets ? recv(w->in, w->buf, BUF_BYTES, MSG_DONTWAIT) : read(w->in, w->buf, BUF_BYTES);

	if (n > 0) {
		w->n = (size_t)n;
		w->done = 0;
		return 1;
	}
	if (n < 0 ? errno == EAGAIN || errno == EINTR : is_empty_message(c, w->in))
		return 0;
	if (n == 0 || errno == ECONNRESET)
		errno = 0;
	return -1;
}

/* The rest of the piece. 1: it is written; 0: not all of it yet; -1 with errno, 0 if nobody reads. */
static int put(const struct copy *c, struct copy_way *w)
{
	while (holds(w) && w->out >= 0) {
		const uint8_t *from = w->buf + w->done;
		size_t left = w->n - w->done;
		ssize_t k = c->out_packets ? send(w->out, from, left, MSG_DONTWAIT) : write(w->out, from, left);

		if (k < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (k < 0)
			return errno = errno == EPIPE || errno == ECONNRESET ? 0 : errno, -1;
		w->done += (size_t)k;
	}
	w->done = w->n;
	return 1;
}

/* One step of a way that is ready: as put. */
static int step(const struct copy *c, struct copy_way *w)
{
	int got = holds(w) ? 1 : take(c, w);

	return got > 0 ? put(c, w) : got;
}

static struct pollfd wish(const struct copy_way *w)
{
	return (struct pollfd){ .fd = holds(w) ? w->out : w->in, .events = holds(w) ? POLLOUT : POLLIN };
}

/* The way back is no reason to end: when it breaks, what comes ahead says what that means. */
static bool step_back(struct copy *c)
{
	int did = step(c, &c->back);

	if (did < 0) {
		c->back.in = -1;
		c->back.n = c->back.done = 0;
	}
	return did > 0;
}

ssize_t copy_next(struct copy *c, const uint8_t **bytes, bool *back)
{
	while (!ending || holds(&c->ahead)) {
		struct pollfd p[2] = { wish(&c->ahead), wish(&c->back) };
		int did;

		if (ppoll(p, 2, NULL, holds(&c->ahead) ? NULL : &waiting_mask) < 0) {
			if (errno != EINTR)
				return -1;
			continue;
		}
		*back = p[1].revents && step_back(c);
		if (*back) {
			*bytes = c->back.buf;
			return (ssize_t)c->back.n;
		}
		if (!p[0].revents)
			continue;
		did = step(c, &c->ahead);
		if (did < 0)
			return errno ? -1 : 0;
		if (did > 0) {
			*bytes = c->ahead.buf;
			return (ssize_t)c->ahead.n;
		}
	}
	return 0;
}
