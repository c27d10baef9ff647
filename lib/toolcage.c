#include "toolcage.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmdline.h"
#include "conf.h"

struct list {
	struct toolcage *cage;
	size_t count;
	bool full;
};

static void add(struct list *l, const char *word)
{
	if (l->count == TOOLCAGE_WORDS)
		l->full = true;
	else
		l->cage->words[l->count++] = word;
}

static void add_both(struct list *l, const char *option, const char *value)
{
	add(l, option);
	add(l, value);
}

/* A folder that its owner named to it is one that it may use: tool.folders, and settings that are a path. */
static void add_uses(struct list *l, const struct conf *c, const char *tool)
{
	const char *const *all;
	size_t n = conf_list(c, "tool", tool, "folders", &all);

	for (size_t i = 0; i < n; i++)
		add_both(l, "--use", all[i]);
	n = conf_list(c, "tool", tool, "settings", &all);
	for (size_t i = 0; i < n; i++) {
		const char *value = strchr(all[i], '=');

		if (value && value[1] == '/')
			add_both(l, "--use", value + 1);
	}
}

static bool has_network(const struct conf *c, const struct toolcage_order *o)
{
	const char *said = conf_text(c, "tool", o->tool, "network");

	return !o->asked && (*said ? strcmp(said, "yes") == 0 : o->network);
}

static void add_own(struct list *l, const struct conf *c, const struct toolcage_order *o)
{
	struct toolcage *g = l->cage;
	char state[PATHS_MAX_BYTES];

	if (paths_state(c, state, sizeof state) == 0 &&
	    paths_format(g->own, sizeof g->own, "%s/tools/%s", state, o->tool) == 0)
		add_both(l, o->asked ? "--use" : "--own", g->own);
}

int toolcage_open(struct toolcage *g, const struct conf *c, const struct toolcage_order *o)
{
	struct list l = { .cage = g };
	char folder[PATHS_MAX_BYTES];

	if (cmdline_own_folder(folder, sizeof folder) < 0 ||
	    cmdline_find(folder, "rd-cage", g->program, sizeof g->program) < 0)
		return -1;
	add(&l, g->program);
	add_own(&l, c, o);
	add_uses(&l, c, o->tool);
	if (has_network(c, o))
		add(&l, "--network");
	snprintf(g->memory, sizeof g->memory, "%ld", conf_number(c, "tool", o->tool, "memory-mb"));
	add_both(&l, "--memory-mb", g->memory);
	snprintf(g->cpu, sizeof g->cpu, "%u", o->cpu_s);
	add_both(&l, "--cpu-s", g->cpu);
	add(&l, "--");
	for (size_t i = 0; o->words[i]; i++)
		add(&l, o->words[i]);
	g->words[l.count] = NULL;
	return l.full ? (errno = E2BIG, -1) : 0;
}
