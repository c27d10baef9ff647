#include "subject.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "line.h"
#include "log.h"
#include "spawn.h"
#include "wire.h"

volatile sig_atomic_t subject_interrupted;

void subject_fail(struct subject *s, const char *format, ...)
{
	va_list args;

	if (s->failure[0])
		return;
	va_start(args, format);
	vsnprintf(s->failure, sizeof s->failure, format, args);
	va_end(args);
}

void subject_open(struct subject *s, const struct subject_plan *plan)
{
	char error[PATHS_MAX_BYTES + 128];

	*s = (struct subject){ .plan = plan, .pidfd = -1, .in = -1, .out = -1, .log = -1, .line = -1 };
	s->their_in = s->their_out = -1;
	s->up = plan->up;
	s->down = plan->down;
	s->limit_us = clock_us() + plan->limit_us;
	if (handcall_open(&s->call, NULL, "+15551234567", plan->agent ? plan->agent : "", error, sizeof error) < 0)
		log_die(111, "%s", error);
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* A child that a stage leaves behind becomes ours. */
static void kill_children(void)
{
	char path[64];
	FILE *f;
	long pid;

	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "re");
	while (f && fscanf(f, "%ld", &pid) == 1)
		(void)kill((pid_t)pid, SIGKILL);
	if (f)
		fclose(f);
}

/* It and what it has started; of each that ends, the children are ours by then, and the next to be killed. */
static void kill_all(void)
{
	do
		kill_children();
	while (waitpid(-1, NULL, 0) > 0);
}

void subject_kill(struct subject *s)
{
	if (s->pid)
		(void)kill(-s->pid, SIGKILL);
	kill_all();
	s->pid = 0;
	shut(&s->pidfd);
	shut(&s->line);
	shut(&s->log);
}

void subject_reset(struct subject *s)
{
	subject_kill(s);
	shut(&s->in);
	shut(&s->out);
	shut(&s->their_in);
	shut(&s->their_out);
	s->stream_size = s->log_size = 0;
	s->log_text[0] = 0;
}

void subject_close(struct subject *s)
{
	subject_reset(s);
	tape_close(&s->expected);
	tape_close(&s->own);
	free(s->stream);
	handcall_close(&s->call);
}

/* Behind the program's own words, what a supervisor gives; by hand it gets no place. */
static void choose_words(const struct subject *s, const char **words, const char *origin, const char *life,
			 const char *more)
{
	const struct subject_plan *p = s->plan;
	const char *const given[] = { p->file ? "-c" : NULL,
				      p->file,
				      p->agent ? "-a" : NULL,
				      p->agent,
				      "--call",
				      s->call.call,
				      "--dir",
				      s->call.path,
				      origin ? "--origin" : NULL,
				      origin,
				      life ? "--life" : NULL,
				      life,
				      more };
	size_t n = 0;

	for (; p->words[n]; n++)
		words[n] = p->words[n];
	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
		if (given[i])
			words[n++] = given[i];
	words[n] = NULL;
}

/* The environment, with JOURNAL_STREAM as systemd sets it or without. */
static const char *const *choose_environment(bool journal)
{
	static const char *chosen[4096];
	size_t n = 0;

	for (char **e = environ; *e && n < 4094; e++)
		if (strncmp(*e, "JOURNAL_STREAM=", 15) != 0)
			chosen[n++] = *e;
	if (journal)
		chosen[n++] = "JOURNAL_STREAM=8:1";
	chosen[n] = NULL;
	return chosen;
}

static void start(struct subject *s, const char *origin, const char *life, const char *more)
{
	const char *words[SUBJECT_WORDS + 16];
	int line[2] = { -1, -1 }, log[2];
	struct spawn sp = { .path = s->plan->path,
			    .argv = words,
			    .envp = choose_environment(s->journal),
			    .fds = { s->their_in, s->their_out },
			    .count = 4,
			    .own_group = 1 };

	choose_words(s, words, origin, life, more);
	if (pipe2(log, O_CLOEXEC) < 0 || (origin && line_pair(line) < 0))
		log_die(111, "cannot make its descriptors: %s", strerror(errno));
	(void)fcntl(log[0], F_SETFL, O_NONBLOCK);
	sp.fds[2] = log[1];
	sp.fds[3] = line[1];
	s->pid = spawn(&sp);
	if (s->pid < 0) {
		int why = errno;

		handcall_close(&s->call);
		log_die(100, "cannot start %s: %s", sp.path, strerror(why));
	}
	close(log[1]);
	shut(&line[1]);
	s->log = log[0];
	s->line = line[0];
	s->pidfd = pidfd_open(s->pid, 0);
	if (s->pidfd < 0)
		log_die(111, "cannot watch %s: %s", sp.path, strerror(errno));
}

void subject_links(struct subject *s)
{
	int in[2], out[2];

	if (s->in >= 0)
		return;
	if (line_pair(in) < 0 || line_pair(out) < 0)
		log_die(111, "cannot make the links: %s", strerror(errno));
	s->in = in[0];
	s->their_in = in[1];
	s->out = out[0];
	s->their_out = out[1];
}

