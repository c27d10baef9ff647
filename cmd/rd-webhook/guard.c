#include "guard.h"

#include <stdio.h>
#include <string.h>

static bool same_key(const char *kept, const char *key)
{
	return strncmp(kept, key, GUARD_KEY_BYTES - 1) == 0;
}

static void keep_key(char *kept, const char *key)
{
	snprintf(kept, GUARD_KEY_BYTES, "%s", key);
}

/* The row of an address, else a free one (open == 0), else NULL. */
static struct guard_address *row_of(struct guard_connections *g, const char *address)
{
	struct guard_address *vacant = NULL;

	for (size_t i = 0; i < GUARD_ADDRESSES; i++) {
		struct guard_address *row = &g->address[i];

		if (row->open > 0 && same_key(row->key, address))
			return row;
		if (row->open == 0 && !vacant)
			vacant = row;
	}
	return vacant;
}

bool guard_connect(struct guard_connections *g, const char *address, unsigned most)
{
	struct guard_address *row = row_of(g, address);

	if (!row || row->open >= most)
		return false;
	if (row->open++ == 0)
		keep_key(row->key, address);
	return true;
}

void guard_disconnect(struct guard_connections *g, const char *address)
{
	struct guard_address *row = row_of(g, address);

	if (row && row->open > 0)
		row->open--;
}

bool guard_allow(struct guard_marks *g, const char *key, unsigned most, uint64_t window_ms, uint64_t now_ms)
{
	unsigned seen = 0;

	for (size_t i = 0; i < GUARD_MARKS; i++)
		if (g->mark[i].key[0] && now_ms - g->mark[i].at_ms < window_ms && same_key(g->mark[i].key, key))
			seen++;
	if (seen >= most)
		return false;
	keep_key(g->mark[g->next].key, key);
	g->mark[g->next].at_ms = now_ms;
	g->next = (g->next + 1) % GUARD_MARKS;
	return true;
}

/* Its row, a new one if it has none yet; NULL: there are more kinds than rows. */
static struct guard_kind *kind_of(struct guard_lines *g, const char *name)
{
	struct guard_kind *k = g->kind;

	while (k < g->kind + GUARD_KINDS && k->name && strcmp(k->name, name) != 0)
		k++;
	if (k == g->kind + GUARD_KINDS)
		return NULL;
	k->name = name;
	return k;
}

bool guard_line(struct guard_lines *g, const char *kind, uint64_t now_ms)
{
	struct guard_kind *k = kind_of(g, kind);

	if (!k)
		return false;
	if (k->said == 0 || (now_ms - k->since_ms >= GUARD_LINES_MS && k->unsaid == 0)) {
		k->since_ms = now_ms;
		k->said = 0;
	}
	if (k->said < GUARD_LINES)
		k->said++;
	else
		k->unsaid++;
	return k->unsaid == 0;
}

bool guard_owes(const struct guard_lines *g)
{
	for (const struct guard_kind *k = g->kind; k < g->kind + GUARD_KINDS && k->name; k++)
		if (k->unsaid)
			return true;
	return false;
}

const char *guard_unsaid(struct guard_lines *g, uint64_t now_ms, unsigned *count)
{
	for (struct guard_kind *k = g->kind; k < g->kind + GUARD_KINDS && k->name; k++) {
		if (k->unsaid == 0 || now_ms - k->since_ms < GUARD_LINES_MS)
			continue;
		*count = k->unsaid;
		k->said = k->unsaid = 0;
		return k->name;
	}
	return NULL;
}
