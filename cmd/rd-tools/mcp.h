/* The tools of MCP servers, as rd-mcp tells them: what the agent names as mcp:SERVER or mcp:SERVER/TOOL. Asked beside
 * everything: nothing here is ever waited for. */
#ifndef MCP_H
#define MCP_H

#include <stdbool.h>
#include <stddef.h>

#include "lines.h"
#include "loop.h"
#include "paths.h"
#include "tool.h"

struct cJSON;
struct conf;

struct mcp_tool {
	char name[TOOL_NAME_MAX + 1]; /* as the model knows it: SERVER__TOOL */
	struct cJSON *told;	      /* what rd-mcp said; owns all that is borrowed below */
	const char *server, *tool;
	const struct cJSON *parameters;
	bool read_only, checked; /* checked: its schema is one that we understand */
	unsigned timeout_s;
};

struct mcp_list {
	struct mcp_tool *tools;
	size_t count, room;
	struct cJSON *missing; /* [{"name","why"}] */
	bool starting;	       /* a server that may have more */
};

struct mcp {		    /* zeroed; set on_…, and open */
	struct lines lines; /* the first: a line leads back to its owner */
	struct loop *loop;
	char path[PATHS_MAX_BYTES];
	bool connected, answered; /* answered: a list came, or could not, in time */
	struct cJSON *wants;	  /* what the agent names, an array; NULL: nothing */
	struct mcp_list now, coming;
	long next_id, list_id;
	unsigned attempts;
	struct timer again, settle, patience;
	uint64_t delay_us; /* until it is asked for the first time: long lists must not compete with the first words */
	void (*on_change)(struct mcp *m); /* the tools, or what is missing */
	void (*on_progress)(struct mcp *m, long id, const char *text);
	/* The end of a call; answer NULL: rd-mcp has gone, and what became of it is not known. */
	void (*on_result)(struct mcp *m, long id, const struct cJSON *answer);
	void (*on_lost)(struct mcp *m); /* all that were open are lost */
};

/* Asks for what names (count of them; NULL: the agent's) has of servers. Without any nothing happens. Again: for other
 * names; calls go on. -1 without memory. */
int mcp_open(struct mcp *m, struct loop *loop, const struct conf *c, const char *agent, const char *const *names,
	     size_t count);
void mcp_close(struct mcp *m);

/* NULL: there is none of that name (yet). */
const struct mcp_tool *mcp_find(const struct mcp *m, const char *name);

/* Whether nobody else has tools of such a name. */
bool mcp_is_name(const struct mcp *m, const char *name);
/* Whether the list may still come, so that who looks for a tool should wait. */
bool mcp_is_asking(const struct mcp *m);

/* Appends to the entries of tools.list and to what is missing, unless a tool of that name is there. */
void mcp_add_entries(const struct mcp *m, struct cJSON *entries);
void mcp_add_missing(const struct mcp *m, struct cJSON *missing);

/* The number of the call, or -1: rd-mcp is not there. */
long mcp_call(struct mcp *m, const struct mcp_tool *t, const struct cJSON *arguments);
void mcp_cancel(struct mcp *m, long id, const char *why);

#endif
