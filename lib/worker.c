#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spawn.h"

#define PIECE 4096u
#define LAST_PIECES 8 /* of its lines, when it has ended */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Its output so far; more than the cap ends it, so this ends too. 0: open still; -1: the end. */
static int read_output(struct worker *w)
{
	for (;;) {
		char piece[PIECE];
		ssize_t n = read(w->out, piece, sizeof piece);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0)
			return -1;
		if ((size_t)n > w->output_max - w->n) {
			worker_stop(w, WORKER_LOUD);
			return -1;
		}
		memcpy(w->output + w->n, piece, (size_t)n);
		w->n += (size_t)n;
		w->output[w->n] = 0;
	}
}

static void on_output(void *ctx, uint32_t events)
{
	struct worker *w = ctx;

	(void)events;
	if (read_output(w) < 0) {
		loop_unwatch(w->loop, &w->out_watch);
		close_fd(&w->out);
	}
}

static void put_lines(struct worker *w, struct worker_lines *l, int fd, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] != '\n') {
			if (l->n < sizeof l->text - 1 && bytes[i])
				l->text[l->n++] = bytes[i];
			continue;
		}
		l->text[l->n] = 0;
		l->n = 0;
		w->on_line(w, fd, l->text);
	}
}

static int read_lines(struct worker *w, struct worker_lines *l, int fd)
{
	char piece[PIECE];
	ssize_t n = read(l->fd, piece, sizeof piece);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -1;
	put_lines(w, l, fd, piece, (size_t)n);
	return 1;
}

/* The end of them: a line without its own end counts. */
static void close_lines(struct worker *w, struct worker_lines *l, int fd)
{
	if (l->fd < 0)
		return;
	if (l->n)
		put_lines(w, l, fd, "\n", 1);
	loop_unwatch(w->loop, &l->watch);
	close_fd(&l->fd);
}

static void on_lines(struct worker *w, struct worker_lines *l, int fd)
{
	if (read_lines(w, l, fd) < 0)
		close_lines(w, l, fd);
}

static void on_errors(void *ctx, uint32_t events)
{
	struct worker *w = ctx;

	(void)events;
	on_lines(w, &w->errors, 2);
}

static void on_progress(void *ctx, uint32_t events)
{
	struct worker *w = ctx;

	(void)events;
	on_lines(w, &w->progress, 3);
}

/* What it wrote before it ended and we have not read. */
static void drain_lines(struct worker *w, struct worker_lines *l, int fd)
{
	for (int i = 0; l->fd >= 0 && i < LAST_PIECES && read_lines(w, l, fd) > 0; i++)
		;
	close_lines(w, l, fd);
}

static void release(struct worker *w)
{
	struct watch *watches[] = { &w->out_watch, &w->pid_watch, &w->errors.watch, &w->progress.watch };

	for (size_t i = 0; i < sizeof watches / sizeof watches[0]; i++)
		loop_unwatch(w->loop, watches[i]);
	timer_stop(w->loop, &w->limit);
	timer_stop(w->loop, &w->kill);
	close_fd(&w->out);
	close_fd(&w->pidfd);
	close_fd(&w->errors.fd);
	close_fd(&w->progress.fd);
}

/* The group goes before its leader is reaped: until then nobody else can have its number. */
static int reap(struct worker *w)
{
	int status = 0;

	(void)kill(-w->pid, SIGKILL); /* ESRCH: nobody was left behind */
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
	return status;
}

static void on_exit_of(void *ctx, uint32_t events)
{
	struct worker *w = ctx;
	int status;

	(void)events;
	if (w->out >= 0)
		(void)read_output(w);
	drain_lines(w, &w->errors, 2);
	drain_lines(w, &w->progress, 3);
	status = reap(w);
	release(w);
	w->on_end(w, status);
}

static void on_limit(void *ctx)
{
	worker_stop(ctx, WORKER_LATE);
}

static void on_kill(void *ctx)
{
	struct worker *w = ctx;

	(void)kill(-w->pid, SIGKILL);
}

/* Our end of a pipe to us, its end in *theirs. Only our end is non-blocking: the flag belongs to the end. */
static int open_pipe(int *ours, int *theirs)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	*ours = fds[0];
	*theirs = fds[1];
	return fcntl(fds[0], F_SETFL, O_NONBLOCK);
}

