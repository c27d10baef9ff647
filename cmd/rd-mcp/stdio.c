#include "stdio.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "utf8.h"

#define PIECE 65536u
#define ERRORS_MAX (256u * 1024u) /* in a row; then it waits */
#define PAUSE_US (500 * MS)
#define GONE_US (500 * MS) /* from the end of its output to its own */

static void down(struct stdio *s, const char *why)
{
	s->user.on_down(s->user.ctx, why);
}

static void take_line(struct stdio *s, const char *line, size_t n)
{
	struct cJSON *message;

	if (n && line[n - 1] == '\r')
		n--;
	if (n == 0)
		return;
	message = json_parse(line, n);
	if (message)
		s->user.on_message(s->user.ctx, message);
	else
		s->user.on_noise(s->user.ctx);
	cJSON_Delete(message);
}

static int keep_half(struct stdio *s, const char *bytes, size_t n)
{
	if (n > PEER_MESSAGE_MAX - s->line_bytes)
		return errno = EMSGSIZE, -1;
	if (s->line_bytes + n > s->line_size) {
		size_t size = (s->line_bytes + n) * 2;
		char *grown = realloc(s->line, size);

		if (!grown)
			return -1;
		s->line = grown;
		s->line_size = size;
	}
	memcpy(s->line + s->line_bytes, bytes, n);
	s->line_bytes += n;
	return 0;
}

/* A giant line needs its room only once. */
static void drop_line(struct stdio *s)
{
	s->line_bytes = 0;
	if (s->line_size <= PIECE)
		return;
	free(s->line);
	s->line = NULL;
	s->line_size = 0;
}

/* Whoever is told of a message may close us. */
static void take_bytes(struct stdio *s, const char *bytes, size_t n)
{
	const char *newline;

	while (s->process && (newline = memchr(bytes, '\n', n))) {
		size_t piece = (size_t)(newline - bytes);

		if (s->line_bytes == 0) {
			take_line(s, bytes, piece);
		} else if (keep_half(s, bytes, piece) == 0) {
			take_line(s, s->line, s->line_bytes);
			drop_line(s);
		} else {
			break;
		}
		bytes += piece + 1;
		n -= piece + 1;
	}
	if (s->process && n && keep_half(s, bytes, n) < 0)
		down(s, "it sent a line of over 4 MiB");
}

static void on_output(void *ctx, uint32_t events)
{
	struct stdio *s = ctx;
	char piece[PIECE];
	ssize_t n = read(s->out, piece, sizeof piece);

	(void)events;
	if (n > 0) {
		take_bytes(s, piece, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		loop_unwatch(s->loop, &s->out_watch);
		timer_after(s->loop, &s->gone, GONE_US);
	}
}

static void on_gone(void *ctx)
{
	down(ctx, "it closed its output");
}

static void take_errors(struct stdio *s, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] != '\n') {
			if (s->half_bytes < sizeof s->half - 1 && (unsigned char)bytes[i] >= 0x20)
				s->half[s->half_bytes++] = bytes[i];
			continue;
		}
		s->half[s->half_bytes] = 0;
		utf8_clean(s->half, s->half_bytes);
		if (s->half_bytes)
			memcpy(s->said, s->half, s->half_bytes + 1);
		s->half_bytes = 0;
	}
}

static void on_errors(void *ctx, uint32_t events)
{
	struct stdio *s = ctx;
	char piece[PIECE];
	ssize_t n = read(s->err, piece, sizeof piece);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		take_errors(s, piece, (size_t)n);
	s->errors += n > 0 ? (size_t)n : 0;
	if (n > 0 && s->errors < ERRORS_MAX)
		return;
	loop_unwatch(s->loop, &s->err_watch);
	if (n > 0)
		timer_after(s->loop, &s->pause, PAUSE_US);
}

static void on_pause_over(void *ctx)
{
	struct stdio *s = ctx;

	s->errors = 0;
	(void)loop_watch(s->loop, &s->err_watch, s->err, EPOLLIN); /* if it fails nobody reads them: it may wait */
}

