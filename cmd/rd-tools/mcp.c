#include "mcp.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "json.h"
#include "log.h"
#include "schema.h"

#define PATIENCE_US (8 * SECOND) /* from the beginning, who calls a tool that is not yet known waits so long for it */
#define AGAIN_FIRST_US (50 * MS)
#define AGAIN_LAST_US (5 * SECOND)
#define SETTLE_US (50 * MS) /* several servers change at once */

static void list_close(struct mcp_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		cJSON_Delete(l->tools[i].told);
	free(l->tools);
	cJSON_Delete(l->missing);
	*l = (struct mcp_list){ .tools = NULL };
}

static void miss(struct mcp_list *l, const char *name, const char *why)
{
	if (!l->missing)
		l->missing = cJSON_CreateArray();
	(void)cJSON_AddItemToArray(l->missing, json_make("name:s why:s", name, why)); /* without memory: not said */
}

static void add_tool(struct mcp_list *l, struct cJSON *told)
{
	const char *name = json_text(told, "name"), *server = json_text(told, "server"),
		   *tool = json_text(told, "tool");
	struct mcp_tool *t;
	char why[200];

	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 16;
		struct mcp_tool *grown = realloc(l->tools, room * sizeof *grown);

		if (grown) {
			l->tools = grown;
			l->room = room;
		}
	}
	if (l->count == l->room || !name || !tool_is_name(name) || !server || !tool) {
		cJSON_Delete(told);
		return;
	}
	t = &l->tools[l->count++];
	*t = (struct mcp_tool){ .told = told, .server = server, .tool = tool };
	snprintf(t->name, sizeof t->name, "%s", name);
	t->parameters = json_object(told, "parameters");
	t->read_only = json_flag(told, "read_only", false);
	t->timeout_s = (unsigned)json_whole(told, "timeout_s", TOOL_TIMEOUT_S, 1, TOOL_TIMEOUT_MAX_S);
	t->checked = schema_is_parameters(t->parameters, why, sizeof why) == 0;
}

/* --- the list */

static void ask(struct mcp *m)
{
	char *text;

	list_close(&m->coming);
	m->list_id = ++m->next_id;
	text = json_print(json_make("id:n do:s watch:b wants:j", (long long)m->list_id, "list", 1,
				    cJSON_Duplicate(m->wants, true)));
	if (text)
		(void)lines_send(&m->lines, text, strlen(text)); /* its end is told by itself */
	free(text);
}

/* Who is only starting may still have what somebody looks for. */
static void settle_list(struct mcp *m, bool whole)
{
	if (whole) {
		m->answered = true;
		timer_stop(m->loop, &m->patience);
	}
	m->on_change(m);
}

/* All that was wanted by its own name and is not there though its server is. */
static void miss_single_tools(struct mcp *m)
{
	const struct cJSON *want, *missing;

	cJSON_ArrayForEach(want, m->wants) {
		const char *slash = strchr(want->valuestring, '/'), *server = want->valuestring + 4;
		bool there = !slash;

		for (size_t i = 0; slash && i < m->coming.count; i++)
			there |= strcmp(m->coming.tools[i].tool, slash + 1) == 0 &&
				 strncmp(m->coming.tools[i].server, server, (size_t)(slash - server)) == 0;
		cJSON_ArrayForEach(missing, m->coming.missing) {
			const char *name = json_text(missing, "name");

			there |= slash && strncmp(name, want->valuestring, (size_t)(slash - want->valuestring)) == 0;
		}
		if (!there)
			miss(&m->coming, want->valuestring, "the server has no tool of that name");
	}
}

static void log_missing(const struct mcp *m)
{
	const struct cJSON *one;

	cJSON_ArrayForEach(one, m->now.missing)
		log_info("tools of a server are missing name=%s why=\"%s\"", json_text(one, "name"),
			 json_text(one, "why"));
}

