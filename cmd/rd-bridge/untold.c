#include "untold.h"

#include <stdio.h>
#include <string.h>

#include "utf8.h"

bool untold_is_whole(const struct untold *u, uint64_t written)
{
	for (int i = 0; i < UNTOLD_TURNS; i++) {
		const struct untold_turn *t = &u->turns[i];

		if (t->state > UNTOLD_AGAIN || memchr(t->id, 0, sizeof t->id) == NULL ||
		    (t->state && (t->place > written || t->end > written)))
			return false;
	}
	for (int i = 0; i < UNTOLD_CALLS; i++) {
		const struct untold_call *c = &u->calls[i];

		if (!memchr(c->id, 0, sizeof c->id) || !memchr(c->name, 0, sizeof c->name) ||
		    !memchr(c->arguments, 0, sizeof c->arguments))
			return false;
	}
	return u->over <= written;
}

/* --- turns */

static struct untold_turn *oldest(struct untold *u, bool (*fits)(const struct untold_turn *t))
{
	struct untold_turn *found = NULL;

	for (int i = 0; i < UNTOLD_TURNS; i++) {
		struct untold_turn *t = &u->turns[i];

		if (t->state != UNTOLD_FREE && fits(t) && (!found || t->place < found->place))
			found = t;
	}
	return found;
}

static bool any(const struct untold_turn *t)
{
	return t->state != UNTOLD_FREE;
}

static bool waits(const struct untold_turn *t)
{
	return t->state == UNTOLD_WAITS;
}

static bool answered(const struct untold_turn *t)
{
	return t->state == UNTOLD_ANSWERED;
}

static bool again(const struct untold_turn *t)
{
	return t->state == UNTOLD_AGAIN;
}

static bool speaks(const struct untold_turn *t)
{
	return t->state == UNTOLD_WAITS && t->end == 0;
}

static bool nameless(const struct untold_turn *t)
{
	return (t->state == UNTOLD_WAITS || t->state == UNTOLD_ANSWERED) && t->end && !t->id[0];
}

struct untold_turn *untold_first(struct untold *u, enum untold_state state)
{
	static bool (*const fits[])(const struct untold_turn *) = { any, waits, answered, again };

	return oldest(u, fits[state]);
}

struct untold_turn *untold_find(struct untold *u, const char *id)
{
	for (int i = 0; *id && i < UNTOLD_TURNS; i++)
		if (u->turns[i].state != UNTOLD_FREE && strcmp(u->turns[i].id, id) == 0)
			return &u->turns[i];
	return NULL;
}

struct untold_turn *untold_answered_from(struct untold *u, uint64_t place)
{
	struct untold_turn *found = NULL;

	for (int i = 0; i < UNTOLD_TURNS; i++) {
		struct untold_turn *t = &u->turns[i];

		if (answered(t) && t->place >= place && (!found || t->place < found->place))
			found = t;
	}
	return found;
}

struct untold_turn *untold_called(struct untold *u, const char *beginning)
{
	struct untold_turn *t = untold_answered_from(u, 0);

	while (t && strncmp(t->id, beginning, strlen(beginning)) != 0)
		t = untold_answered_from(u, t->place + 1);
	return t;
}

bool untold_any(const struct untold *u)
{
	for (int i = 0; i < UNTOLD_TURNS; i++)
		if (u->turns[i].state != UNTOLD_FREE)
			return true;
	return false;
}

/* A free one, or the oldest of all. */
static struct untold_turn *free_turn(struct untold *u)
{
	struct untold_turn *first = &u->turns[0];

	for (int i = 0; i < UNTOLD_TURNS; i++) {
		if (u->turns[i].state == UNTOLD_FREE)
			return &u->turns[i];
		if (u->turns[i].place < first->place)
			first = &u->turns[i];
	}
	return first;
}

struct untold_turn *untold_begin(struct untold *u, uint64_t place, uint64_t since_us)
{
	struct untold_turn *t = oldest(u, speaks);

	if (t)
		return t;
	t = oldest(u, again);
	if (t) { /* the server has found what was sent to it again: it begins where it began then */
		t->end = 0;
		t->id[0] = 0;
		t->state = UNTOLD_WAITS;
		return t;
	}
	t = free_turn(u);
	t->state = UNTOLD_FREE;
	t->end = 0;
	t->id[0] = 0;
	t->place = place > u->over ? place : u->over;
	t->since_us = since_us;
	t->state = UNTOLD_WAITS;
	return t;
}

void untold_end(struct untold *u, uint64_t end)
{
	struct untold_turn *t = oldest(u, speaks);

	if (!t)
		return;
	u->over = end;
	t->end = end;
}

void untold_name(struct untold *u, const char *id)
{
	struct untold_turn *t = untold_find(u, id) ? NULL : oldest(u, nameless);

	if (t)
		snprintf(t->id, sizeof t->id, "%s", id);
}

void untold_answered(struct untold *u)
{
	for (int i = 0; i < UNTOLD_TURNS; i++)
		if (u->turns[i].state == UNTOLD_WAITS && u->turns[i].end)
			u->turns[i].state = UNTOLD_ANSWERED;
}

void untold_told(struct untold *u, const char *id)
{
	for (int i = 0; i < UNTOLD_TURNS; i++) {
		struct untold_turn *t = &u->turns[i];

		if (*id ? strcmp(t->id, id) == 0 : t->state == UNTOLD_ANSWERED)
			t->state = UNTOLD_FREE;
	}
}

uint64_t untold_again(struct untold *u)
{
	struct untold_turn *first = oldest(u, waits), *t = oldest(u, again);

	if (t && (!first || t->place < first->place))
		first = t;
	if (!first)
		return UINT64_MAX;
	for (int i = 0; i < UNTOLD_TURNS; i++)
		if (&u->turns[i] != first && (waits(&u->turns[i]) || again(&u->turns[i])))
			u->turns[i].state = UNTOLD_FREE;
	first->state = UNTOLD_AGAIN;
	if (u->over > first->place)
		u->over = first->place;
	return first->place;
}

/* --- tools */

static struct untold_call *call_of(struct untold *u, const char *id)
{
	for (int i = 0; i < UNTOLD_CALLS; i++)
		if (u->calls[i].open && strcmp(u->calls[i].id, id) == 0)
			return &u->calls[i];
	return NULL;
}

void untold_call(struct untold *u, const char *id, const char *name, const char *arguments)
{
	struct untold_call *c = u->calls;

	while (c->open && c < &u->calls[UNTOLD_CALLS - 1])
		c++;
	c->open = 0;
	snprintf(c->id, sizeof c->id, "%s", id);
	snprintf(c->name, sizeof c->name, "%s", name);
	snprintf(c->arguments, sizeof c->arguments, "%.*s", (int)utf8_clip(arguments, sizeof c->arguments - 1),
		 arguments);
	c->open = 1;
}

void untold_call_over(struct untold *u, const char *id)
{
	struct untold_call *c = call_of(u, id);

	if (c)
		c->open = 0;
}
