#include <cmocka.h>
#include <errno.h>
#include <signal.h>
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

static int try_internet(void)
{
	return socket(AF_INET6, SOCK_STREAM, 0);
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

#ifdef __x86_64__
/* By i386's number for it: under its own numbers exec would be open. */
static int try_foreign_getpid(void)
{
	long pid = 20;

	__asm__ volatile("int $0x80" : "+a"(pid) : : "memory");
	return (int)pid;
}
#endif

static const struct {
	unsigned needs;
	int (*attempt)(void);
	int error;  /* 0: it succeeds */
	int signal; /* that ends it */
} cases[] = {
	{ SANDBOX_PLAIN, try_socket, EPERM, 0 },
	{ SANDBOX_PLAIN, try_exec, EPERM, 0 },
	{ SANDBOX_PLAIN, try_pipe, 0, 0 },
	{ SANDBOX_SOCKETS, try_socket, 0, 0 },
	{ SANDBOX_SOCKETS, try_exec, EPERM, 0 },
	{ SANDBOX_CHILDREN, try_socket, EPERM, 0 },
	{ SANDBOX_CHILDREN | SANDBOX_INTERNET, try_socket, EPERM, 0 },
	{ SANDBOX_CHILDREN | SANDBOX_INTERNET, try_internet, 0, 0 },
	{ SANDBOX_CHILDREN, try_internet, EPERM, 0 },
	{ SANDBOX_CHILDREN, try_exec, EACCES, 0 },
#ifndef __SANITIZE_ADDRESS__
	{ SANDBOX_CHILDREN | SANDBOX_SOCKETS, try_ptrace, EPERM, 0 },
#endif
#ifdef __x86_64__
	{ SANDBOX_PLAIN, try_foreign_getpid, 0, SIGSYS },
	{ SANDBOX_CHILDREN | SANDBOX_SOCKETS, try_foreign_getpid, 0, SIGSYS },
#endif
};

static void attempt(unsigned needs, int (*what)(void))
{
	if (sandbox_enter(needs) < 0)
		_exit(errno == ENOSYS ? 200 : 201);
	_exit(what() < 0 ? errno : 0);
}

static void check_cases(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0)
			attempt(cases[i].needs, cases[i].attempt);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 200) /* a kernel without seccomp */
			continue;
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV) /* a kernel without i386 */
			status = SIGSYS;
		assert_int_equal(WIFSIGNALED(status) ? WTERMSIG(status) : 0, cases[i].signal);
		assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : 0, cases[i].error);
	}
}

static void refuses_what_is_not_needed(void **state)
{
	(void)state;
	check_cases();
	sandbox_warm(); /* from here on the forks find their filters made */
	check_cases();
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(refuses_what_is_not_needed) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
