/* rd-tools: runs the agent's tools beside the conversation. rd-tools(8)
 *   in   tool.call for a tool it has listed; tool.cancel; call.setup; agent.switched
 *   out  tools.list, tool.progress, tool.result, and what a tool may have said for it (call.next …)
 *   exit 0 end of input, 100 usage or configuration, 111 try again */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "clock.h"
#include "conf.h"
#include "json.h"
#include "list.h"
#include "log.h"
#include "mcp.h"
#include "number.h"
#include "orphans.h"
#include "remote.h"
#include "sandbox.h"
#include "secrets.h"
#include "stage.h"
#include "toolbox.h"

#define MCP_DELAY_US (700 * MS) /* by then the greeting is under way, and nobody has asked for anything yet */

static struct {
	char agent[80];
	struct secrets secrets;
	struct toolbox box;
	struct list list;
	struct calls calls;
	struct mcp mcp;
} tools;

static enum stage_verdict on_setup(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *call = json_text(event, "call"), *direction = json_text(event, "direction");
	const char *person = json_text(event, direction && strcmp(direction, "out") == 0 ? "to" : "from");

	(void)s;
	(void)f;
	calls_set_up(&tools.calls, call ? call : "",
		     person && number_is_e164(person) && !number_is_withheld(person) ? person : "");
	return STAGE_PASS;
}

static enum stage_verdict on_call(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *id = json_text(event, "id"), *name = json_text(event, "name");
	const struct toolbox_tool *t = name ? toolbox_find(&tools.box, name) : NULL;
	char error[120];

	(void)s;
	if (t ? t->state == TOOLBOX_ELSEWHERE : !name || !mcp_is_name(&tools.mcp, name))
		return STAGE_PASS;
	if (event_check(event, error, sizeof error) < 0)
		log_warn("tool call left alone: %s", error);
	else
		calls_take(&tools.calls, id, name, json_object(event, "arguments"), f->flags & FRAME_AGAIN);
	return STAGE_PASS;
}

static enum stage_verdict on_cancel(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *id = json_text(event, "id"), *why = json_text(event, "why");

	(void)s;
	(void)f;
	if (id)
		calls_cancel(&tools.calls, id, why ? why : "no reason given");
	return STAGE_PASS;
}

static void on_box_change(struct toolbox *b)
{
	(void)b;
	list_changed(&tools.list);
	calls_go(&tools.calls);
}

static void on_mcp_change(struct mcp *m)
{
	(void)m;
	list_changed(&tools.list);
	calls_go(&tools.calls);
}

static void on_mcp_progress(struct mcp *m, long id, const char *text)
{
	(void)m;
	remote_progress(&tools.calls, id, text);
}

static void on_mcp_result(struct mcp *m, long id, const struct cJSON *answer)
{
	(void)m;
	remote_result(&tools.calls, id, answer);
}

static void on_mcp_lost(struct mcp *m)
{
	(void)m;
	remote_lost(&tools.calls);
}

/* The agent's tools, or the names that a switch brought. */
static void open_box(struct stage *s, const char *const *names, size_t count)
{
	tools.box.on_change = on_box_change;
	if (toolbox_open(&tools.box, &s->loop, s->conf, tools.agent, names, count) < 0)
		log_error("cannot open the tools of agent %s: %s", tools.agent, strerror(errno));
	list_changed(&tools.list);
	if (mcp_open(&tools.mcp, &s->loop, s->conf, tools.agent, names, count) < 0)
		log_error("cannot ask for the tools of servers: %s", strerror(errno));
}

static enum stage_verdict on_switched(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *agent = json_text(event, "agent"), *names[TOOLBOX_MAX];
	const struct cJSON *list = json_array(event, "tools"), *name;
	size_t count = 0;

	(void)f;
	if (!json_flag(event, "ok", false) || (!agent && !list))
		return STAGE_PASS;
	if (agent && conf_has(s->conf, "agent", agent))
		snprintf(tools.agent, sizeof tools.agent, "%s", agent);
	cJSON_ArrayForEach(name, list)
		if (cJSON_IsString(name) && count < TOOLBOX_MAX)
			names[count++] = name->valuestring;
	toolbox_close(&tools.box);
	open_box(s, list ? names : NULL, count);
	calls_go(&tools.calls);
	return STAGE_PASS;
}

