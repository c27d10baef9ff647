/* The tools of an agent: where each lies, what it says about itself, and why one cannot be used. Those that are not in
 * the cache are asked, all at once and beside the loop; five seconds are enough for a program that only prints a text,
 * also on a slow machine. */
#ifndef TOOLBOX_H
#define TOOLBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "loop.h"
#include "tool.h"
#include "toolcache.h"
#include "toolenv.h"
#include "worker.h"

#define TOOLBOX_MAX 128	 /* tools of an agent */
#define TOOLBOX_WORDS 32 /* of a command */
#define TOOLBOX_ASK_US (5u * 1000 * 1000)

struct conf;

enum toolbox_state {
	TOOLBOX_ASKED, /* it has not answered yet */
	TOOLBOX_READY,
	TOOLBOX_MISSING,   /* why says so */
	TOOLBOX_ELSEWHERE, /* rd-memory runs it: its description is there, its program is not ours */
};

struct toolbox_tool {
	struct toolbox *box;
	char name[TOOL_NAME_MAX + 1];
	enum toolbox_state state;
	char why[TOOL_WHY_BYTES];
	struct tool tool; /* READY, ELSEWHERE */
	char path[PATHS_MAX_BYTES];
	const char *words[TOOLBOX_WORDS + 2]; /* its argv without --schema, borrowed from the configuration */
	size_t word_count;
	unsigned timeout_s; /* the configuration's, else its own */
	struct toolcache_key key;
	struct worker worker;
};

struct toolbox { /* zeroed is closed */
	const struct conf *conf;
	const char *agent;
	struct toolbox_tool *tools;
	size_t count, asked; /* asked: that have not answered yet */
	struct toolcache cache;
	/* A tool answered, or failed to. NULL is fine. */
	void (*on_change)(struct toolbox *b);
	void *ctx;
};

/* Finds the tools of agent.tools, or of names (count of them) if it is not NULL; asks those that are not in the cache
 * by way of loop. conf and agent are borrowed until toolbox_close. Blocks on files only. 0, or -1 with errno. Set
 * on_change and ctx before. */
int toolbox_open(struct toolbox *b, struct loop *loop, const struct conf *c, const char *agent,
		 const char *const *names, size_t count);
void toolbox_close(struct toolbox *b);

/* The same for a program without a loop: returns when all have answered, in five seconds at most. */
int toolbox_open_now(struct toolbox *b, const struct conf *c, const char *agent);

/* A tool by its name, whatever its state; NULL: not of this agent. */
struct toolbox_tool *toolbox_find(const struct toolbox *b, const char *name);

/* The entries of tools.list of those that are ready, with `elsewhere` also of those that rd-memory runs: an array, the
 * caller's. NULL without memory. */
struct cJSON *toolbox_entries(const struct toolbox *b, bool elsewhere);

#endif
