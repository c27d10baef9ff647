#include "worker.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

static struct loop loop;

struct result {
	struct worker worker;
	bool ended;
	int status;
	enum worker_why why;
	char output[5000], lines[2000];
};

static void on_end(struct worker *w, int status)
{
	struct result *r = w->ctx;

	r->ended = true;
	r->status = status;
	r->why = w->why;
	snprintf(r->output, sizeof r->output, "%s", w->output);
	worker_close(w);
}

static void on_line(struct worker *w, int fd, const char *line)
{
	struct result *r = w->ctx;
	size_t n = strlen(r->lines);

	snprintf(r->lines + n, sizeof r->lines - n, "%d:%.100s;", fd, line);
}

static int start(struct result *r, const char *script, const char *input, uint64_t limit_us)
{
	const char *words[] = { "/bin/sh", "-c", script, NULL }, *env[] = { "PATH=/usr/bin:/bin", "A=b", NULL };
	struct worker_order order = { .path = words[0],
				      .argv = words,
				      .envp = env,
				      .input = input,
				      .n = input ? strlen(input) : 0,
				      .output_max = 4096,
				      .limit_us = limit_us };

	*r = (struct result){ .worker = { .on_end = on_end, .on_line = on_line, .ctx = r } };
	return worker_start(&r->worker, &loop, &order);
}

static void run(struct result *r, const char *script, const char *input, uint64_t limit_us)
{
	assert_int_equal(start(r, script, input, limit_us), 0);
	while (!r->ended)
		assert_int_equal(loop_step(&loop, 10000), 0);
}

/* Descriptors that are open, without the one that counts them. */
static int count_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 200; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static const struct {
	const char *script, *input, *output;
	int status; /* as waitpid gives it */
	enum worker_why why;
} cases[] = {
	{ "cat", "{\"a\":1}", "{\"a\":1}", 0, WORKER_EXITED },
	{ "cat", NULL, "", 0, WORKER_EXITED },
	{ "echo $A$HOME", NULL, "b\n", 0, WORKER_EXITED }, /* nothing inherited */
	{ "exit 7", NULL, "", 7 << 8, WORKER_EXITED },
	{ "kill -9 $$", NULL, "", 9, WORKER_EXITED },
	{ "head -c 4096 /dev/zero | tr '\\0' x | tail -c 3", NULL, "xxx", 0, WORKER_EXITED },
	{ "yes", NULL, NULL, 15, WORKER_LOUD },
	{ "trap '' TERM; yes", NULL, NULL, 9, WORKER_LOUD },
};

static void what_it_says_is_gathered(void **state)
{
	struct result r;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int before = count_descriptors();

		run(&r, cases[i].script, cases[i].input, 20 * SECOND);
		assert_int_equal(r.why, cases[i].why);
		if (cases[i].why != WORKER_LOUD || cases[i].status != 9) /* a shell may hear of its pipe before us */
			assert_int_equal(r.status, cases[i].status);
		if (cases[i].output)
			assert_string_equal(r.output, cases[i].output);
		assert_int_equal(count_descriptors(), before);
	}
}

static void lines_come_one_by_one(void **state)
{
	struct result r;

	(void)state;
	run(&r,
	    "echo one >&3; echo two >&3; printf last >&3; head -c 2000 /dev/zero | tr '\\0' y >&2; echo >&2; echo end "
	    ">&2",
	    NULL, 20 * SECOND);
	assert_non_null(strstr(r.lines, "3:one;3:two;"));
	assert_non_null(strstr(r.lines, "3:last;"));
	assert_non_null(strstr(r.lines, "2:yyyyyyyy"));
	assert_non_null(strstr(r.lines, ";2:end;"));
}

static void the_whole_group_is_ended(void **state)
{
	struct result r;
	uint64_t begun = clock_us();
	long child = 0;

	(void)state;
	run(&r, "sleep 1000 & echo $!; wait", NULL, SECOND);
	assert_int_equal(r.why, WORKER_LATE);
	assert_true(clock_us() - begun < 20 * SECOND);
	child = strtol(r.output, NULL, 10);
	assert_true(child > 1);
	assert_true(kill((pid_t)child, 0) < 0 || waitpid((pid_t)child, NULL, WNOHANG) <= 0);
	/* one that its leader left behind: it would hold the output open */
	begun = clock_us();
	run(&r, "sleep 1000 & echo $!", NULL, 20 * SECOND);
	assert_int_equal(r.why, WORKER_EXITED);
	assert_true(clock_us() - begun < 20 * SECOND);
	assert_true(strtol(r.output, NULL, 10) > 1);
}

static void who_does_not_hear_sigterm_is_killed(void **state)
{
	struct result r;
	uint64_t begun = clock_us();

	(void)state;
	run(&r, "trap '' TERM; while :; do sleep 1000; done", NULL, SECOND);
	assert_int_equal(r.why, WORKER_LATE);
	assert_true(WIFSIGNALED(r.status) && WTERMSIG(r.status) == SIGKILL);
	assert_in_range(clock_us() - begun, 1000 * MS, 30 * SECOND);
}

static void the_first_reason_counts(void **state)
{
	struct result r;

	(void)state;
	assert_int_equal(start(&r, "sleep 1000", NULL, 20 * SECOND), 0);
	worker_stop(&r.worker, WORKER_STOPPED);
	worker_stop(&r.worker, WORKER_LATE);
	while (!r.ended)
		assert_int_equal(loop_step(&loop, 10000), 0);
	assert_int_equal(r.why, WORKER_STOPPED);
	worker_stop(&r.worker, WORKER_LATE); /* it has ended */
}

static void closing_leaves_nothing(void **state)
{
	struct result r;
	int before = count_descriptors();
	pid_t pid;

	(void)state;
	assert_int_equal(start(&r, "sleep 1000", NULL, 20 * SECOND), 0);
	pid = r.worker.pid;
	worker_close(&r.worker);
	worker_close(&r.worker);
	assert_false(r.ended);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(count_descriptors(), before);
	assert_null(loop.timers);
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
	const char *words[] = { "/nonexistent/tool", NULL }, *env[] = { NULL };
	struct worker_order order = {
		.path = words[0], .argv = words, .envp = env, .output_max = 10, .limit_us = SECOND
	};
	struct worker w = { .on_end = on_end };
	int before = count_descriptors();

	(void)state;
	assert_int_equal(worker_start(&w, &loop, &order), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(count_descriptors(), before);
	worker_close(&w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says_is_gathered),
		cmocka_unit_test(lines_come_one_by_one),
		cmocka_unit_test(the_whole_group_is_ended),
		cmocka_unit_test(who_does_not_hear_sigterm_is_killed),
		cmocka_unit_test(the_first_reason_counts),
		cmocka_unit_test(closing_leaves_nothing),
		cmocka_unit_test(a_program_that_is_not_there_is_an_error),
	};
	int failed;

	if (loop_open(&loop) < 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	loop_close(&loop);
	return failed;
}
