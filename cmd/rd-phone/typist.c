#include "typist.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void say(struct typist *t, const char *text, bool keys)
{
	struct act a = { .keys = keys, .at_once = t->typed.terminal, .interrupt_ms = -1, .typed = strdup(text) };
	char error[200];

	a.name = a.typed;
	if (!a.name || (!keys && voice_speak(&a.clip, t->voice, t->speed, text, error, sizeof error) < 0) ||
	    caller_add(&t->talk->caller, &a) < 0) {
		progress_line(t->talk->progress, "warning", "not said: %s", text);
		act_drop(&a);
	}
}

/* The assistant is heard, and the caller is not speaking already. */
static bool can_interrupt(const struct talk *talk)
{
	return (talk->heard.speaking || !playout_empty(&talk->playout)) && !talk->caller.now &&
	       talk->caller.next == talk->caller.count;
}

static void on_typed(void *ctx, const char *line)
{
	struct typist *t = ctx;

	if (*line == '/' && caller_are_keys(line + 1))
		say(t, line + 1, true);
	else if (*line == '/')
		progress_line(t->talk->progress, "warning", "%s: keys are 0-9 * # A-D", line);
	else if (line[strspn(line, " \t")])
		say(t, line, false);
	else if (t->typed.terminal && can_interrupt(t->talk))
		say(t, "Stop.", false);
}

static void on_typed_end(void *ctx)
{
	struct typist *t = ctx;

	if (t->typed.terminal)
		t->on_hang_up(t->ctx);
	else
		t->talk->caller.hangup_us = t->hangup_us;
}

static void on_shown(void *ctx, const char *line)
{
	struct typist *t = ctx;

	progress_show(t->talk->progress, line);
}

static void on_shown_end(void *ctx)
{
	(void)ctx; /* the call goes on */
}

int typist_open(struct typist *t, bool type, const char *show, char *error, size_t size)
{
	t->shown = (struct typed){ .on_line = on_shown, .on_end = on_shown_end, .ctx = t };
	t->typed =
		(struct typed){ .on_line = on_typed, .on_end = on_typed_end, .ctx = t, .progress = t->talk->progress };
	t->show_fd = show ? open(show, O_RDONLY | O_NONBLOCK | O_CLOEXEC) : -1;
	if (show && (t->show_fd < 0 || typed_open(&t->shown, t->talk->loop, t->show_fd) < 0))
		return snprintf(error, size, "cannot open %s: %s", show, strerror(errno)), -1;
	t->talk->progress->shown = show;
	if (!type)
		return 0;
	t->talk->caller.hangup_us = UINT64_MAX; /* only the person knows when they have nothing more to say */
	if (typed_open(&t->typed, t->talk->loop, 0) < 0)
		return snprintf(error, size, "cannot read standard input: %s", strerror(errno)), -1;
	return 0;
}

void typist_close(struct typist *t)
{
	typed_close(&t->typed);
	typed_close(&t->shown);
	if (t->show_fd > 2)
		close(t->show_fd);
}
