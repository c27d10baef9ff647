#include "ring.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "line.h"
#include "log.h"
#include "pipeline.h"
#include "super.h"

/* The caller waits: rd-memory has its last rows written in milliseconds, a tool that runs on is the journal's. */
#define LEAVE_US (250 * MS)
#define LEAVE_AGAIN_US (100 * MS) /* from SIGTERM to SIGKILL */

bool ring_replacing(const struct ring *r)
{
	return r->replace.count > 0;
}

bool ring_leaves(const struct ring *r, const struct ring_stage *stage)
{
	for (size_t i = 0; i < r->replace.count; i++)
		if (r->replace.leaving[i] == stage)
			return true;
	return false;
}

/* --- who goes: EOF from one to the next, the last one's output is the carrier stage's input and stays open */

static bool all_left(const struct ring *r)
{
	for (size_t i = 0; i < r->replace.count; i++)
		if (r->replace.leaving[i]->child.pid > 0)
			return false;
	return true;
}

static void leave_on(struct ring *r)
{
	while (r->replace.ended < r->replace.count && r->replace.leaving[r->replace.ended]->child.pid == 0) {
		struct ring_stage *gone = r->replace.leaving[r->replace.ended++];

		if (gone->out >= 0)
			(void)shutdown(gone->out, SHUT_WR);
	}
	if (!all_left(r))
		return;
	timer_stop(&r->super->loop, &r->replace.limit);
	timer_after(&r->super->loop, &r->replace.enter, 0);
}

void ring_replace_exit(struct ring *r)
{
	leave_on(r);
}

static void on_leave_late(void *ctx)
{
	struct ring *r = ctx;

	for (size_t i = 0; i < r->replace.count; i++) {
		struct child *c = &r->replace.leaving[i]->child;

		if (c->pid > 0 && r->replace.warnings == 0)
			child_end(c);
		else if (c->pid > 0)
			child_kill(c);
	}
	if (r->replace.warnings++ < 2)
		timer_after(&r->super->loop, &r->replace.limit, LEAVE_AGAIN_US);
}

static void on_enter(void *ctx)
{
	struct ring *r = ctx;

	while (r->replace.count)
		ring_free_stage(r->replace.leaving[--r->replace.count]);
	ring_start_missing(r);
	if (r->state == RING_CLOSING)
		ring_shut_onward(r);
}

/* The first has the carrier stage's output as its input, which must stay open: SIGTERM tells it. */
static void ask_to_leave(struct ring *r)
{
	r->replace.ended = r->replace.warnings = 0;
	r->replace.limit = (struct timer){ .name = "leave", .on = on_leave_late, .ctx = r };
	r->replace.enter = (struct timer){ .name = "enter", .on = on_enter, .ctx = r };
	for (size_t i = 0; i < r->replace.count; i++) {
		timer_stop(&r->super->loop, &r->replace.leaving[i]->child.again);
		timer_stop(&r->super->loop, &r->replace.leaving[i]->proof);
	}
	timer_after(&r->super->loop, &r->replace.limit, LEAVE_US);
	child_end(&r->replace.leaving[0]->child);
	leave_on(r);
}

/* --- who comes */

/* The old stage whose place a new one gets: the first of its program that nobody has got yet. */
static struct ring_stage *find_old(const struct ring *r, const struct ring_stage *fresh, const bool *given)
{
	for (size_t i = 1; i < r->count; i++)
		if (!given[r->stages[i]->place] && strcmp(r->stages[i]->child.name, fresh->child.name) == 0)
			return r->stages[i];
	return NULL;
}

/* Not one of the old stages either: what they have said is still on its way. */
static unsigned free_place(const struct ring *r, const bool *given)
{
	for (unsigned place = 1; place <= RING_PLACES; place++) {
		bool used = given[place];

		for (size_t i = 0; i < r->count; i++)
			used |= r->stages[i]->place == place;
		if (!used)
			return place;
	}
	return 0;
}

