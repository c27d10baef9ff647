#include "ring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "cmdline.h"
#include "launch.h"
#include "line.h"
#include "log.h"
#include "pipeline.h"
#include "super.h"

#ifndef __clang__ /* gcc's analyzer does not see that a stage keeps the words that it was given */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

#define CLOSE_US (2 * SECOND)
#define LIFE_MAX 255
#define FORK_US (50 * MS) /* that a template may take; it takes less than one */

static void on_exit_of(struct child *c, int code);
static void on_line_of(struct child *c, const struct cJSON *message, const char *bytes, size_t n, int fd);

static struct ring_stage *stage_of(struct child *c)
{
	return (struct ring_stage *)((char *)c - offsetof(struct ring_stage, child));
}

static int open_links(struct ring *r)
{
	for (size_t i = 0; i < r->count; i++) {
		int pair[2];

		if (line_pair(pair) < 0)
			return -1;
		r->stages[i]->out = pair[0];
		r->stages[(i + 1) % r->count]->in = pair[1];
	}
	return 0;
}

static int begin(struct ring *r, struct ring_stage *stage, uint64_t until_us)
{
	if (launch(r, stage, until_us) < 0)
		return -1;
	if (stage->before)
		timer_after(&r->super->loop, &stage->proof, SECOND);
	r->on_started(r->owner, stage);
	return 0;
}

static void on_proof(void *ctx)
{
	struct ring_stage *stage = ctx;
	struct ring *r = stage->child.owner;

	free(stage->before);
	stage->before = NULL;
	r->on_swapped(r->owner, stage, NULL);
}

/* New words that refuse at once: back to those that worked. Words that ran for a second have proved themselves. */
static bool go_back(struct ring_stage *stage)
{
	bool at_once = stage->before != NULL;
	struct ring *r = stage->child.owner;
	char path[PATHS_MAX_BYTES];

	timer_stop(&r->super->loop, &stage->proof);
	if (at_once) {
		log_warn("%s refuses to run, going back to %s", stage->words, stage->before);
		free(stage->words);
		stage->words = stage->before;
		stage->before = NULL;
		(void)cmdline_program(stage->words, stage->child.super->bin, stage->child.name,
				      sizeof stage->child.name, path,
				      sizeof path); /* it ran before: its start says what is wrong now */
		r->on_swapped(r->owner, stage, "it refuses to run; the log says why");
	}
	return at_once;
}

static void start_at_once(struct child *c)
{
	c->life++;
	c->start(c);
}

/* After the pause that is due, unless it has failed too often. */
static void try_again(struct ring *r, struct child *c, int code)
{
	if (!child_again(c, code, c == &r->stages[0]->child ? RING_FAILURES_MAX : r->failures_max))
		r->on_failed(r->owner, stage_of(c), code);
}

static void start_asked(struct ring *r, struct ring_stage *stage, uint64_t until_us)
{
	struct child *c = &stage->child;
	char shown[16];

	if (c->life > LIFE_MAX) {
		log_error("%s was started %d times call=%s", c->name, LIFE_MAX + 1, log_short_call(r->call, shown));
		r->on_failed(r->owner, stage, 111);
	} else if (begin(r, stage, until_us) < 0) {
		log_error("cannot start %s: %s", stage->words, strerror(errno));
		if (go_back(stage))
			start_at_once(c);
		else
			try_again(r, c, 111);
	}
}

static void start_stage(struct child *c)
{
	struct ring_stage *stage = stage_of(c);
	struct ring *r = c->owner;

	if (r->state != RING_OPEN)
		return;
	if (c->life <= LIFE_MAX)
		launch_ask(r, stage);
	start_asked(r, stage, clock_us() + FORK_US);
}

static void on_limit(void *ctx)
{
	struct ring *r = ctx;

	for (size_t i = 0; i < r->count; i++) {
		struct child *c = &r->stages[i]->child;

		if (c->pid == 0 || c->late.set)
			continue;
		log_warn("%s does not end, sending SIGTERM", c->name);
		child_end(c);
	}
}