static const struct stage_row rows[] = {
	{ FRAME_EVENT, "call.setup", on_setup },	/* who calls: for the tools' environment */
	{ FRAME_EVENT, "tool.call", on_call },		/* run it */
	{ FRAME_EVENT, "tool.cancel", on_cancel },	/* end it */
	{ FRAME_EVENT, "agent.switched", on_switched }, /* other tools from now on */
};

static void say_list(struct stage *s)
{
	(void)s;
	list_say(&tools.list);
}

static const struct stage_state states[] = { { "tools.list", say_list } };
static const char *const needs[] = { "call.setup", NULL };

static void on_home(struct stage *s, const struct frame *f)
{
	struct cJSON *event = json_parse((const char *)f->payload, f->length);
	const char *type = json_text(event, "type"), *id = json_text(event, "id");

	(void)s;
	if (type && id && event_find(type) == EVENT_TOOL_RESULT)
		calls_home(&tools.calls, id);
	cJSON_Delete(event);
}

static void on_end(struct stage *s)
{
	(void)s;
	calls_end(&tools.calls);
}

static void on_check(struct stage *s)
{
	static const char *const words[] = { "no answer", "ready", "missing", "of rd-memory" };
	const char *const *names;
	size_t n;

	if (toolbox_open_now(&tools.box, s->conf, s->agent) < 0)
		log_die(111, "cannot open the tools of agent %s: %s", s->agent, strerror(errno));
	n = conf_list(s->conf, "agent", s->agent, "tools", &names);
	printf("\n# tools of agent %s\n", s->agent);
	for (size_t i = 0; i < tools.box.count; i++) {
		const struct toolbox_tool *t = &tools.box.tools[i];

		printf("#   %-12s %-12s %s\n", t->name, words[t->state],
		       t->state == TOOLBOX_MISSING ? t->why : t->path);
	}
	for (size_t i = 0; i < n; i++)
		if (strncmp(names[i], "mcp:", 4) == 0)
			printf("#   %-12s %-12s rd-ctl tool list\n", names[i], "of rd-mcp");
	toolbox_close(&tools.box);
}

static const struct stage_program program = {
	.name = "rd-tools",
	.synopsis = "[options]",
	.purpose = "Runs the agent's tools beside the conversation.",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.states = states,
	.state_count = sizeof states / sizeof states[0],
	.needs = needs,
	.on_home = on_home,
	.on_end = on_end,
	.on_check = on_check,
};

int main(int argc, char **argv)
{
	struct stage stage;
	int status;

	stage_open(&stage, &program, NULL, argc, argv);
	snprintf(tools.agent, sizeof tools.agent, "%s", stage.agent);
	if (secrets_open(&tools.secrets, stage.conf) < 0)
		log_die(111, "cannot take the secrets: %s", strerror(errno));
	if (orphans_adopt() < 0)
		log_warn("processes that tools leave behind are not found: %s", strerror(errno));
	start_sandbox(SANDBOX_CHILDREN | SANDBOX_SOCKETS); /* sockets: the tools' */
	calls_open(&tools.calls, &stage, &tools.box, &tools.secrets);
	list_open(&tools.list, &stage, &tools.box, &tools.secrets);
	tools.mcp.on_change = on_mcp_change;
	tools.mcp.on_progress = on_mcp_progress;
	tools.mcp.on_result = on_mcp_result;
	tools.mcp.on_lost = on_mcp_lost;
	tools.mcp.delay_us = stage.in_ring && stage.life == 0 ? MCP_DELAY_US : 0;
	tools.calls.mcp = &tools.mcp;
	tools.list.mcp = &tools.mcp;
	open_box(&stage, NULL, 0);
	calls_recover(&tools.calls);
	status = stage_run(&stage);
	calls_close(&tools.calls);
	mcp_close(&tools.mcp);
	toolbox_close(&tools.box);
	orphans_close();
	secrets_close(&tools.secrets);
	stage_close(&stage);
	return status;
}
