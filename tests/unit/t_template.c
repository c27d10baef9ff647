#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "line.h"
#include "template.h"
#include "title.h"

#ifndef __SANITIZE_ADDRESS__ /* whose books do not survive a raw clone */
static pid_t template;
static int line;

/* Says on its fd 1 what it was given, and ends by 7. */
static void be_a_stage(int argc, char **words)
{
	const char *secret = getenv("SECRET");
	int n = printf("%d %s %s %s", argc, words[0], words[argc - 1], secret ? secret : "none");

	fflush(stdout);
	_exit(n > 0 && line_is(LINE_FD) ? 7 : 8);
}

static int start_template(void **state)
{
	char buf[LINE_MAX_BYTES + 1];
	int pair[2], fd, argc = 1;

	(void)state;
	if (line_pair(pair) < 0)
		return -1;
	template = fork();
	if (template == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)dup2(pair[1], LINE_FD);
		for (int i = LINE_FD + 1; i < 64; i++)
			close(i);
		be_a_stage(argc, template_serve(&argc));
	}
	close(pair[1]);
	line = pair[0];
	for (int n = -1; n < 0;) /* ready */
		n = (int)line_receive(line, buf, &fd);
	return buf[0] == '\n' ? 0 : -1;
}

static int end_template(void **state)
{
	int status;

	(void)state;
	close(line);
	return waitpid(template, &status, 0) == template && WIFEXITED(status) ? 0 : -1;
}

struct asked {
	long number;
	int line, out;
};

static struct asked ask(const char *last)
{
	const char *const words[] = { "rd-x", "-c", "a b", last, NULL }, *const environment[] = { "SECRET=s=1", NULL };
	struct asked a;
	int pair[2], pipes[2];

	assert_int_equal(line_pair(pair), 0);
	assert_int_equal(pipe(pipes), 0);
	a.number = template_ask(line, words, environment, (const int[]){ 0, pipes[1], 2, pair[1] });
	a.line = pair[0];
	a.out = pipes[0];
	close(pair[1]);
	close(pipes[1]);
	return a;
}

static void forget(const struct asked *a)
{
	close(a->line);
	close(a->out);
}

static int end_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void check_fork(const struct asked *a, const char *said)
{
	pid_t pid = template_take(line, a->number, a->line, clock_us() + 20 * SECOND);
	char text[64] = "";

	assert_true(pid > 0 && pid != template);
	assert_int_equal(end_of(pid), 7); /* ours to wait for */
	assert_true(read(a->out, text, sizeof text - 1) > 0);
	assert_string_equal(text, said);
	forget(a);
}

static void forks_become_what_was_asked(void **state)
{
	struct asked first = ask("one"), second = ask("two");

	(void)state;
	check_fork(&first, "4 rd-x one s=1");
	check_fork(&second, "4 rd-x two s=1");
}

static void a_late_fork_ends_itself(void **state)
{
	struct asked late, next;
	pid_t pid;
	int status;

	(void)state;
	assert_int_equal(kill(template, SIGSTOP), 0);
	late = ask("late");
	pid = template_take(line, late.number, late.line, clock_us() + 20 * MS);
	assert_int_equal(pid, -1);
	assert_int_equal(errno, ETIME);
	forget(&late);
	assert_int_equal(kill(template, SIGCONT), 0);
	pid = waitpid(-1, &status, 0);
	assert_true(pid > 0 && WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 111);
	next = ask("next");
	check_fork(&next, "4 rd-x next s=1");
}

/* The template has forked and died, or the answer was not looked at: the fork has done nothing by then. */
static void a_fork_that_nobody_takes_ends_itself(void **state)
{
	struct asked a = ask("nobody");
	struct pollfd p = { .fd = line, .events = POLLIN };
	pid_t pid;
	int status;

	(void)state;
	assert_int_equal(poll(&p, 1, 30000), 1);
	forget(&a);
	pid = waitpid(-1, &status, 0);
	assert_true(pid > 0 && pid != template && WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 111);
}

static void what_does_not_fit_is_refused(void **state)
{
	char *big = calloc(1, 70000);
	struct asked a;

	(void)state;
	assert_non_null(big);
	memset(big, 'x', 69999);
	a = ask(big);
	assert_int_equal(a.number, -1);
	forget(&a);
	a = ask("");
	assert_int_equal(a.number, -1);
	forget(&a);
	free(big);
	a = ask("after");
	check_fork(&a, "4 rd-x after s=1");
}
#endif

/* A template that cannot fork says so with -1, or sends nonsense: neither is a process. */
static void no_fork_is_no_pid(void **state)
{
	static const char *const answers[] = { "{\"number\":7,\"pid\":-1}", "{\"number\":7,\"pid\":0}",
					       "{\"number\":7}" };
	int pair[2];

	(void)state;
	assert_int_equal(line_pair(pair), 0);
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
		assert_int_equal(line_send(pair[1], answers[i], NULL, 0, -1), 0);
		assert_int_equal(template_take(pair[0], 7, -1, clock_us() + 20 * SECOND), -1);
		assert_int_equal(errno, ECHILD);
	}
	close(pair[0]);
	close(pair[1]);
}

/* What /proc shows of us; the title is cut to the room there is. */
static void read_own_words(char *out, size_t size)
{
	FILE *f = fopen("/proc/self/cmdline", "re");
	size_t n = f ? fread(out, 1, size - 1, f) : 0;

	out[n] = 0;
	if (f)
		fclose(f);
}

static char **given;
static int count;

static void a_title_is_seen(void **state)
{
	char first[] = "rd-x", second[] = "--call", shown[4096];
	char *const words[] = { first, second, NULL };
	static char **copy; /* for good, as in a program */
	const char *home;

	(void)state;
	copy = title_open(count, given);
	assert_non_null(copy);
	home = getenv("PATH");
	title_set(words);
	read_own_words(shown, sizeof shown);
	assert_memory_equal(shown, "rd-x --call", 12);
	assert_true(strstr(copy[0], "t_template") != NULL);
	assert_true(!home || home[0]);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test_setup_teardown(forks_become_what_was_asked, start_template, end_template),
		cmocka_unit_test_setup_teardown(a_late_fork_ends_itself, start_template, end_template),
		cmocka_unit_test_setup_teardown(a_fork_that_nobody_takes_ends_itself, start_template, end_template),
		cmocka_unit_test_setup_teardown(what_does_not_fit_is_refused, start_template, end_template),
#endif
		cmocka_unit_test(no_fork_is_no_pid),
		cmocka_unit_test(a_title_is_seen),
	};

	given = argv;
	count = argc;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
