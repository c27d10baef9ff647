#include "child.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "line.h"
#include "log.h"
#include "spawn.h"
#include "super.h"

#define STEADY_US (10 * SECOND)
#define LATE_US (3 * SECOND) /* a stage may flush for 2 s */
#define MESSAGES_MOST 64     /* of one child at once: then it is the others' turn */

static void on_line(void *ctx, uint32_t events);
static void on_late(void *ctx);

static void close_line(struct child *c)
{
	loop_unwatch(&c->super->loop, &c->line_watch);
	if (c->line > 0)
		close(c->line);
	c->line = -1;
}

void child_adopt(struct child *c, pid_t pid, int line)
{
	c->pid = pid;
	c->line = line;
	c->started_us = clock_us();
	c->line_watch = (struct watch){ .name = c->name, .on = on_line, .ctx = c };
	c->ready = false;
	c->wanted_dead = c->said_bad = false;
	c->late = (struct timer){ .name = "late", .on = on_late, .ctx = c };
	if (loop_watch(&c->super->loop, &c->line_watch, c->line, EPOLLIN) < 0)
		log_error("cannot watch the line of %s: %s", c->name, strerror(errno));
	if (c->super->log_order[0])
		(void)child_send(c, c->super->log_order, NULL, 0, -1); /* its buffer is empty */
	log_debug("started program=%s pid=%d life=%u", c->name, (int)c->pid, c->life);
}

pid_t child_spawn(struct child *c, const char *path, const char *const *words, const char *const *environment, int in,
		  int out, int extra)
{
	int pair[2];
	struct spawn plan = { .path = path,
			      .argv = words,
			      .envp = environment,
			      .fds = { in, out, c->quiet ? -1 : 2, -1, extra },
			      .count = extra >= 0 ? 5 : 4,
			      .own_group = 1 }; /* a terminal's Ctrl-C is ours alone: we end them in order */
	pid_t pid;

	c->started_us = clock_us(); /* also of an attempt: the back-off looks at it */
	if (line_pair(pair) < 0)
		return -1;
	plan.fds[LINE_FD] = pair[1];
	pid = spawn(&plan);
	close(pair[1]);
	if (pid < 0)
		close(pair[0]);
	else
		child_adopt(c, pid, pair[0]);
	return pid;
}

static void take_message(struct child *c, char *buf, size_t n, int fd)
{
	char *newline = memchr(buf, '\n', n);
	size_t head = newline ? (size_t)(newline - buf) : n;
	struct cJSON *message;

	c->heard_us = clock_us();
	if (head == 0) {
		c->ready = !c->wanted_dead;
		super_step(c->super);
		return;
	}
	message = json_parse(buf, head);
	if (message && c->on_line) {
		c->on_line(c, message, newline ? newline + 1 : "", newline ? n - head - 1 : 0, fd);
		fd = -1;
	} else if (!message && !c->said_bad) {
		log_warn("%s says something that is no JSON object on its line", c->name);
		c->said_bad = true;
	}
	if (fd >= 0)
		close(fd);
	cJSON_Delete(message);
}

/* Whether there may be more. */
static bool take_messages(struct child *c)
{
	static char buf[LINE_MAX_BYTES + 1];
	ssize_t n = -1;
	int fd;

	for (int i = 0; i < MESSAGES_MOST && c->line >= 0; i++) {
		n = line_receive(c->line, buf, &fd);
		if (n > 0)
			take_message(c, buf, (size_t)n, fd);
		else if (n == 0 || errno != EMSGSIZE)
			break;
	}
	if (c->line >= 0 && n == 0)
		close_line(c); /* it ends, or has closed its fd 3; SIGCHLD says which */
	return c->line >= 0 && (n > 0 || errno == EMSGSIZE);
}

static void on_line(void *ctx, uint32_t events)
{
	(void)events;
	(void)take_messages(ctx); /* if there is more, the loop calls again */
}