/* A file in memory rather than a pipe: it never blocks us, however slowly it is read. */
static int open_input(const void *bytes, size_t n)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd >= 0 && (write(fd, bytes ? bytes : "", n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) < 0))
		close_fd(&fd);
	return fd;
}

static int open_fds(struct worker *w, const struct worker_order *o, int theirs[4])
{
	theirs[0] = open_input(o->input, o->n);
	if (theirs[0] < 0 || open_pipe(&w->out, &theirs[1]) < 0)
		return -1;
	if (w->on_line)
		return open_pipe(&w->errors.fd, &theirs[2]) < 0 || open_pipe(&w->progress.fd, &theirs[3]) < 0 ? -1 : 0;
	theirs[2] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	theirs[3] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return theirs[2] < 0 || theirs[3] < 0 ? -1 : 0;
}

static int watch_all(struct worker *w)
{
	w->out_watch = (struct watch){ .name = "tool output", .on = on_output, .ctx = w };
	w->pid_watch = (struct watch){ .name = "tool exit", .on = on_exit_of, .ctx = w };
	w->errors.watch = (struct watch){ .name = "tool log", .on = on_errors, .ctx = w };
	w->progress.watch = (struct watch){ .name = "tool progress", .on = on_progress, .ctx = w };
	if (loop_watch(w->loop, &w->out_watch, w->out, EPOLLIN) < 0 ||
	    loop_watch(w->loop, &w->pid_watch, w->pidfd, EPOLLIN) < 0)
		return -1;
	if (w->on_line && (loop_watch(w->loop, &w->errors.watch, w->errors.fd, EPOLLIN) < 0 ||
			   loop_watch(w->loop, &w->progress.watch, w->progress.fd, EPOLLIN) < 0))
		return -1;
	return 0;
}

static int start(struct worker *w, const struct worker_order *o)
{
	struct spawn s = { .path = o->path, .argv = o->argv, .envp = o->envp, .count = 4, .own_group = 1 };
	int theirs[4] = { -1, -1, -1, -1 }, failed;

	failed = open_fds(w, o, theirs);
	memcpy(s.fds, theirs, sizeof theirs);
	if (!failed) {
		w->pid = spawn(&s);
		failed = w->pid < 0;
		w->pid = failed ? 0 : w->pid;
	}
	for (int i = 0; i < 4; i++) {
		int saved = errno;

		close_fd(&theirs[i]);
		errno = saved;
	}
	if (failed)
		return -1;
	w->pidfd = pidfd_open(w->pid, 0);
	return w->pidfd < 0 ? -1 : watch_all(w);
}

int worker_start(struct worker *w, struct loop *loop, const struct worker_order *o)
{
	*w = (struct worker){ .loop = loop,
			      .pidfd = -1,
			      .out = -1,
			      .errors.fd = -1,
			      .progress.fd = -1,
			      .on_line = w->on_line,
			      .on_end = w->on_end,
			      .ctx = w->ctx,
			      .output_max = o->output_max };
	w->output = malloc(o->output_max + 1);
	if (!w->output)
		return -1;
	w->output[0] = 0;
	if (start(w, o) < 0) {
		int saved = errno;

		worker_close(w);
		return errno = saved, -1;
	}
	w->limit = (struct timer){ .name = "tool limit", .on = on_limit, .ctx = w };
	w->kill = (struct timer){ .name = "tool kill", .on = on_kill, .ctx = w };
	timer_after(loop, &w->limit, o->limit_us);
	return 0;
}

void worker_stop(struct worker *w, enum worker_why why)
{
	if (!w->pid || w->why != WORKER_EXITED)
		return;
	w->why = why;
	(void)kill(-w->pid, SIGTERM);
	timer_stop(w->loop, &w->limit);
	timer_after(w->loop, &w->kill, WORKER_KILL_US);
}

void worker_close(struct worker *w)
{
	if (!w->loop)
		return;
	if (w->pid)
		(void)reap(w);
	release(w);
	free(w->output);
	*w = (struct worker){ .loop = NULL };
}