static void give_places(const struct ring *r, struct ring *fresh, bool *given)
{
	for (size_t i = 1; i < fresh->count; i++) {
		struct ring_stage *stage = fresh->stages[i], *old = find_old(r, stage, given);

		stage->place = old ? old->place : 0;
		stage->child.life = old ? old->child.life + 1 : 0;
		if (old)
			given[old->place] = true;
	}
	for (size_t i = 1; i < fresh->count; i++) {
		struct ring_stage *stage = fresh->stages[i];

		if (stage->place)
			continue;
		stage->place = free_place(r, given);
		stage->child.life = r->lives[stage->place];
		given[stage->place] = true;
	}
}

/* What old stages have said that nobody succeeds to, the first new one takes out. */
static void inherit(struct ring *r, const bool *given)
{
	r->inherits_count = 0;
	for (size_t i = 1; i < r->count; i++) {
		const struct ring_stage *old = r->stages[i];

		if (given[old->place])
			continue;
		r->inherits[r->inherits_count++] = (uint8_t)old->place;
		r->lives[old->place] = (uint8_t)(old->child.life < UINT8_MAX ? old->child.life + 1 : UINT8_MAX);
	}
}

static int link_fresh(struct ring *fresh)
{
	for (size_t i = 1; i + 1 < fresh->count; i++) {
		int pair[2];

		if (line_pair(pair) < 0)
			return -1;
		fresh->stages[i]->out = pair[0];
		fresh->stages[i + 1]->in = pair[1];
	}
	return 0;
}

static void change_over(struct ring *r, struct ring *fresh)
{
	struct ring_stage *first = fresh->stages[1], *last = fresh->stages[fresh->count - 1];

	r->replace.count = r->count - 1;
	memcpy(r->replace.leaving, r->stages + 1, r->replace.count * sizeof *r->stages);
	first->in = r->stages[1]->in;
	r->stages[1]->in = -1;
	last->out = r->stages[r->count - 1]->out;
	r->stages[r->count - 1]->out = -1;
	memcpy(r->stages + 1, fresh->stages + 1, (fresh->count - 1) * sizeof *r->stages);
	r->count = fresh->count;
	for (size_t i = 1; i < r->count; i++)
		ring_own(r, r->stages[i]);
	fresh->count = 1; /* the others have gone over */
}

static int check_fresh(const struct ring *r, const struct ring *fresh, char *error, size_t size)
{
	if (fresh->count < 2 || r->count < 2)
		snprintf(error, size, "a pipeline of at least two stages expected");
	else if (strcmp(fresh->stages[0]->child.name, r->stages[0]->child.name) != 0)
		snprintf(error, size, "its carrier stage is %s, the call's is %s", fresh->stages[0]->child.name,
			 r->stages[0]->child.name);
	else
		return 0;
	return -1;
}

static int take_fresh(struct ring *r, struct ring *fresh, const char *pipeline, char *error, size_t size)
{
	bool given[RING_PLACES + 1] = { false };

	if (pipeline_take(fresh, pipeline, error, size) < 0 || check_fresh(r, fresh, error, size) < 0)
		return -1;
	if (link_fresh(fresh) < 0) {
		snprintf(error, size, "cannot make the links: %s", strerror(errno));
		return -1;
	}
	give_places(r, fresh, given);
	inherit(r, given);
	change_over(r, fresh);
	return 0;
}

int ring_replace(struct ring *r, const char *pipeline, char *error, size_t size)
{
	struct ring fresh = { .super = r->super };
	int taken = -1;

	if (r->state != RING_OPEN)
		snprintf(error, size, "the call is about to end");
	else if (ring_replacing(r))
		snprintf(error, size, "another agent is just taking over");
	else
		taken = take_fresh(r, &fresh, pipeline, error, size);
	ring_free(&fresh);
	if (taken == 0)
		ask_to_leave(r);
	return taken;
}