static void on_exit_of(void *ctx, int status)
{
	struct stdio *s = ctx;
	char piece[PIECE], why[80];
	ssize_t n;

	while (s->out_watch.watched && s->process && (n = read(s->out, piece, sizeof piece)) > 0)
		take_bytes(s, piece, (size_t)n);
	if (!s->process) /* an answer among the last made us close it */
		return;
	s->process = NULL;
	snprintf(why, sizeof why, "it ended with %s %d", WIFEXITED(status) ? "exit status" : "signal",
		 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	down(s, why);
}

static int flush(struct stdio *s)
{
	size_t done = 0;

	while (done < s->waiting_bytes) {
		ssize_t n = write(s->in, s->waiting + done, s->waiting_bytes - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		done += (size_t)n;
	}
	memmove(s->waiting, s->waiting + done, s->waiting_bytes - done);
	s->waiting_bytes -= done;
	if (!s->waiting_bytes)
		loop_unwatch(s->loop, &s->in_watch);
	else if (errno == EAGAIN)
		return loop_watch(s->loop, &s->in_watch, s->in, EPOLLOUT);
	return s->waiting_bytes ? -1 : 0; /* it has gone: its end is told by its exit */
}

static void on_room(void *ctx, uint32_t events)
{
	struct stdio *s = ctx;

	(void)events;
	if (flush(s) < 0)
		loop_unwatch(s->loop, &s->in_watch);
}

int stdio_send(struct stdio *s, const char *text)
{
	size_t n = strlen(text) + 1;

	if (!s->process || s->waiting_bytes + n > PEER_MESSAGE_MAX)
		return errno = ENOBUFS, -1;
	if (s->waiting_bytes + n > s->waiting_size) {
		size_t size = s->waiting_bytes + n + 4096;
		char *grown = realloc(s->waiting, size);

		if (!grown)
			return -1;
		s->waiting = grown;
		s->waiting_size = size;
	}
	memcpy(s->waiting + s->waiting_bytes, text, n - 1);
	s->waiting[s->waiting_bytes + n - 1] = '\n';
	s->waiting_bytes += n;
	return flush(s);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Our end of a pipe is non-blocking. */
static int open_pipe(int *ours, int *theirs, bool we_write)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	*ours = fds[we_write ? 1 : 0];
	*theirs = fds[we_write ? 0 : 1];
	return fcntl(*ours, F_SETFL, O_NONBLOCK);
}

static void set_up(struct stdio *s, struct processes *all, const struct peer_user *user)
{
	*s = (struct stdio){ .loop = all->loop, .user = *user, .in = -1, .out = -1, .err = -1 };
	s->in_watch = (struct watch){ .name = "server input", .on = on_room, .ctx = s };
	s->out_watch = (struct watch){ .name = "server output", .on = on_output, .ctx = s };
	s->err_watch = (struct watch){ .name = "server errors", .on = on_errors, .ctx = s };
	s->pause = (struct timer){ .name = "server errors", .on = on_pause_over, .ctx = s };
	s->gone = (struct timer){ .name = "server gone", .on = on_gone, .ctx = s };
}

int stdio_open(struct stdio *s, struct processes *all, const char *const *argv, const char *const *envp,
	       const struct peer_user *user)
{
	int theirs[3] = { -1, -1, -1 }, failed;

	set_up(s, all, user);
	failed = open_pipe(&s->in, &theirs[0], true) < 0 || open_pipe(&s->out, &theirs[1], false) < 0 ||
				 open_pipe(&s->err, &theirs[2], false) < 0
			 ? errno
			 : 0;
	if (!failed) {
		s->process = process_start(all, argv, envp, theirs, on_exit_of, s);
		failed = s->process ? 0 : errno;
	}
	for (int i = 0; i < 3; i++)
		close_fd(&theirs[i]);
	if (!failed && (loop_watch(s->loop, &s->out_watch, s->out, EPOLLIN) < 0 ||
			loop_watch(s->loop, &s->err_watch, s->err, EPOLLIN) < 0))
		failed = errno;
	if (!failed)
		return 0;
	stdio_close(s, true);
	return errno = failed, -1;
}

bool stdio_is_open(const struct stdio *s)
{
	return s->process;
}

void stdio_close(struct stdio *s, bool at_once)
{
	char said[STDIO_SAID_BYTES];

	if (!s->loop)
		return;
	loop_unwatch(s->loop, &s->in_watch);
	loop_unwatch(s->loop, &s->out_watch);
	loop_unwatch(s->loop, &s->err_watch);
	timer_stop(s->loop, &s->pause);
	timer_stop(s->loop, &s->gone);
	close_fd(&s->in);
	close_fd(&s->out);
	close_fd(&s->err);
	if (s->process)
		process_end(s->process, at_once);
	free(s->line);
	free(s->waiting);
	memcpy(said, s->said, sizeof said);
	*s = (struct stdio){ .in = -1, .out = -1, .err = -1 };
	memcpy(s->said, said, sizeof said); /* for whoever asks why it ended */
}