void ring_own(struct ring *r, struct ring_stage *stage)
{
	stage->child.owner = r;
	stage->child.call = r->call;
	stage->child.start = start_stage;
	stage->child.on_exit = on_exit_of;
	stage->child.on_line = on_line_of;
}

int ring_open(struct ring *r, const char *pipeline, char *error, size_t size)
{
	r->state = RING_OPEN;
	r->ended = 0;
	memset(&r->replace, 0, sizeof r->replace);
	r->inherits_count = 0;
	memset(r->lives, (int)r->first_life + 1, sizeof r->lives); /* whoever has one later is not the call's first */
	r->limit = (struct timer){ .name = "ring", .on = on_limit, .ctx = r };
	if (pipeline_take(r, pipeline, error, size) < 0)
		return -1;
	for (size_t i = 0; i < r->count; i++)
		ring_own(r, r->stages[i]);
	if (open_links(r) < 0) {
		snprintf(error, size, "cannot make the links: %s", strerror(errno));
		ring_free(r);
		return -1;
	}
	return 0;
}

/* Else an operator was quicker. The carrier stage that is done is not started again. */
static bool is_to_start(const struct ring *r, size_t i)
{
	const struct child *c = &r->stages[i]->child;

	return c->pid == 0 && !c->again.set && (i > 0 || r->state == RING_OPEN);
}

/* The carrier stage last: it says call.setup, and what is slow to start should be under way by then. Templates fork
 * side by side. */
void ring_start_missing(struct ring *r)
{
	uint64_t until_us = clock_us() + FORK_US;

	for (size_t i = r->count; i-- > 0;)
		if (is_to_start(r, i))
			launch_ask(r, r->stages[i]);
	for (size_t i = r->count; i-- > 0;)
		if (is_to_start(r, i))
			start_asked(r, r->stages[i], until_us);
}

void ring_start(struct ring *r)
{
	if (!ring_replacing(r)) /* else those that come next start with it */
		ring_start_missing(r);
}

/* It has no process any more. */
static void settle(struct ring_stage *stage)
{
	child_close(&stage->child);
	if (stage->out >= 0)
		close(stage->out);
	if (stage->in >= 0)
		close(stage->in);
	stage->in = stage->out = -1;
}

void ring_free_stage(struct ring_stage *stage)
{
	settle(stage);
	free(stage->words);
	free(stage->before);
	free(stage);
}

void ring_free(struct ring *r)
{
	while (r->replace.count)
		ring_free_stage(r->replace.leaving[--r->replace.count]);
	while (r->count)
		ring_free_stage(r->stages[--r->count]);
}

static bool all_gone(const struct ring *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->stages[i]->child.pid > 0)
			return false;
	return true;
}

void ring_shut_onward(struct ring *r)
{
	if (ring_replacing(r)) /* who comes reads the last words of the carrier stage, and that the call is over */
		return;
	while (r->ended < r->count && r->stages[r->ended]->child.pid == 0)
		(void)shutdown(r->stages[r->ended++]->out, SHUT_WR);
	if (!all_gone(r))
		return;
	timer_stop(&r->super->loop, &r->limit);
	for (size_t i = 0; i < r->count; i++)
		settle(r->stages[i]);
	r->state = RING_CLOSED;
	r->on_closed(r->owner);
}

void ring_close(struct ring *r)
{
	if (r->state != RING_OPEN)
		return;
	r->state = RING_CLOSING;
	for (size_t i = 0; i < r->count; i++) {
		timer_stop(&r->super->loop, &r->stages[i]->child.again);
		timer_stop(&r->super->loop, &r->stages[i]->proof);
	}
	timer_after(&r->super->loop, &r->limit, CLOSE_US);
	child_end(&r->stages[0]->child);
	ring_shut_onward(r);
}

