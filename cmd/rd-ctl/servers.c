#include "servers.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "table.h"

#define LIMIT_S 10
#define SHOWN_BYTES 100

static bool is_last(const struct cJSON *line)
{
	return cJSON_GetObjectItemCaseSensitive(line, "ok");
}

int servers_ask(struct control *c, struct cJSON *request, void (*on_line)(void *ctx, const struct cJSON *line),
		void *ctx, char *error, size_t size)
{
	struct cJSON *line = control_ask(c, request, error, size);
	const char *why;
	int failed;

	while (line && !is_last(line)) {
		char *text;

		on_line(ctx, line);
		cJSON_Delete(line);
		text = control_line(c, LIMIT_S);
		line = text ? json_parse(text, strlen(text)) : NULL;
		if (!line)
			snprintf(error, size, "rd-mcp does not answer: %s", errno ? strerror(errno) : "it has gone");
	}
	if (!line)
		return -1;
	on_line(ctx, line);
	failed = json_flag(line, "ok", false) ? 0 : -1;
	why = json_text(line, "error");
	if (failed)
		snprintf(error, size, "%s", why ? why : "rd-mcp refuses without a reason");
	cJSON_Delete(line);
	return failed;
}

struct shown {
	struct table table;
	bool json;
};

static void print_json(const struct cJSON *line)
{
	char *text = cJSON_PrintUnformatted(line);

	if (text)
		puts(text);
	free(text);
}

static void print_age(const struct cJSON *line, char out[32])
{
	long s = json_whole(line, "age_s", -1, -1, JSON_WHOLE_MAX);

	if (s < 0)
		snprintf(out, 32, "-");
	else if (s < 120)
		snprintf(out, 32, "%ld s", s);
	else if (s < 7200)
		snprintf(out, 32, "%ld min", s / 60);
	else
		snprintf(out, 32, "%ld h", s / 3600);
}

static void add_server(void *ctx, const struct cJSON *line)
{
	struct shown *shown = ctx;
	char tools[32], age[32];
	const char *why = json_text(line, "why");

	if (shown->json) {
		print_json(line);
		return;
	}
	if (!json_text(line, "server"))
		return;
	snprintf(tools, sizeof tools, "%.0f", json_number(line, "tools", 0));
	print_age(line, age);
	table_add(&shown->table, json_text(line, "server"), json_text(line, "state"), json_text(line, "kind"),
		  json_text(line, "era"), tools, age, why ? why : "", NULL);
}

int servers_list(struct control *c, bool json, char *error, size_t size)
{
	struct shown shown = { .json = json };
	int failed;

	if (!json)
		table_add(&shown.table, "SERVER", "STATE", "KIND", "ERA", "TOOLS", "LISTED", "WHY", NULL);
	failed = servers_ask(c, json_make("do:s tools:b quiet:b", "list", 0, 1), add_server, &shown, error, size);
	table_print(&shown.table, 0, stdout);
	return failed;
}

static void print_ping(void *ctx, const struct cJSON *line)
{
	const bool *json = ctx;

	if (*json)
		print_json(line);
	else if (json_flag(line, "ok", false))
		printf("answered in %.0f ms\n", json_number(line, "ms", 0));
}

int servers_ping(struct control *c, const char *name, bool json, char *error, size_t size)
{
	return servers_ask(c, json_make("do:s server:s", "ping", name), print_ping, &json, error, size);
}

static void print_first_line(const char *text)
{
	size_t n = strcspn(text, "\n");

	printf("    %.*s%s\n", (int)(n < SHOWN_BYTES ? n : SHOWN_BYTES), text, n < SHOWN_BYTES ? "" : "…");
}

static void print_field(const struct cJSON *line, const char *key, const char *shown)
{
	const char *text = json_text(line, key);

	if (text && *text)
		printf("%-10s %s\n", shown, text);
}

static void print_server(const struct cJSON *line)
{
	const struct cJSON *info = json_object(json_object(line, "info"), "serverInfo");
	const char *name = json_text(info, "name"), *version = json_text(info, "version");
	char age[32];

	print_age(line, age);
	printf("%s: %s, %s, %s era %s\n", json_text(line, "server"), json_text(line, "state"), json_text(line, "kind"),
	       json_text(line, "era"), json_text(line, "version") ? json_text(line, "version") : "");
	if (name)
		printf("%-10s %s %s\n", "is", name, version ? version : "");
	print_field(line, "why", "why");
	print_field(line, "stderr", "says");
	printf("%-10s %.0f, listed %s ago, %.0f left out\n", "tools", json_number(line, "tools", 0), age,
	       json_number(line, "left_out", 0));
	print_field(line, "left_out_why", "left out");
	print_field(line, "instructions", "advises");
}

static void print_tool(const struct cJSON *tool)
{
	const char *description = json_text(tool, "description");
	char *parameters = cJSON_PrintUnformatted(json_object(json_object(tool, "parameters"), "properties"));

	printf("\n%s%s\n", json_text(tool, "name"), json_flag(tool, "read_only", false) ? " (only reads)" : "");
	print_first_line(description ? description : "");
	printf("    %s\n", parameters ? parameters : "{}");
	free(parameters);
}

static void print_inspected(void *ctx, const struct cJSON *line)
{
	const bool *json = ctx;

	if (*json)
		print_json(line);
	else if (json_text(line, "server"))
		print_server(line);
	else if (json_object(line, "tool"))
		print_tool(json_object(line, "tool"));
}

int servers_inspect(struct control *c, const char *name, bool json, char *error, size_t size)
{
	return servers_ask(c, json_make("do:s server:s", "inspect", name), print_inspected, &json, error, size);
}