void subject_ring(struct subject *s, const char *origin, int life)
{
	char number[8];

	if (s->failure[0])
		return;
	subject_links(s);
	s->life = (uint8_t)life;
	s->own_seq = 0;
	s->life_count = 0;
	snprintf(number, sizeof number, "%d", life);
	start(s, origin, number, NULL);
}

void subject_pipes(struct subject *s, const char *more)
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		log_die(111, "cannot make the pipes: %s", strerror(errno));
	s->pipes = true;
	s->their_in = in[0];
	s->in = in[1];
	s->out = out[0];
	s->their_out = out[1];
	(void)fcntl(s->in, F_SETFL, O_NONBLOCK);
	(void)fcntl(s->out, F_SETFL, O_NONBLOCK);
	start(s, NULL, NULL, more);
	shut(&s->their_in);
	shut(&s->their_out);
}

/* --- what is waited for */

void subject_settle(struct subject *s)
{
	struct tape_frame f;

	subject_event(s, "{\"type\":\"conform.mark\",\"n\":%u}", s->seq + 1);
	while (!s->failure[0] && tape_first(&s->expected, &f)) {
		if (wire_step(s, s->limit_us, false))
			continue;
		subject_fail(s, "expected %s, got nothing more; %llu frames sent, %llu come out",
			     subject_show(f.bytes, f.size), (unsigned long long)s->sent_count,
			     (unsigned long long)s->got_count);
	}
}

void subject_taken(struct subject *s)
{
	int waiting = 1;

	while (!s->failure[0] && ioctl(s->pipes ? s->in : s->their_in, FIONREAD, &waiting) == 0 && waiting) {
		if (clock_us() > s->limit_us)
			subject_fail(s, "expected it to read its input, got %d bytes left there", waiting);
		(void)wire_step(s, clock_us() + MS, false);
	}
}

void subject_watch(struct subject *s, uint64_t us)
{
	uint64_t until = clock_us() + us;

	while (!s->failure[0] && wire_step(s, until, false))
		;
}

bool subject_says(struct subject *s, const char *type, uint8_t flags, size_t from, struct tape_frame *f)
{
	size_t at = from;
	char found[48];

	while (!s->failure[0]) {
		while (tape_walk(&s->own, &at, f))
			if (strcmp(subject_type(f, found), type) == 0 && f->bytes[4] == flags)
				return true;
		if (!wire_step(s, s->limit_us, false))
			subject_fail(s, "expected its own %s%s, got nothing of the kind", type,
				     flags & FRAME_AGAIN ? " again, with AGAIN" : "");
	}
	return false;
}

void subject_eof(struct subject *s)
{
	if (s->pipes)
		shut(&s->in);
	else if (s->in >= 0)
		(void)shutdown(s->in, SHUT_WR);
}

void subject_signal(struct subject *s, int signo)
{
	if (!s->failure[0] && s->pid)
		(void)kill(s->pid, signo);
}

bool subject_ended(struct subject *s, uint64_t us)
{
	uint64_t until = clock_us() + us;

	s->limit_us = until > s->limit_us ? until : s->limit_us;
	s->ending = true;
	while (!s->failure[0] && s->pid && wire_step(s, until, false))
		;
	return !s->pid;
}

/* What it started must be gone soon after it. */
static void check_children(struct subject *s)
{
	uint64_t until = clock_us() + SECOND / 2;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 && clock_us() < until)
		if (pid == 0)
			(void)wire_step(s, clock_us() + 5 * MS, false);
	if (pid >= 0)
		subject_fail(s, "expected no child left behind, got at least one");
}

void subject_exits(struct subject *s, int status, uint64_t us)
{
	struct tape_frame f;

	if (!subject_ended(s, us)) {
		subject_fail(s, "expected it to end with %d within %llu ms, got no end", status,
			     (unsigned long long)(us / MS));
		return;
	}
	if (s->status > 128)
		subject_fail(s, "expected exit status %d, got signal %d", status, s->status - 128);
	else if (s->status != status)
		subject_fail(s, "expected exit status %d, got %d", status, s->status);
	if (!s->deaf && tape_first(&s->expected, &f))
		subject_fail(s, "expected %s before its end, got nothing more; %llu frames sent, %llu come out",
			     subject_show(f.bytes, f.size), (unsigned long long)s->sent_count,
			     (unsigned long long)s->got_count);
	check_children(s);
}

int subject_end_status(const struct subject *s)
{
	return s->plan->carrier && !s->pipes ? 111 : 0;
}

void subject_end(struct subject *s)
{
	if (s->plan->carrier && s->pipes) {
		subject_taken(s);
		s->ending = true;
		subject_signal(s, SIGTERM);
	} else {
		subject_eof(s);
	}
	subject_exits(s, subject_end_status(s), 2 * SECOND + SECOND / 2);
}

bool subject_logged(const struct subject *s, const char *words)
{
	return strstr(s->log_text, words) != NULL;
}