static void on_exit_of(struct child *c, int code)
{
	struct ring_stage *stage = stage_of(c);
	struct ring *r = c->owner;

	if (ring_leaves(r, stage)) {
		ring_replace_exit(r);
	} else if (r->state == RING_CLOSING) {
		ring_shut_onward(r);
	} else if (stage == r->stages[0] && code == 0) {
		ring_close(r);
	} else if (stage->restarting || go_back(stage)) {
		stage->restarting = false;
		start_at_once(c);
	} else if (code == 100) {
		r->on_failed(r->owner, stage, code);
	} else {
		try_again(r, c, code);
	}
}

static void on_line_of(struct child *c, const struct cJSON *message, const char *bytes, size_t n, int fd)
{
	struct ring *r = c->owner;

	r->on_line(r->owner, stage_of(c), message, bytes, n, fd);
}

struct ring_stage *ring_find_pid(struct ring *r, pid_t pid)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->stages[i]->child.pid == pid)
			return r->stages[i];
	for (size_t i = 0; i < r->replace.count; i++)
		if (r->replace.leaving[i]->child.pid == pid)
			return r->replace.leaving[i];
	return NULL;
}

struct ring_stage *ring_find_stage(struct ring *r, const char *name)
{
	char place[12];

	for (size_t i = 0; i < r->count; i++) {
		snprintf(place, sizeof place, "%u", r->stages[i]->place);
		if (strcmp(r->stages[i]->child.name, name) == 0 || strcmp(place, name) == 0)
			return r->stages[i];
	}
	return NULL;
}

static void list_stages(const struct ring *r, const char *name, char *error, size_t size)
{
	size_t n = (size_t)snprintf(error, size, "no stage %s in this call, which has", name);

	for (size_t i = 0; i < r->count && n < size; i++)
		n += (size_t)snprintf(error + n, size - n, " %u %s", r->stages[i]->place, r->stages[i]->child.name);
}

/* Other words for a stage's next start. Those that have proved themselves last are kept, to go back to. */
static int take_words(struct ring *r, struct ring_stage *stage, const char *with, char *error, size_t size)
{
	char program[sizeof stage->child.name], path[PATHS_MAX_BYTES], *words;
	bool one = strlen(with) < RING_WORDS && !with[cmdline_stage(with)];

	if (!one || cmdline_program(with, r->super->bin, program, sizeof program, path, sizeof path) < 0) {
		snprintf(error, size, "cannot swap %s for %s: %s", stage->child.name, with,
			 one ? "no such program" : "one program expected");
		return -1;
	}
	words = strdup(with);
	if (!words) {
		snprintf(error, size, "cannot swap %s: no memory", stage->child.name);
		return -1;
	}
	timer_stop(&r->super->loop, &stage->proof);
	stage->proof = (struct timer){ .name = "proof", .on = on_proof, .ctx = stage };
	if (stage->before)
		free(stage->words);
	else
		stage->before = stage->words;
	stage->words = words;
	snprintf(stage->child.name, sizeof stage->child.name, "%s", program);
	return 0;
}

int ring_restart(struct ring *r, const char *name, const char *with, char *error, size_t size)
{
	struct ring_stage *stage = ring_find_stage(r, name);

	if (!stage || r->state != RING_OPEN) {
		list_stages(r, name, error, size);
		return -1;
	}
	if (ring_replacing(r) && stage != r->stages[0]) {
		snprintf(error, size, "cannot start %s: another agent is just taking over", name);
		return -1;
	}
	if (with && take_words(r, stage, with, error, size) < 0)
		return -1;
	stage->restarting = stage->child.pid > 0;
	if (stage->child.pid == 0) { /* it waits for its back-off, or the ring for its start */
		child_soon(&stage->child);
	} else if (stage == r->stages[0]) { /* the carrier stage would end the call politely if it were asked */
		child_kill(&stage->child);
	} else {
		child_end(&stage->child);
	}
	return 0;
}
