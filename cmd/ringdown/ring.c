#include "ring.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "cmdline.h"
#include "conf.h"
#include "environment.h"
#include "generation.h"
#include "line.h"
#include "log.h"
#include "super.h"

#define CLOSE_US (2 * SECOND)
#define FAILURES_MAX 8 /* in a row: some 12 s of trying */

static void stage_start(struct child *c);
static void on_exit_of(struct child *c, int code);
static void on_line_of(struct child *c, const struct cJSON *message, const char *bytes, size_t n, int fd);

static size_t index_of(const struct ring *r, const struct ring_stage *stage)
{
	return (size_t)(stage - r->stages);
}

static struct ring_stage *stage_of(struct child *c)
{
	return (struct ring_stage *)((char *)c - offsetof(struct ring_stage, child));
}

static void close_links(struct ring *r)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->links[i].out > 0)
			close(r->links[i].out);
		if (r->links[i].in > 0)
			close(r->links[i].in);
		r->links[i].out = r->links[i].in = -1;
	}
}

static int open_links(struct ring *r)
{
	for (size_t i = 0; i < r->count; i++) {
		int pair[2];

		if (line_pair(pair) < 0)
			return -1;
		r->links[i].out = pair[0];
		r->links[i].in = pair[1];
	}
	return 0;
}

/* The words of a stage and what every stage gets behind them. */
static int command(struct ring *r, const struct ring_stage *stage, char *buf, size_t size,
		   const char *words[CHILD_WORDS], char own[2][16])
{
	int n = cmdline_split(stage->words, buf, size, words, CHILD_WORDS - 14);
	const char *given[] = { "-c",	r->generation->path, "-a",   r->agent, "--call", r->call, "--dir",
				r->dir, "--origin",	     own[0], "--life", own[1],	 NULL };

	if (n < 1)
		return -1;
	snprintf(own[0], 16, "%u", stage->place);
	snprintf(own[1], 16, "%u", stage->child.life);
	memcpy(words + n, given, sizeof given);
	return 0;
}

char *ring_command(struct ring *r, const struct ring_stage *stage, char *out, size_t size)
{
	char buf[1024], own[2][16];
	const char *words[CHILD_WORDS];
	size_t n = 0;

	out[0] = 0;
	if (command(r, stage, buf, sizeof buf, words, own) == 0)
		for (size_t i = 0; words[i] && n < size; i++)
			n += (size_t)snprintf(out + n, size - n, "%s%s", i ? " " : "", words[i]);
	return out;
}

static int try_start(struct ring *r, struct ring_stage *stage)
{
	size_t i = index_of(r, stage);
	char buf[1024], own[2][16], path[PATHS_MAX_BYTES];
	const char *words[CHILD_WORDS];
	struct environment environment;
	pid_t pid;

	if (command(r, stage, buf, sizeof buf, words, own) < 0 ||
	    cmdline_find(r->super->bin, words[0], path, sizeof path) < 0)
		return -1;
	environment_for_stage(&environment, r->generation->conf, r->agent, stage->child.name);
	pid = child_spawn(&stage->child, path, words, environment.list, r->links[i ? i - 1 : r->count - 1].in,
			  r->links[i].out, -1);
	environment_wipe(&environment);
	return pid < 0 ? -1 : 0;
}

static void stage_start(struct child *c)
{
	struct ring_stage *stage = stage_of(c);
	struct ring *r = c->owner;

	if (r->state != RING_OPEN)
		return;
	if (c->life > 255) {
		log_error("%s was started 256 times call=%.2s…", c->name, r->call);
		r->on_failed(r->owner, c->name, 111);
	} else if (try_start(r, stage) < 0) {
		log_error("cannot start %s: %s", stage->words, strerror(errno));
		if (child_again(c, 111) >= FAILURES_MAX)
			r->on_failed(r->owner, c->name, 111);
	}
}

static int take_stage(struct ring *r, const char *words, size_t n, char *error, size_t size)
{
	struct ring_stage *stage = &r->stages[r->count];
	char path[PATHS_MAX_BYTES];
	int found;

	if (r->count == RING_STAGES || n >= sizeof stage->words) {
		snprintf(error, size, "a pipeline of at most %d stages expected", RING_STAGES);
		return -1;
	}
	*stage = (struct ring_stage){ .place = (unsigned)r->count + 1 };
	snprintf(stage->words, sizeof stage->words, "%.*s", (int)n, words);
	found = cmdline_program(stage->words, r->super->bin, stage->child.name, sizeof stage->child.name, path,
				sizeof path);
	stage->child.super = r->super;
	stage->child.call = r->call;
	stage->child.owner = r;
	stage->child.line = -1;
	stage->child.start = stage_start;
	stage->child.on_exit = on_exit_of;
	stage->child.on_line = on_line_of;
	if (found < 0) {
		snprintf(error, size, "cannot find the program %s", stage->child.name);
		return -1;
	}
	r->count++;
	return 0;
}

static int take_pipeline(struct ring *r, const char *pipeline, char *error, size_t size)
{
	r->count = 0;
	while (*pipeline) {
		size_t n = cmdline_stage(pipeline);

		if (take_stage(r, pipeline, n, error, size) < 0)
			return -1;
		pipeline += n + (pipeline[n] == '|');
	}
	return 0;
}

int ring_check(struct super *s, const char *pipeline, char *error, size_t size)
{
	struct ring r = { .super = s };

	return take_pipeline(&r, pipeline, error, size);
}