static void take_list(struct mcp *m, struct cJSON *line)
{
	const char *server = json_text(line, "server"), *why = json_text(line, "why");
	const char *state = json_text(line, "state");
	struct cJSON *told = cJSON_DetachItemFromObjectCaseSensitive(line, "tool");
	char name[80];

	if (told) {
		add_tool(&m->coming, told);
	} else if (server && !json_flag(line, "offered", false)) {
		m->coming.starting |= state && strcmp(state, "starting") == 0;
		snprintf(name, sizeof name, "mcp:%.64s", server);
		miss(&m->coming, name, why ? why : "it is not there");
	} else if (cJSON_GetObjectItemCaseSensitive(line, "ok")) {
		miss_single_tools(m);
		list_close(&m->now);
		m->now = m->coming;
		m->coming = (struct mcp_list){ .tools = NULL };
		log_missing(m);
		settle_list(m, !m->now.starting);
	}
}

static void on_settled(void *ctx)
{
	struct mcp *m = ctx;

	if (m->connected)
		ask(m);
}

/* --- the connection */

static void on_line(struct lines *l, char *text, size_t n)
{
	struct mcp *m = (struct mcp *)l; /* its first member */
	struct cJSON *line = json_parse(text, n);
	long id = json_whole(line, "id", 0, 0, JSON_WHOLE_MAX);
	const char *progress = json_text(line, "progress");

	m->attempts = 0;
	if (json_text(line, "changed")) {
		if (!m->settle.set)
			timer_after(m->loop, &m->settle, SETTLE_US);
	} else if (id && id == m->list_id) {
		take_list(m, line);
	} else if (id && progress) {
		m->on_progress(m, id, progress);
	} else if (id && cJSON_GetObjectItemCaseSensitive(line, "ok")) {
		m->on_result(m, id, line);
	}
	cJSON_Delete(line);
}

/* Not there at the third attempt: it is not starting either. */
static void lose(struct mcp *m, const char *why)
{
	uint64_t pause = AGAIN_FIRST_US << (m->attempts < 7 ? m->attempts : 7);
	bool broke = m->connected, missing = m->attempts++ == 3;
	const struct cJSON *want;

	if (broke)
		lines_close(&m->lines);
	m->connected = false;
	timer_after(m->loop, &m->again, pause < AGAIN_LAST_US ? pause : AGAIN_LAST_US);
	if (!broke && !missing)
		return;
	log_warn("rd-mcp is not there: %s", why);
	list_close(&m->now);
	cJSON_ArrayForEach(want, m->wants)
		miss(&m->now, want->valuestring, "rd-mcp is not running");
	if (broke) { /* it comes back in a moment: who calls meanwhile waits */
		m->answered = false;
		timer_after(m->loop, &m->patience, PATIENCE_US);
		m->on_lost(m);
		m->on_change(m);
	} else {
		settle_list(m, true);
	}
}

static void on_end(struct lines *l, const char *why)
{
	lose((struct mcp *)l, why);
}

static void connect_to(void *ctx)
{
	struct mcp *m = ctx;

	m->lines.on_line = on_line;
	m->lines.on_end = on_end;
	m->connected = lines_connect(&m->lines, m->loop, m->path) == 0;
	if (m->connected)
		ask(m);
	else
		lose(m, strerror(errno));
}

static void on_patience_over(void *ctx)
{
	settle_list(ctx, true);
}

static int take_wants(struct mcp *m, const struct conf *c, const char *agent, const char *const *names, size_t count)
{
	if (!names)
		count = conf_list(c, "agent", agent, "tools", &names);
	for (size_t i = 0; i < count; i++) {
		if (strncmp(names[i], "mcp:", 4) != 0)
			continue;
		if (!m->wants)
			m->wants = cJSON_CreateArray();
		if (!cJSON_AddItemToArray(m->wants, cJSON_CreateString(names[i])))
			return -1;
	}
	return 0;
}

