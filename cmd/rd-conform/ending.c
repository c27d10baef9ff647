/* How a stage ends, and what does not end it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"

#define IN_TIME (2 * SECOND + SECOND / 2) /* 2 s are allowed */

static void begin(struct subject *s)
{
	subject_ring(s, "3", 0);
	subject_settle(s);
}

static void send_events(struct subject *s, int n)
{
	for (int i = 0; i < n && !s->failure[0]; i++)
		subject_event(s, "{\"type\":\"conform.last\",\"n\":%d}", i);
}

static void end_of_input(struct subject *s)
{
	begin(s);
	s->deaf = true;
	send_events(s, 2000);
	subject_taken(s);
	subject_eof(s);
	s->deaf = false;
	subject_end(s);
}

static void terminate(struct subject *s)
{
	begin(s);
	s->deaf = true;
	send_events(s, 2000);
	subject_taken(s);
	s->ending = true;
	subject_signal(s, SIGTERM);
	s->deaf = false;
	subject_exits(s, subject_end_status(s), IN_TIME);
}

static void terminate_unread(struct subject *s)
{
	begin(s);
	s->deaf = s->ending = true;
	send_events(s, 2000);
	subject_taken(s);
	subject_signal(s, SIGTERM);
	subject_exits(s, subject_end_status(s), IN_TIME + SECOND / 2);
}

static void show_counters(struct subject *s)
{
	begin(s);
	for (int i = 0; i < 10; i++) {
		subject_signal(s, SIGUSR1);
		subject_settle(s);
	}
	subject_end(s);
}

/* Clock ticks of processor time. */
static unsigned long ticks(const struct subject *s)
{
	char path[64], text[512], *p;
	unsigned long user = 0, system = 0;
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)s->pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fread(text, 1, sizeof text - 1, f);
	text[n] = 0;
	fclose(f);
	p = strrchr(text, ')');
	if (p)
		(void)sscanf(p, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
	return user + system;
}

static void line_ends(struct subject *s)
{
	unsigned long before;

	begin(s);
	s->ending = true;
	before = ticks(s);
	close(s->line);
	s->line = -1;
	if (subject_ended(s, IN_TIME)) {
		subject_exits(s, subject_end_status(s), 0);
		return;
	}
	snprintf(s->note, sizeof s->note, "it leaves descriptor 3 alone");
	if (ticks(s) - before > (unsigned long)sysconf(_SC_CLK_TCK))
		subject_fail(s, "expected it to end or to leave descriptor 3 alone, got it spinning");
	subject_settle(s);
	subject_end(s);
}

const struct check ending_checks[] = {
	{ "end-of-input", "end of input: what waits is written, exit status 0 within 2 s", end_of_input },
	{ "sigterm", "SIGTERM: the same", terminate },
	{ "sigterm-unread", "SIGTERM while nobody reads its output: an end within 2 s all the same", terminate_unread },
	{ "sigusr1", "SIGUSR1 ends nothing", show_counters },
	{ "line-ends", "the end of descriptor 3 ends it too, unless it leaves that alone", line_ends },
	{ 0 },
};