static void on_limit(void *ctx)
{
	struct ring *r = ctx;

	if (r->state != RING_CLOSING)
		return;
	for (size_t i = 0; i < r->count; i++)
		if (r->stages[i].child.pid > 0) {
			bool asked = r->stages[i].child.wanted_dead;

			log_warn("%s does not end, sending %s", r->stages[i].child.name, asked ? "SIGKILL" : "SIGTERM");
			child_kill(&r->stages[i].child, asked ? SIGKILL : SIGTERM);
		}
	timer_after(&r->super->loop, &r->limit, CLOSE_US);
}

int ring_open(struct ring *r, const char *pipeline, char *error, size_t size)
{
	r->state = RING_OPEN;
	r->ended = 0;
	r->limit = (struct timer){ .name = "ring", .on = on_limit, .ctx = r };
	if (take_pipeline(r, pipeline, error, size) < 0) {
		r->count = 0;
		return -1;
	}
	if (open_links(r) < 0) {
		snprintf(error, size, "cannot make the links: %s", strerror(errno));
		close_links(r);
		return -1;
	}
	/* the carrier stage last: it says call.setup, and what is slow to start should be under way by then */
	for (size_t i = r->count; i-- > 0;)
		stage_start(&r->stages[i].child);
	return 0;
}

static bool all_gone(const struct ring *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->stages[i].child.pid > 0)
			return false;
	return true;
}

/* EOF for the stage behind each that is gone, in the order of the ring. */
static void shut_onward(struct ring *r)
{
	while (r->ended < r->count && r->stages[r->ended].child.pid == 0) {
		(void)shutdown(r->links[r->ended].out, SHUT_WR);
		r->ended++;
	}
	if (!all_gone(r))
		return;
	timer_stop(&r->super->loop, &r->limit);
	for (size_t i = 0; i < r->count; i++)
		child_close(&r->stages[i].child);
	close_links(r);
	r->state = RING_CLOSED;
	r->on_closed(r->owner);
}

void ring_close(struct ring *r)
{
	if (r->state != RING_OPEN)
		return;
	r->state = RING_CLOSING;
	for (size_t i = 0; i < r->count; i++)
		timer_stop(&r->super->loop, &r->stages[i].child.again);
	timer_after(&r->super->loop, &r->limit, CLOSE_US);
	if (r->stages[0].child.pid > 0)
		child_kill(&r->stages[0].child, SIGTERM);
	shut_onward(r);
}

/* New words that refuse at once: back to those that worked. */
static bool go_back(struct ring_stage *stage, int code)
{
	char path[PATHS_MAX_BYTES];

	if (!stage->before[0] || code == 0 || clock_us() - stage->child.started_us > SECOND)
		return false;
	log_warn("%s refuses to run, going back to %s", stage->words, stage->before);
	memcpy(stage->words, stage->before, sizeof stage->words);
	stage->before[0] = 0;
	(void)cmdline_program(stage->words, stage->child.super->bin, stage->child.name, sizeof stage->child.name, path,
			      sizeof path); /* it ran before: its start says what is wrong now */
	return true;
}

static void start_at_once(struct child *c)
{
	c->life++;
	c->start(c);
}

static void on_exit_of(struct child *c, int code)
{
	struct ring_stage *stage = stage_of(c);
	struct ring *r = c->owner;

	if (r->state == RING_CLOSING) {
		shut_onward(r);
	} else if (stage->restarting || go_back(stage, code)) {
		stage->restarting = false;
		start_at_once(c);
	} else if (stage == r->stages && code == 0) {
		ring_close(r);
	} else if (code == 100) {
		r->on_failed(r->owner, c->name, code);
	} else if (child_again(c, code) >= FAILURES_MAX) {
		r->on_failed(r->owner, c->name, code);
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
		if (r->stages[i].child.pid == pid)
			return &r->stages[i];
	return NULL;
}

struct ring_stage *ring_find_stage(struct ring *r, const char *name)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->stages[i].child.name, name) == 0)
			return &r->stages[i];
	return NULL;
}

int ring_restart(struct ring *r, const char *name, const char *with, char *error, size_t size)
{
	struct ring_stage *stage = ring_find_stage(r, name);
	char program[64], path[PATHS_MAX_BYTES];

	if (!stage || r->state != RING_OPEN) {
		snprintf(error, size, "no stage %s in this call", name);
		return -1;
	}
	if (with) {
		if (strlen(with) >= sizeof stage->words || with[cmdline_stage(with)] ||
		    cmdline_program(with, r->super->bin, program, sizeof program, path, sizeof path) < 0) {
			snprintf(error, size, "cannot swap %s for %s: %s", name, with,
				 with[cmdline_stage(with)] ? "one program expected" : "no such program");
			return -1;
		}
		memcpy(stage->before, stage->words, sizeof stage->before);
		snprintf(stage->words, sizeof stage->words, "%s", with);
		snprintf(stage->child.name, sizeof stage->child.name, "%s", program);
	}
	stage->restarting = true;
	if (stage->child.pid == 0) { /* it waits for its back-off */
		timer_stop(&r->super->loop, &stage->child.again);
		stage->restarting = false;
		start_at_once(&stage->child);
	} else { /* the carrier stage would end the call politely if it were asked */
		child_kill(&stage->child, stage == r->stages ? SIGKILL : SIGTERM);
	}
	return 0;
}