static int begin(struct mcp *m, const struct conf *c)
{
	char runtime[PATHS_MAX_BYTES];

	m->again = (struct timer){ .name = "mcp again", .on = connect_to, .ctx = m };
	m->settle = (struct timer){ .name = "mcp list", .on = on_settled, .ctx = m };
	m->patience = (struct timer){ .name = "mcp patience", .on = on_patience_over, .ctx = m };
	if (paths_runtime(c, runtime, sizeof runtime) < 0 ||
	    paths_format(m->path, sizeof m->path, "%s/mcp.sock", runtime) < 0)
		return -1;
	timer_after(m->loop, &m->again, m->delay_us);
	return 0;
}

int mcp_open(struct mcp *m, struct loop *loop, const struct conf *c, const char *agent, const char *const *names,
	     size_t count)
{
	list_close(&m->now);
	list_close(&m->coming);
	cJSON_Delete(m->wants);
	m->wants = NULL;
	m->answered = false;
	m->list_id = 0;
	m->loop = loop;
	if (take_wants(m, c, agent, names, count) < 0)
		return -1;
	if (!m->wants)
		return 0;
	if (!m->path[0] && begin(m, c) < 0)
		return -1;
	timer_after(loop, &m->patience, m->delay_us + PATIENCE_US);
	if (m->connected)
		ask(m);
	return 0;
}

void mcp_close(struct mcp *m)
{
	if (!m->loop)
		return;
	if (m->connected)
		lines_close(&m->lines);
	m->connected = false;
	timer_stop(m->loop, &m->again);
	timer_stop(m->loop, &m->settle);
	timer_stop(m->loop, &m->patience);
	list_close(&m->now);
	list_close(&m->coming);
	cJSON_Delete(m->wants);
	m->wants = NULL;
	m->list_id = 0;
	m->attempts = 0;
}

/* --- for others */

const struct mcp_tool *mcp_find(const struct mcp *m, const char *name)
{
	for (size_t i = 0; i < m->now.count; i++)
		if (strcmp(m->now.tools[i].name, name) == 0)
			return &m->now.tools[i];
	return NULL;
}

bool mcp_is_name(const struct mcp *m, const char *name)
{
	return m->wants && strstr(name, "__");
}

bool mcp_is_asking(const struct mcp *m)
{
	return m->wants && !m->answered;
}

static bool has(const struct cJSON *entries, const char *name)
{
	const struct cJSON *entry;

	cJSON_ArrayForEach(entry, entries) {
		const char *its = json_text(entry, "name");

		if (its && strcmp(its, name) == 0)
			return true;
	}
	return false;
}

void mcp_add_entries(const struct mcp *m, struct cJSON *entries)
{
	for (size_t i = 0; i < m->now.count; i++) {
		const struct mcp_tool *t = &m->now.tools[i];

		if (!has(entries, t->name))
			(void)cJSON_AddItemToArray(entries,
						   json_make("name:s description:s parameters:j instructions:s?",
							     t->name, json_text(t->told, "description"),
							     cJSON_Duplicate(t->parameters, true),
							     json_text(t->told, "instructions")));
	}
}

void mcp_add_missing(const struct mcp *m, struct cJSON *missing)
{
	const struct cJSON *one;

	cJSON_ArrayForEach(one, m->now.missing)
		(void)cJSON_AddItemToArray(missing, cJSON_Duplicate(one, true)); /* without memory: not said */
}

long mcp_call(struct mcp *m, const struct mcp_tool *t, const struct cJSON *arguments)
{
	long id = ++m->next_id;
	char *text = json_print(json_make("id:n do:s server:s tool:s timeout_ms:n arguments:j", (long long)id, "call",
					  t->server, t->tool, (long long)t->timeout_s * 1000,
					  cJSON_Duplicate(arguments, true)));
	int sent = text && m->connected ? lines_send(&m->lines, text, strlen(text)) : -1;

	free(text);
	return sent < 0 ? -1 : id;
}

void mcp_cancel(struct mcp *m, long id, const char *why)
{
	char *text = json_print(json_make("do:s call:n why:s", "cancel", (long long)id, why));

	if (text && m->connected)
		(void)lines_send(&m->lines, text, strlen(text)); /* nobody waits for it any more */
	free(text);
}
