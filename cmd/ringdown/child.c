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

static void on_line(void *ctx, uint32_t events);

static void close_line(struct child *c)
{
	loop_unwatch(&c->super->loop, &c->line_watch);
	if (c->line > 0)
		close(c->line);
	c->line = -1;
}

pid_t child_spawn(struct child *c, const char *path, const char *const *words, const char *const *environment, int in,
		  int out, int extra)
{
	int pair[2];
	struct spawn plan = { .path = path,
			      .argv = words,
			      .envp = environment,
			      .fds = { in, out, 2, -1, extra },
			      .count = extra >= 0 ? 5 : 4 };

	c->started_us = clock_us(); /* also of an attempt: the back-off looks at it */
	if (line_pair(pair) < 0)
		return -1;
	plan.fds[LINE_FD] = pair[1];
	c->pid = spawn(&plan);
	close(pair[1]);
	if (c->pid < 0) {
		close(pair[0]);
		c->pid = 0;
		return -1;
	}
	c->line = pair[0];
	c->line_watch = (struct watch){ .name = c->name, .on = on_line, .ctx = c };
	c->ready = false;
	c->wanted_dead = false;
	if (loop_watch(&c->super->loop, &c->line_watch, c->line, EPOLLIN) < 0)
		log_error("cannot watch the line of %s: %s", c->name, strerror(errno));
	log_debug("started program=%s pid=%d life=%u", c->name, (int)c->pid, c->life);
	return c->pid;
}

static void take_message(struct child *c, char *buf, size_t n, int fd)
{
	char *newline = memchr(buf, '\n', n);
	size_t head = newline ? (size_t)(newline - buf) : n;
	struct cJSON *message;

	if (head == 0) {
		c->ready = true;
		super_step(c->super);
		return;
	}
	message = json_parse(buf, head);
	if (message && c->on_line) {
		c->on_line(c, message, newline ? newline + 1 : "", newline ? n - head - 1 : 0, fd);
		fd = -1;
	} else if (!message) {
		log_warn("%s says something that is no JSON object", c->name);
	}
	if (fd >= 0)
		close(fd);
	cJSON_Delete(message);
}

static void on_line(void *ctx, uint32_t events)
{
	static char buf[LINE_MAX_BYTES + 1];
	struct child *c = ctx;
	ssize_t n = -1;
	int fd;

	(void)events;
	while (c->line >= 0 && (n = line_receive(c->line, buf, &fd)) > 0)
		take_message(c, buf, (size_t)n, fd);
	if (c->line >= 0 && n == 0)
		close_line(c); /* it ends, or has closed its fd 3; SIGCHLD says which */
}

int child_send(struct child *c, const char *json, const void *bytes, size_t n, int fd)
{
	if (c->line < 0 || c->pid == 0)
		return errno = ENOTCONN, -1;
	return line_send(c->line, json, bytes, n, fd);
}

void child_kill(struct child *c, int signo)
{
	if (c->pid > 0) {
		c->wanted_dead = true;
		(void)kill(c->pid, signo); /* it may be gone already: SIGCHLD is on its way */
	}
}

static void on_again(void *ctx)
{
	struct child *c = ctx;

	c->life++;
	c->start(c);
}

static const char *describe(int code, char out[32])
{
	if (code > 128)
		snprintf(out, 32, "signal %d", code - 128);
	else
		snprintf(out, 32, "exit %d", code);
	return out;
}

unsigned child_again(struct child *c, int code)
{
	static const uint64_t pauses_us[] = { 0, 50 * MS, 200 * MS, SECOND, 5 * SECOND };
	const size_t last = sizeof pauses_us / sizeof pauses_us[0] - 1;
	char why[32], call[16] = "";

	uint64_t pause;

	if (c->started_us && clock_us() - c->started_us > STEADY_US)
		c->failures = 0;
	pause = pauses_us[c->failures < last ? c->failures : last];
	c->failures++;
	if (c->call)
		log_short_call(c->call, call);
	log_warn("%s ended, starting it again why=\"%s\" pause_ms=%llu failures=%u%s%s", c->name, describe(code, why),
		 (unsigned long long)(pause / MS), c->failures, call[0] ? " call=" : "", call);
	c->again = (struct timer){ .name = "again", .on = on_again, .ctx = c };
	timer_after(&c->super->loop, &c->again, pause);
	c->started_us = clock_us(); /* an attempt that never gets as far as a process must not look steady */
	return c->failures;
}

void child_close(struct child *c)
{
	if (!c->super)
		return;
	timer_stop(&c->super->loop, &c->again);
	close_line(c);
}

void child_reap(struct super *s, struct child *(*find)(struct super *s, pid_t pid))
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct child *c = find(s, pid);

		if (!c)
			continue;
		if (c->line >= 0)
			on_line(c, 0); /* what it said last still counts */
		close_line(c);
		c->pid = 0;
		c->on_exit(c, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
	}
}
