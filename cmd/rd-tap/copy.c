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

int copy_open(struct copy *c, int in, int out)
{
	*c = (struct copy){ .in = in, .out = out, .in_packets = is_packets(in), .out_packets = is_packets(out) };
	if (c->out_packets && !c->in_packets)
		return errno = EPROTOTYPE, -1;
	c->buf = malloc(BUF_BYTES);
	return c->buf ? take_signals() : -1;
}

void copy_close(struct copy *c)
{
	free(c->buf);
	c->buf = NULL;
}

/* Links may be non-blocking: the flag belongs to whoever had them before too. */
static int wait_for(int fd, short events, const sigset_t *mask)
{
	struct pollfd p = { .fd = fd, .events = events };

	return ppoll(&p, 1, NULL, mask) < 0 ? -1 : 0;
}

/* An empty message reads like the end, but the writer is still there. It is no frame and goes no further. */
static bool is_empty_message(const struct copy *c)
{
	struct pollfd p = { .fd = c->in, .events = POLLRDHUP };

	return c->in_packets && poll(&p, 1, 0) == 0;
}

/* A piece of input; 0 at the end. */
static ssize_t take(struct copy *c)
{
	while (!ending) {
		ssize_t n;

		if (wait_for(c->in, POLLIN, &waiting_mask) < 0 && errno != EINTR)
			return -1;
		n = ending ? 0 : read(c->in, c->buf, BUF_BYTES);
		if (n > 0 || (n == 0 && (ending || !is_empty_message(c))))
			return n;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return errno == ECONNRESET ? 0 : -1;
	}
	return 0;
}

static int put(struct copy *c, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t k = write(c->out, c->buf + done, n - done);

		if (k >= 0)
			done += (size_t)k;
		else if ((errno != EAGAIN && errno != EINTR) || wait_for(c->out, POLLOUT, NULL) < 0)
			return -1;
	}
	return 0;
}

ssize_t copy_next(struct copy *c, const uint8_t **bytes)
{
	ssize_t n = take(c);

	*bytes = c->buf;
	if (n > 0 && c->out >= 0 && put(c, (size_t)n) < 0)
		return errno == EPIPE || errno == ECONNRESET ? 0 : -1;
	return n;
}
