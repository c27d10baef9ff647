/* The acceptor: one connection at a time, and what it does without descriptors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "acceptor.h"
#include "lines.h"

static struct loop loop;
static struct acceptor acceptor;
static int come, said[8], said_count;
static char path[64];

static void on_come(void *ctx, int fd, const struct sockaddr *peer)
{
	assert_ptr_equal(ctx, &loop);
	assert_int_equal(peer->sa_family, AF_UNIX);
	come++;
	close(fd);
}

static void on_full(void *ctx, int error)
{
	(void)ctx;
	assert_true(said_count < 8);
	said[said_count++] = error;
}

static int connect_to(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(a.sun_path, path, strlen(path));
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

static void set_limit(rlim_t most)
{
	struct rlimit r;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &r), 0);
	r.rlim_cur = most;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &r), 0);
}

static void test_without_descriptors_it_stands_aside(void **state)
{
	struct rlimit before;
	int listener, first, steps = 0;

	(void)state;
	snprintf(path, sizeof path, "/tmp/t_acceptor.%d", (int)getpid());
	assert_int_equal(loop_open(&loop), 0);
	listener = lines_listen(path, 0600);
	assert_true(listener >= 0);
	acceptor = (struct acceptor){ .on_come = on_come, .on_full = on_full, .ctx = &loop };
	assert_int_equal(acceptor_open(&acceptor, &loop, listener), 0);
	first = connect_to();
	while (come < 1)
		assert_int_equal(loop_step(&loop, 1000), 0);

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	close(first);
	first = connect_to();
	set_limit((rlim_t)first + 1); /* nothing is free below */
	for (; steps < 5; steps++) /* it looks again five times a second and does not spin: a step is a pause */
		assert_int_equal(loop_step(&loop, 1000), 0);
	assert_int_equal(come, 1);
	assert_int_equal(said_count, 1);
	assert_int_equal(said[0], EMFILE);

	set_limit(before.rlim_cur);
	while (come < 2)
		assert_int_equal(loop_step(&loop, 1000), 0);
	assert_int_equal(said_count, 2);
	assert_int_equal(said[1], 0);
	acceptor_close(&acceptor);
	acceptor_close(&acceptor);
	close(first);
	close(listener);
	unlink(path);
	loop_close(&loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_descriptors_it_stands_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
