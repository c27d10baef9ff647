#include "ring.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "cmdline.h"
#include "line.h"
#include "log.h"
#include "paths.h"
#include "spawn.h"

#define LIMIT_US (2 * SECOND)
#define GIVEN_MOST 16 /* words that ring_start adds */

extern char **environ;

static int read_stage(struct ring_stage *g, const char *text, size_t n, char *error, size_t size)
{
	char line[sizeof g->buf];

	*g = (struct ring_stage){ .in = -1, .out = -1, .line = -1 };
	if (n >= sizeof line) {
		snprintf(error, size, "a stage of at most %zu characters expected", sizeof line - 1);
		return -1;
	}
	memcpy(line, text, n);
	line[n] = 0;
	if (cmdline_split(line, g->buf, sizeof g->buf, g->words, RING_WORDS - GIVEN_MOST) > 0)
		return 0;
	snprintf(error, size, "'%s': a program and its words expected, quotes closed", line);
	return -1;
}

int ring_read(struct ring *r, const char *pipeline, char *error, size_t size)
{
	*r = (struct ring){ 0 };
	for (;;) {
		size_t n = cmdline_stage(pipeline);

		if (r->count == RING_STAGES) {
			snprintf(error, size, "at most %d stages expected", RING_STAGES);
			return -1;
		}
		if (read_stage(&r->stages[r->count], pipeline, n, error, size) < 0)
			return -1;
		r->count++;
		if (!pipeline[n])
			return 0;
		pipeline += n + 1;
	}
}

static void kill_all(struct ring *r, int signo)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->stages[i].pid > 0)
			(void)kill(r->stages[i].pid, signo);
}

static void on_limit(void *ctx)
{
	struct ring *r = ctx;
	bool asked = r->state == RING_KILLING;

	for (size_t i = 0; i < r->count; i++)
		if (r->stages[i].pid > 0)
			log_warn("%s does not end, sending %s", r->stages[i].words[0], asked ? "SIGKILL" : "SIGTERM");
	kill_all(r, asked ? SIGKILL : SIGTERM);
	r->state = RING_KILLING;
	timer_after(r->loop, &r->limit, LIMIT_US);
}

/* What stages tell their supervisor is of no use here, but nobody may wait for it to be read. */
static void on_line(void *ctx, uint32_t events)
{
	static char buf[LINE_MAX_BYTES + 1];
	struct ring_stage *g = ctx;
	ssize_t n;
	int fd;

	(void)events;
	while ((n = line_receive(g->line, buf, &fd)) > 0) {
		log_debug("%s says %s", g->words[0], buf);
		if (fd >= 0)
			close(fd);
	}
	if (n == 0)
		loop_unwatch(g->ring->loop, &g->line_watch);
}

static int open_links(struct ring *r)
{
	for (size_t i = 0; i < r->count; i++) {
		int pair[2];

		if (line_pair(pair) < 0)
			return -1;
		r->stages[i].out = pair[0];
		r->stages[(i + 1) % r->count].in = pair[1];
	}
	return 0;
}

static int start_stage(struct ring *r, size_t i, const char *const *given)
{
	struct ring_stage *g = &r->stages[i];
	struct spawn s = { .argv = g->words,
			   .envp = (const char *const *)environ,
			   .fds = { g->in, g->out, 2 },
			   .count = 4,
			   .own_group = 1 /* the terminal's ^C is for us alone */ };
	char folder[PATHS_MAX_BYTES], path[PATHS_MAX_BYTES];
	size_t n = 0;
	int pair[2];

	while (g->words[n])
		n++;
	while (*given)
		g->words[n++] = *given++;
	snprintf(g->place, sizeof g->place, "%zu", i + 1);
	memcpy(g->words + n, (const char *const[]){ "--origin", g->place, "--life", "0", NULL }, 5 * sizeof *g->words);
	if (cmdline_own_folder(folder, sizeof folder) < 0 || cmdline_find(folder, g->words[0], path, sizeof path) < 0 ||
	    line_pair(pair) < 0)
		return -1;
	s.path = path;
	s.fds[3] = pair[1];
	g->pid = spawn(&s);
	(void)close(pair[1]);
	g->line = pair[0];
	g->ring = r;
	g->line_watch = (struct watch){ .name = "line", .on = on_line, .ctx = g };
	if (g->pid < 0)
		return g->pid = 0, -1;
	return loop_watch(r->loop, &g->line_watch, g->line, EPOLLIN);
}

int ring_start(struct ring *r, struct loop *loop, const char *const *given, char *error, size_t size)
{
	r->loop = loop;
	r->limit = (struct timer){ .name = "limit", .on = on_limit, .ctx = r };
	if (open_links(r) < 0) {
		snprintf(error, size, "cannot make the links: %s", strerror(errno));
		return -1;
	}
	/* the first one last: it is the carrier, which speaks as soon as it runs */
	for (size_t i = r->count; i-- > 0;)
		if (start_stage(r, i, given) < 0) {
			snprintf(error, size, "cannot start %s: %s", r->stages[i].words[0], strerror(errno));
			kill_all(r, SIGKILL);
			return -1;
		}
	return 0;
}

void ring_end(struct ring *r)
{
	if (r->state == RING_OPEN && r->stages[0].pid > 0 && !r->limit.set) {
		(void)kill(r->stages[0].pid, SIGTERM);
		timer_after(r->loop, &r->limit, LIMIT_US);
	} else {
		on_limit(r);
	}
}

/* EOF for the stage behind each that is gone, beginning with the one that ended first. */
static void shut_onward(struct ring *r)
{
	while (r->ended < r->count && r->stages[(r->first + r->ended) % r->count].pid == 0) {
		(void)shutdown(r->stages[(r->first + r->ended) % r->count].out, SHUT_WR);
		r->ended++;
	}
	if (r->ended == r->count)
		loop_stop(r->loop);
}

static void on_exit_of(struct ring *r, struct ring_stage *g, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	bool asked = r->state == RING_KILLING && (code == 128 + SIGTERM || code == 128 + SIGKILL);

	g->pid = 0;
	if (code && !asked) {
		if (WIFEXITED(status))
			log_error("%s ended with exit code %d", g->words[0], code);
		else
			log_error("%s ended by signal %d (%s)", g->words[0], WTERMSIG(status),
				  strsignal(WTERMSIG(status)));
		if (r->status == 0)
			r->status = code == 100 ? 100 : 111;
	}
	if (r->state == RING_OPEN) {
		r->first = (size_t)(g - r->stages);
		r->state = code ? RING_KILLING : RING_CLOSING;
		if (code)
			kill_all(r, SIGTERM);
		else
			log_info("%s has ended, closing the ring", g->words[0]);
		timer_after(r->loop, &r->limit, LIMIT_US);
	}
	shut_onward(r);
}

void ring_reap(struct ring *r)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < r->count; i++)
			if (r->stages[i].pid == pid)
				on_exit_of(r, &r->stages[i], status);
}

void ring_close(struct ring *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct ring_stage *g = &r->stages[i];

		if (r->loop)
			loop_unwatch(r->loop, &g->line_watch);
		if (g->in >= 0)
			close(g->in);
		if (g->out >= 0)
			close(g->out);
		if (g->line >= 0)
			close(g->line);
	}
	if (r->loop)
		timer_stop(r->loop, &r->limit);
	r->count = 0;
}
