#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static char buf[LINE_MAX_BYTES + 1];

static const struct {
	const char *json;
	const char *bytes;
	size_t n;
	const char *message; /* what the other side gets */
	size_t length;
} messages[] = {
	{ "{\"do\":\"x\"}", NULL, 0, "{\"do\":\"x\"}\n", 11 },
	{ NULL, NULL, 0, "\n", 1 }, /* ready */
	{ "{}", "GET / HTTP/1.1\r\n\0\n", 18, "{}\nGET / HTTP/1.1\r\n\0\n", 21 },
};

static void messages_arrive_whole(void **state)
{
	int fds[2], passed;

	(void)state;
	assert_int_equal(line_pair(fds), 0);
	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
		assert_int_equal(line_send(fds[0], messages[i].json, messages[i].bytes, messages[i].n, -1), 0);
		assert_int_equal(line_receive(fds[1], buf, &passed), (int)messages[i].length);
		assert_memory_equal(buf, messages[i].message, messages[i].length);
		assert_int_equal(buf[messages[i].length], 0);
		assert_int_equal(passed, -1);
	}
	assert_int_equal(line_receive(fds[1], buf, &passed), -1);
	assert_int_equal(errno, EAGAIN);
	close(fds[0]);
	assert_int_equal(line_receive(fds[1], buf, &passed), 0);
	assert_int_equal(line_send(fds[1], "{}", NULL, 0, -1), -1);
	assert_int_equal(errno, EPIPE);
	close(fds[1]);
}

static void a_descriptor_goes_along(void **state)
{
	int fds[2], pipes[2], passed;
	char c = 0;

	(void)state;
	assert_int_equal(line_pair(fds), 0);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(line_send(fds[0], "{}", NULL, 0, pipes[1]), 0);
	close(pipes[1]);
	assert_int_equal(line_receive(fds[1], buf, &passed), 3);
	assert_true(passed >= 0);
	assert_true(fcntl(passed, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(passed, "x", 1), 1);
	close(passed);
	assert_int_equal(read(pipes[0], &c, 1), 1);
	assert_int_equal(read(pipes[0], &c, 1), 0); /* nobody has a copy left */
	close(pipes[0]);
	close(fds[0]);
	close(fds[1]);
}

/* More than one is not of our making: the first is kept, the others are closed and not leaked. */
static void only_one_descriptor_is_taken(void **state)
{
	union {
		char room[CMSG_SPACE(3 * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	char text[] = "{}";
	struct iovec v = { text, 2 };
	struct msghdr m = {
		.msg_iov = &v, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int fds[2], pipes[2], three[3], passed;
	char byte;

	(void)state;
	assert_int_equal(line_pair(fds), 0);
	assert_int_equal(pipe(pipes), 0);
	three[0] = three[1] = three[2] = pipes[1];
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof three);
	memcpy(CMSG_DATA(c), three, sizeof three);
	assert_int_equal(sendmsg(fds[0], &m, 0), 2);
	close(pipes[1]);
	assert_int_equal(line_receive(fds[1], buf, &passed), 2);
	assert_true(passed >= 0);
	close(passed);
	assert_int_equal(read(pipes[0], &byte, 1), 0);
	close(pipes[0]);
	close(fds[0]);
	close(fds[1]);
}

static void what_is_too_long_is_refused(void **state)
{
	char *long_text = calloc(1, LINE_MAX_BYTES);
	int fds[2], passed;

	(void)state;
	assert_int_equal(line_pair(fds), 0);
	memset(long_text, 'x', LINE_MAX_BYTES - 1);
	assert_int_equal(line_send(fds[0], long_text, NULL, 0, -1), 0);
	assert_int_equal(line_receive(fds[1], buf, &passed), LINE_MAX_BYTES);
	assert_int_equal(line_send(fds[0], long_text, "y", 1, -1), -1);
	assert_int_equal(errno, EMSGSIZE);
	free(long_text);
	close(fds[0]);
	close(fds[1]);
}

/* Of a stranger's making: dropped with the descriptor that came along, and the line goes on. */
static void what_no_sender_of_ours_sends_is_dropped(void **state)
{
	char *long_text = calloc(1, LINE_MAX_BYTES + 1);
	int fds[2], passed;

	(void)state;
	assert_int_equal(line_pair(fds), 0);
	assert_int_equal(send(fds[0], "", 0, 0), 0);
	assert_int_equal(send(fds[0], long_text, LINE_MAX_BYTES + 1, 0), LINE_MAX_BYTES + 1);
	assert_int_equal(line_send(fds[0], "{}", NULL, 0, -1), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(line_receive(fds[1], buf, &passed), -1);
		assert_int_equal(errno, EMSGSIZE);
		assert_int_equal(passed, -1);
	}
	assert_int_equal(line_receive(fds[1], buf, &passed), 3);
	close(fds[0]);
	assert_int_equal(line_receive(fds[1], buf, &passed), 0);
	close(fds[1]);
	free(long_text);
}

static void who_lags_is_not_waited_for(void **state)
{
	int fds[2], n = 0;

	(void)state;
	assert_int_equal(line_pair(fds), 0);
	while (line_send(fds[0], "{}", NULL, 0, -1) == 0 && n < 100000)
		n++;
	assert_int_equal(errno, EAGAIN);
	close(fds[0]);
	close(fds[1]);
}

static void by_hand_fd_3_may_be_anything(void **state)
{
	int fds[2], pipes[2], stream[2];

	(void)state;
	assert_int_equal(line_pair(fds), 0);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, stream), 0);
	assert_true(line_is(fds[0]));
	assert_false(line_is(pipes[0]));
	assert_false(line_is(stream[0]));
	for (int i = 0; i < 2; i++) {
		close(fds[i]);
		close(pipes[i]);
		close(stream[i]);
	}
	assert_false(line_is(fds[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_arrive_whole),
		cmocka_unit_test(a_descriptor_goes_along),
		cmocka_unit_test(only_one_descriptor_is_taken),
		cmocka_unit_test(what_is_too_long_is_refused),
		cmocka_unit_test(what_no_sender_of_ours_sends_is_dropped),
		cmocka_unit_test(who_lags_is_not_waited_for),
		cmocka_unit_test(by_hand_fd_3_may_be_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
