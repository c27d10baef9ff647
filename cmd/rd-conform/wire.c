#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "line.h"
#include "log.h"

/* --- its output */

static void read_link(struct subject *s)
{
	static uint8_t bytes[FRAME_MAX + 1];
	ssize_t n;

	while (!s->failure[0] && (n = recv(s->out, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
		wire_frame(s, bytes, (size_t)n);
}

static void make_room(struct subject *s)
{
	if (s->stream_room - s->stream_size >= FRAME_MAX)
		return;
	s->stream_room = s->stream_room * 2 + 2 * FRAME_MAX;
	s->stream = realloc(s->stream, s->stream_room);
	if (!s->stream)
		log_die(111, "cannot keep the output: no memory");
}

static void take_frames(struct subject *s)
{
	size_t at = 0;
	struct frame f;

	while (!s->failure[0] && s->stream_size - at >= FRAME_HEADER) {
		if (frame_unpack(&f, s->stream + at) < 0) {
			subject_fail(s, "expected frames on its output, got something else after %llu of them",
				     (unsigned long long)s->got_count);
			return;
		}
		if (s->stream_size - at < FRAME_HEADER + f.length)
			break;
		wire_frame(s, s->stream + at, FRAME_HEADER + f.length);
		at += FRAME_HEADER + f.length;
	}
	memmove(s->stream, s->stream + at, s->stream_size - at);
	s->stream_size -= at;
}

static void read_stream(struct subject *s)
{
	ssize_t n;

	do {
		make_room(s);
		n = read(s->out, s->stream + s->stream_size, s->stream_room - s->stream_size);
		s->stream_size += n > 0 ? (size_t)n : 0;
		if (!s->lines)
			take_frames(s);
	} while (n > 0);
	if (n == 0) {
		close(s->out);
		s->out = -1;
	}
}

static void read_output(struct subject *s)
{
	if (s->pipes)
		read_stream(s);
	else
		read_link(s);
}

/* --- its log: a fact a line, and nothing in it that forges another or moves a terminal's cursor */

static void check_log(struct subject *s, size_t from)
{
	for (size_t i = from; i < s->log_size; i++) {
		unsigned char c = (unsigned char)s->log_text[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			subject_fail(s, "expected printable lines on descriptor 2, got a byte %02x", c);
	}
}

static void read_log(struct subject *s)
{
	char rest[4096];
	ssize_t n;

	for (;;) {
		size_t room = sizeof s->log_text - 1 - s->log_size;
		size_t from = s->log_size;

		n = room ? read(s->log, s->log_text + s->log_size, room) : read(s->log, rest, sizeof rest);
		if (n <= 0)
			break;
		s->log_size += room ? (size_t)n : 0;
		s->log_text[s->log_size] = 0;
		check_log(s, from);
		if (s->plan->verbose)
			fprintf(stderr, "   | %.*s", (int)(s->log_size - from), s->log_text + from);
	}
	if (n == 0) {
		close(s->log);
		s->log = -1;
	}
}

static void read_line(struct subject *s)
{
	static char buf[LINE_MAX_BYTES + 1];
	ssize_t n;
	int fd;

	while ((n = line_receive(s->line, buf, &fd)) > 0) {
		if (s->plan->verbose)
			fprintf(stderr, "  fd 3: %.200s\n", buf);
		if (fd >= 0)
			close(fd);
	}
	if (n == 0) {
		close(s->line);
		s->line = -1;
	}
}

static void reap(struct subject *s)
{
	int status = 0;

	if (waitpid(s->pid, &status, 0) != s->pid)
		log_die(111, "cannot wait for it: %s", strerror(errno));
	s->pid = 0;
	close(s->pidfd);
	s->pidfd = -1;
	s->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	read_log(s);
	if (s->out >= 0 && !s->deaf)
		read_output(s);
	if (s->log_size && s->log_size < sizeof s->log_text - 1 && s->log_text[s->log_size - 1] != '\n')
		subject_fail(s, "expected a line on descriptor 2 to end, got none of its end");
	if (s->ending)
		return;
	subject_fail(s, "expected it to run on, got its end with %s %d", s->status > 128 ? "signal" : "exit status",
		     s->status > 128 ? s->status - 128 : s->status);
}

bool wire_step(struct subject *s, uint64_t until_us, bool writing)
{
	uint64_t now = clock_us(), left = until_us > now ? until_us - now : 0;
	struct timespec limit = { (time_t)(left / SECOND), (long)(left % SECOND * 1000) };
	struct pollfd p[] = { { s->pidfd, POLLIN, 0 },
			      { s->log, POLLIN, 0 },
			      { s->line, POLLIN, 0 },
			      { s->deaf ? -1 : s->out, POLLIN, 0 },
			      { writing ? s->in : -1, POLLOUT, 0 } };

	if (subject_interrupted)
		subject_fail(s, "interrupted");
	if (s->failure[0] || ppoll(p, sizeof p / sizeof p[0], &limit, NULL) <= 0)
		return !s->failure[0] && clock_us() < until_us;
	if (p[1].revents)
		read_log(s);
	if (p[2].revents)
		read_line(s);
	if (p[3].revents)
		read_output(s);
	if (p[0].revents)
		reap(s);
	return true;
}