int child_send(struct child *c, const char *json, const void *bytes, size_t n, int fd)
{
	if (c->line < 0 || c->pid == 0)
		return errno = ENOTCONN, -1;
	return line_send(c->line, json, bytes, n, fd);
}

static void send_signal(struct child *c, int signo)
{
	c->wanted_dead = true;
	(void)kill(c->pid, signo); /* it may be gone already: SIGCHLD is on its way */
}

void child_kill(struct child *c)
{
	if (c->pid > 0)
		send_signal(c, SIGKILL);
}

static void on_late(void *ctx)
{
	struct child *c = ctx;

	log_warn("%s does not end, sending SIGKILL", c->name);
	send_signal(c, SIGKILL);
}

void child_end(struct child *c)
{
	if (c->pid == 0 || c->late.set)
		return;
	send_signal(c, SIGTERM);
	timer_after(&c->super->loop, &c->late, LATE_US);
}

static void on_again(void *ctx)
{
	struct child *c = ctx;

	c->life++;
	c->start(c);
}

static void start_after(struct child *c, uint64_t pause_us)
{
	timer_stop(&c->super->loop, &c->again);
	c->again = (struct timer){ .name = "again", .on = on_again, .ctx = c };
	timer_after(&c->super->loop, &c->again, pause_us);
}

void child_soon(struct child *c)
{
	start_after(c, 0);
}

static const char *describe(int code, char out[32])
{
	if (code > CHILD_SIGNAL)
		snprintf(out, 32, "signal %d", code - CHILD_SIGNAL);
	else
		snprintf(out, 32, "exit %d", code);
	return out;
}

bool child_again(struct child *c, int code, unsigned most)
{
	static const uint64_t pauses_us[] = { 0, 50 * MS, 200 * MS, SECOND, 5 * SECOND };
	const size_t last = sizeof pauses_us / sizeof pauses_us[0] - 1;
	char why[32], call[16] = "", again[32];
	uint64_t pause;
	bool given_up;

	if (c->started_us && clock_us() - c->started_us > STEADY_US)
		c->failures = 0;
	pause = pauses_us[c->failures < last ? c->failures : last];
	given_up = ++c->failures >= most && most;
	if (c->call)
		log_short_call(c->call, call);
	snprintf(again, sizeof again, " pause_ms=%llu", (unsigned long long)(pause / MS));
	log_warn("%s ended, %s why=\"%s\"%s failures=%u%s%s", c->name, given_up ? "given up" : "starting it again",
		 describe(code, why), given_up ? "" : again, c->failures, call[0] ? " call=" : "", call);
	if (!given_up)
		start_after(c, pause);
	c->started_us = clock_us(); /* an attempt that never gets as far as a process must not look steady */
	return !given_up;
}

void child_close(struct child *c)
{
	if (!c->super)
		return;
	timer_stop(&c->super->loop, &c->again);
	timer_stop(&c->super->loop, &c->late);
	close_line(c);
}

void child_hung(struct child *c, const char *what)
{
	char call[16] = "";

	if (c->call)
		log_short_call(c->call, call);
	log_warn("%s %s, sending SIGKILL pid=%d%s%s", c->name, what, (int)c->pid, call[0] ? " call=" : "", call);
	(void)kill(c->pid, SIGKILL); /* nobody has wanted it: it counts as a failure */
}

static void take_end(struct child *c, int status)
{
	for (int i = 0; i < MESSAGES_MOST && take_messages(c); i++)
		; /* what it said last still counts; but a child of its own may hold the line and go on */
	close_line(c);
	timer_stop(&c->super->loop, &c->late);
	c->pid = 0;
	c->on_exit(c, WIFSIGNALED(status) ? CHILD_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status));
}

void child_reap(struct super *s, struct child *(*find)(struct super *s, pid_t pid))
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		struct child *c = find(s, pid);

		if (c && WIFSTOPPED(status))
			child_hung(c, "was stopped");
		else if (c)
			take_end(c, status);
	}
}
