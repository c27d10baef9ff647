#include "list.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "names.h"

static const char *const states[] = { "down", "starting", "ready" };

bool list_offers(const struct server *s)
{
	return s->listed_at && (s->state == SERVER_READY || (s->failures <= 1 && !s->refused));
}

static const char *why_of(const struct server *s)
{
	if (s->why[0])
		return s->why;
	return s->state == SERVER_STARTING ? "it has not answered yet" : NULL;
}

struct cJSON *list_server(const struct server *s, bool details)
{
	long long age = s->listed_at ? (long long)(time(NULL) - s->listed_at) : -1;
	struct cJSON *line =
		json_make("server:s state:s kind:s era:s tools:n left_out:n age_s:n "
			  "offered:b since_s:n why:s?",
			  s->terms.name, states[s->state], server_is_program(s) ? "program" : "http",
			  s->era == ERA_UNKNOWN	 ? "unknown"
			  : s->era == ERA_MODERN ? "modern"
						 : "legacy",
			  (long long)catalogue_count(&s->tools), (long long)s->tools.left_out, age, (int)list_offers(s),
			  (long long)((clock_us() - s->started_us) / SECOND), why_of(s));

	if (!details || !line)
		return line;
	if (s->version[0])
		cJSON_AddStringToObject(line, "version", s->version);
	if (s->tools.left_out)
		cJSON_AddStringToObject(line, "left_out_why", s->tools.why);
	if (s->instructions)
		cJSON_AddStringToObject(line, "instructions", s->instructions);
	if (s->stdio.said[0])
		cJSON_AddStringToObject(line, "stderr", s->stdio.said);
	if (s->info)
		cJSON_AddItemToObject(line, "info", cJSON_Duplicate(s->info, true));
	return line;
}

static bool is_of(const char *want, const char *server, const char **rest)
{
	size_t n = strlen(server);

	if (strncmp(want, "mcp:", 4) != 0 || strncmp(want + 4, server, n) != 0 || (want[4 + n] && want[4 + n] != '/'))
		return false;
	*rest = want[4 + n] ? want + 5 + n : NULL;
	return true;
}

static bool is_wanted(const struct cJSON *wants, const char *server, const char *tool)
{
	const struct cJSON *want;
	const char *rest;

	cJSON_ArrayForEach(want, wants) {
		if (cJSON_IsString(want) && is_of(want->valuestring, server, &rest) &&
		    (!rest || !tool || strcmp(rest, tool) == 0))
			return true;
	}
	return !wants;
}

bool list_wants(const struct cJSON *wants, const struct server *s)
{
	return is_wanted(wants, s->terms.name, NULL);
}

/* `$schema` only says what we know; the root's type is what a model's interface demands. */
static struct cJSON *parameters_of(const struct cJSON *tool)
{
	struct cJSON *parameters = cJSON_Duplicate(json_object(tool, "inputSchema"), true);

	cJSON_DeleteItemFromObjectCaseSensitive(parameters, "$schema");
	if (!json_text(parameters, "type"))
		cJSON_AddStringToObject(parameters, "type", "object");
	return parameters;
}

static struct cJSON *line_of(const struct server *s, const struct cJSON *tool, const char *name, bool first)
{
	const char *description = json_text(tool, "description");

	return json_make("tool:j", json_make("name:s server:s tool:s description:s parameters:j read_only:b "
					     "timeout_s:i "
					     "instructions:s?",
					     name, s->terms.name, json_text(tool, "name"),
					     description && *description ? description : json_text(tool, "name"),
					     parameters_of(tool), (int)json_flag(tool, "readOnly", false),
					     (int)s->terms.timeout_s, first ? s->instructions : NULL));
}

/* Names are given over all tools of all servers, so that each has the same one whoever asks. */
void list_tools(const struct server *servers, size_t count, const struct cJSON *wants, const struct server *only,
		bool (*say)(void *ctx, struct cJSON *line), void *ctx)
{
	struct cJSON *taken = cJSON_CreateObject();
	bool goes_on = true;

	for (size_t i = 0; i < count; i++) {
		const struct server *s = &servers[i];
		bool shown = only ? s == only : list_offers(s), first = true;
		const struct cJSON *tool;

		cJSON_ArrayForEach(tool, s->tools.tools) {
			char name[TOOL_NAME_MAX + 1];
			const char *its = json_text(tool, "name");

			names_make(s->terms.name, its, taken, name);
			cJSON_AddTrueToObject(taken, name);
			if (!shown || !goes_on || (!only && !is_wanted(wants, s->terms.name, its)))
				continue;
			goes_on = say(ctx, line_of(s, tool, name, first));
			first = false;
		}
	}
	cJSON_Delete(taken);
}
