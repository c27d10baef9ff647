/* rd-phone's bad wire carries every byte to a far end that reads late, in order: what waits is bounded, so the
 * near end is held up, and goes on when the far end reads. */
#include "../../cmd/rd-phone/wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

#define ALL_BYTES (12u << 20) /* more than the wire and both sockets hold */
#define MESSAGE_BYTES 300u    /* is taken whole or not at all */
#define BUFFER_BYTES 16384
#define PATTERN 251u

static struct loop loop;
static struct watch near_watch, listen_watch, far_watch;
static struct timer late, limit;
static int far = -1;
static size_t sent, got;
static bool in_time, in_order;

static void on_near(void *ctx, uint32_t events)
{
	uint8_t bytes[MESSAGE_BYTES];
	ssize_t n;

	(void)events;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)((sent + i) % PATTERN);
	n = send(*(int *)ctx, bytes, ALL_BYTES - sent < sizeof bytes ? ALL_BYTES - sent : sizeof bytes, MSG_NOSIGNAL);
	sent += n > 0 ? (size_t)n : 0;
	if (sent == ALL_BYTES)
		loop_unwatch(&loop, &near_watch);
}

static void on_far(void *ctx, uint32_t events)
{
	uint8_t bytes[50000];
	ssize_t n = read(far, bytes, sizeof bytes);

	(void)ctx;
	(void)events;
	for (ssize_t i = 0; i < n; i++)
		in_order = in_order && bytes[i] == (uint8_t)((got + (size_t)i) % PATTERN);
	got += n > 0 ? (size_t)n : 0;
	in_time = got == ALL_BYTES;
	if (n == 0 || in_time)
		loop_stop(&loop);
}

static void on_listen(void *ctx, uint32_t events)
{
	(void)events;
	far = accept4(*(int *)ctx, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	loop_unwatch(&loop, &listen_watch);
}

/* By now all that can wait is waiting. */
static void on_late(void *ctx)
{
	(void)ctx;
	assert_true(far >= 0 && sent < ALL_BYTES);
	far_watch = (struct watch){ .name = "far", .on = on_far };
	assert_int_equal(loop_watch(&loop, &far_watch, far, EPOLLIN), 0);
}

static void on_limit(void *ctx)
{
	(void)ctx;
	loop_stop(&loop);
}

/* A socket of the loopback: listening, or connected to the port. */
static int make_socket(int *port, bool listening)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				 .sin_port = htons((uint16_t)*port) };
	socklen_t size = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), small = BUFFER_BYTES;

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, listening ? SO_RCVBUF : SO_SNDBUF, &small, sizeof small), 0);
	if (listening) {
		assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
		assert_int_equal(listen(fd, 1), 0);
		assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
		*port = ntohs(a.sin_port);
	} else {
		assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	}
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static void every_byte_arrives_late(void **state)
{
	static const struct badline lines[] = { BADLINE_GOOD, { .jitter_ms = 5, .seed = 3 } };

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct wire w = { .loop = &loop, .line = &lines[i] };
		int port = 0, listener, near;

		sent = got = 0;
		in_time = false;
		in_order = true;
		assert_int_equal(loop_open(&loop), 0);
		listener = make_socket(&port, true);
		listen_watch = (struct watch){ .name = "listener", .on = on_listen, .ctx = &listener };
		assert_int_equal(loop_watch(&loop, &listen_watch, listener, EPOLLIN), 0);
		port = wire_open(&w, "127.0.0.1", port);
		assert_true(port > 0);
		near = make_socket(&port, false);
		near_watch = (struct watch){ .name = "near", .on = on_near, .ctx = &near };
		assert_int_equal(loop_watch(&loop, &near_watch, near, EPOLLOUT), 0);
		late = (struct timer){ .name = "late", .on = on_late };
		limit = (struct timer){ .name = "limit", .on = on_limit };
		timer_after(&loop, &late, 300 * MS);
		timer_after(&loop, &limit, 20 * SECOND);
		assert_int_equal(loop_run(&loop), 0);
		assert_true(in_time && in_order);
		wire_close(&w);
		loop_close(&loop);
		close(near);
		close(far);
		close(listener);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_arrives_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
