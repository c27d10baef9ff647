#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "spawn.h"

/* What a child of sh -c says on descriptor `out`, with the others as given. */
static const char *said(const char *script, struct spawn s, int out)
{
	static char text[256];
	const char *const argv[] = { "sh", "-c", script, NULL }, *const envp[] = { "A=1", NULL };
	int fds[2], status;
	ssize_t n, done = 0;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	s.path = "/bin/sh";
	s.argv = argv;
	s.envp = envp;
	s.fds[out] = fds[1];
	pid = spawn(&s);
	assert_true(pid > 0);
	close(fds[1]);
	while ((n = read(fds[0], text + done, sizeof text - 1 - (size_t)done)) > 0)
		done += n;
	text[done] = 0;
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return text;
}

static void only_what_is_given_is_open(void **state)
{
	int ours = dup3(1, 20, O_CLOEXEC);

	(void)state;
	assert_string_equal(said("readlink /proc/self/fd/0 /proc/self/fd/2; test -e /proc/self/fd/3; echo $?; "
				 "test -e /proc/self/fd/20; echo $?",
				 (struct spawn){ .fds = { -1, -1, -1, -1 }, .count = 4 }, 1),
			    "/dev/null\n/dev/null\n1\n1\n");
	assert_string_equal(said("echo up >&4", (struct spawn){ .fds = { -1, 1, 2, -1, -1 }, .count = 5 }, 4), "up\n");
	close(ours);
}

static void the_environment_is_given_whole(void **state)
{
	(void)state;
	assert_string_equal(said("echo $A$HOME", (struct spawn){ .fds = { -1, -1, 2 }, .count = 3 }, 1), "1\n");
}

static void a_program_that_cannot_be_run_is_told(void **state)
{
	const char *const argv[] = { "x", NULL }, *const envp[] = { NULL };
	struct spawn s = { .path = "/nowhere/at/all", .argv = argv, .envp = envp };

	(void)state;
	assert_int_equal(spawn(&s), -1);
	assert_int_equal(errno, ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_given_is_open),
		cmocka_unit_test(the_environment_is_given_whole),
		cmocka_unit_test(a_program_that_cannot_be_run_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
