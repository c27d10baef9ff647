#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox.h"

#ifndef __SANITIZE_ADDRESS__ /* see sandbox.c */
static int try_ptrace(void)
{
	return (int)ptrace(PTRACE_TRACEME, 0, 0, 0);
}
#endif

static int try_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int try_exec(void)
{
	char *const words[] = { (char[]){ "/" }, NULL };

	return execv(words[0], words); /* a folder: EACCES where it is allowed to try */
}

static int try_pipe(void)
{
	int fds[2];

	return pipe(fds);
}

static const struct {
	unsigned needs;
	int (*attempt)(void);
	int error; /* 0: it succeeds */
} cases[] = {
	{ SANDBOX_PLAIN, try_socket, EPERM },
	{ SANDBOX_PLAIN, try_exec, EPERM },
	{ SANDBOX_PLAIN, try_pipe, 0 },
	{ SANDBOX_SOCKETS, try_socket, 0 },
	{ SANDBOX_SOCKETS, try_exec, EPERM },
	{ SANDBOX_CHILDREN, try_socket, EPERM },
	{ SANDBOX_CHILDREN, try_exec, EACCES },
#ifndef __SANITIZE_ADDRESS__
	{ SANDBOX_CHILDREN | SANDBOX_SOCKETS, try_ptrace, EPERM },
#endif
};

static void attempt(unsigned needs, int (*what)(void))
{
	if (sandbox_enter(needs) < 0)
		_exit(errno == ENOSYS ? 200 : 201);
	_exit(what() < 0 ? errno : 0);
}

static void refuses_what_is_not_needed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0)
			attempt(cases[i].needs, cases[i].attempt);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) != 200) /* a kernel without seccomp */
			assert_int_equal(WEXITSTATUS(status), cases[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(refuses_what_is_not_needed) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
