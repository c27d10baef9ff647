#include "try.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "result.h"
#include "server.h"

#define LIMIT_US (30 * SECOND)

static struct {
	struct loop loop;
	struct server server;
	struct processes processes;
	struct server_call call;
	struct cJSON *orders; /* [{"name","arguments"}] */
	struct timer limit;
	int next, status;
	bool begun;
} trial;

static struct cJSON *make_up(const struct cJSON *schema, const char *name)
{
	const char *type = json_text(schema, "type");
	const struct cJSON *choice = json_array(schema, "enum"), *property;
	struct cJSON *made;

	if (choice && choice->child)
		return cJSON_Duplicate(choice->child, true);
	if (type && strcmp(type, "object") == 0) {
		made = cJSON_CreateObject();
		cJSON_ArrayForEach(property, json_object(schema, "properties"))
			cJSON_AddItemToObject(made, property->string, make_up(property, property->string));
		return made;
	}
	if (type && strcmp(type, "array") == 0)
		return cJSON_CreateArray();
	if (type && strcmp(type, "boolean") == 0)
		return cJSON_CreateTrue();
	if (type && (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0))
		return cJSON_CreateNumber(name && *name == 'b' ? 3 : 5);
	return cJSON_CreateString("test");
}

/* One tool only repeats a schema that it is given: that of another one, as it came. */
static struct cJSON *arguments_for(const struct cJSON *tool)
{
	const char *name = json_text(tool, "name");
	const struct cJSON *other;

	if (strcmp(name, "json_schema_echo") != 0)
		return make_up(json_object(tool, "inputSchema"), NULL);
	other = tool->next ? tool->next : trial.server.tools.tools->child;
	return json_make("schema:j", cJSON_Duplicate(json_object(other, "inputSchema"), true));
}

/* The suite says which protocol it plays. */
static enum server_era era_played(void)
{
	const char *version = getenv("MCP_CONFORMANCE_PROTOCOL_VERSION");

	return !version ? ERA_UNKNOWN : strcmp(version, JSONRPC_MODERN) >= 0 ? ERA_MODERN : ERA_LEGACY;
}

static struct cJSON *orders(void)
{
	const char *text = getenv("MCP_CONFORMANCE_CONTEXT");
	struct cJSON *context = text ? json_parse(text, strlen(text)) : NULL, *all = NULL;
	const struct cJSON *tool;

	if (json_array(context, "toolCalls"))
		all = cJSON_DetachItemFromObjectCaseSensitive(context, "toolCalls");
	cJSON_Delete(context);
	if (all)
		return all;
	all = cJSON_CreateArray();
	cJSON_ArrayForEach(tool, trial.server.tools.tools)
		cJSON_AddItemToArray(all,
				     json_make("name:s arguments:j", json_text(tool, "name"), arguments_for(tool)));
	return all;
}

static void go_on(void);

static void on_progress(struct server_call *c, const char *text)
{
	(void)c;
	printf("  progress: %s\n", text);
}

static void on_result(struct server_call *c, const struct server_result *r)
{
	bool failed = true;
	char *text = r->result ? result_text(r->result, &failed) : NULL;

	printf("call %s: %s: %s\n", c->tool, failed ? "failed" : "done", text ? text : r->text);
	free(text);
	if (r->cut)
		trial.status = 1;
	go_on();
}

static void go_on(void)
{
	const struct cJSON *order = cJSON_GetArrayItem(trial.orders, trial.next++);
	static const struct cJSON *none;

	if (!order) {
		loop_stop(&trial.loop);
		return;
	}
	if (!none)
		none = cJSON_CreateObject();
	trial.call = (struct server_call){ .tool = json_text(order, "name"),
					   .arguments = json_object(order, "arguments"),
					   .timeout_ms = 20000,
					   .on_progress = on_progress,
					   .on_result = on_result };
	if (!trial.call.arguments)
		trial.call.arguments = none;
	server_call(&trial.server, &trial.call);
}

static void on_change(struct server *s, bool list)
{
	const struct cJSON *tool;

	(void)list;
	if (s->state == SERVER_DOWN && !trial.begun) {
		trial.status = 1;
		loop_stop(&trial.loop);
	}
	if (s->state != SERVER_READY || trial.begun)
		return;
	trial.begun = true;
	printf("%s era, version %s\n", s->era == ERA_MODERN ? "modern" : "legacy", s->version);
	cJSON_ArrayForEach(tool, s->tools.tools)
		printf("tool %s\n", json_text(tool, "name"));
	trial.orders = orders();
	go_on();
}

static void on_limit(void *ctx)
{
	(void)ctx;
	log_error("no end within 30 s");
	trial.status = 1;
	loop_stop(&trial.loop);
}

int try_server(const char *url)
{
	if (loop_open(&trial.loop) < 0)
		log_die(111, "cannot open the loop: %s", strerror(errno));
	trial.processes.loop = &trial.loop;
	trial.limit = (struct timer){ .name = "limit", .on = on_limit };
	trial.server = (struct server){ .loop = &trial.loop,
					.processes = &trial.processes,
					.pool = fetch_pool_open(&trial.loop),
					.on_change = on_change,
					.quiet = true,
					.terms = { .name = "try",
						   .url = url,
						   .secret_name = "",
						   .auth = "none",
						   .era = era_played(),
						   .timeout_s = 20 } };
	server_open(&trial.server);
	timer_after(&trial.loop, &trial.limit, LIMIT_US);
	server_start(&trial.server);
	if (!trial.loop.stopped && loop_run(&trial.loop) < 0)
		trial.status = 111;
	timer_stop(&trial.loop, &trial.limit);
	server_close(&trial.server, false);
	fetch_pool_close(trial.server.pool);
	cJSON_Delete(trial.orders);
	processes_close(&trial.processes);
	loop_close(&trial.loop);
	return trial.status;
}
