#include "tool.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "schema.h"

#define DESCRIPTION_MAX_BYTES 4096u
#define INSTRUCTIONS_MAX_BYTES 4096u

static const char *const effects[] = { "none", "local", "outside" };

/* What a tool may act on: orders to the carrier, to the brain, to the operator's side. Everything else a tool could
 * forge. */
static const enum event_type sayable[] = { EVENT_CALL_NEXT, EVENT_ASSISTANT_NOTE, EVENT_AGENT_SWITCH, EVENT_JOB_ADD };

bool tool_is_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", more[] = "0123456789_-";
	size_t n = 0;

	while (name[n] && (strchr(letters, name[n]) || (n && strchr(more, name[n]))))
		n++;
	return n && n <= TOOL_NAME_MAX && !name[n];
}

const char *tool_effect_name(enum tool_effect effect)
{
	return effects[effect];
}

int tool_effect_find(const char *name)
{
	for (int i = 0; name && i < 3; i++)
		if (strcmp(name, effects[i]) == 0)
			return i;
	return -1;
}

enum tool_effect tool_effect_of(const struct tool *t, const struct cJSON *arguments)
{
	const char *what = json_text(arguments, "do");
	int effect = t->effects && what ? tool_effect_find(json_text(t->effects, what)) : -1;

	return effect < 0 ? t->effect : (enum tool_effect)effect;
}

bool tool_may_say(unsigned says, enum event_type type)
{
	for (size_t i = 0; i < sizeof sayable / sizeof sayable[0]; i++)
		if (sayable[i] == type)
			return says >> i & 1;
	return false;
}

static int refuse(char *why, size_t size, const char *field, const char *expected)
{
	snprintf(why, size, "%s: %s expected", field, expected);
	return -1;
}

static int read_says(struct tool *t, char *why, size_t size)
{
	const struct cJSON *list = cJSON_GetObjectItemCaseSensitive(t->document, "says"), *name;

	if (list && !cJSON_IsArray(list))
		return refuse(why, size, "says", "a list of event types");
	cJSON_ArrayForEach(name, list) {
		enum event_type type = event_find(cJSON_GetStringValue(name));
		unsigned before = t->says;

		for (size_t i = 0; i < sizeof sayable / sizeof sayable[0]; i++)
			if (sayable[i] == type)
				t->says |= 1u << i;
		if (t->says == before && !tool_may_say(before, type))
			return refuse(why, size, "says", "call.next, assistant.note, agent.switch or job.add");
	}
	return 0;
}

static int read_secrets(struct tool *t, char *why, size_t size)
{
	const struct cJSON *list = cJSON_GetObjectItemCaseSensitive(t->document, "secrets"), *name;

	if (list && !cJSON_IsArray(list))
		return refuse(why, size, "secrets", "a list of names");
	cJSON_ArrayForEach(name, list)
		if (!cJSON_IsString(name))
			return refuse(why, size, "secrets", "a list of names");
	t->secrets = list;
	return 0;
}

/* A text of at most max bytes. 0 also if it is missing and need not be there. */
static int read_text(const struct tool *t, const char *key, bool needed, size_t max, const char **out, char *why,
		     size_t size)
{
	const struct cJSON *field = cJSON_GetObjectItemCaseSensitive(t->document, key);

	*out = cJSON_GetStringValue(field);
	if (!field && !needed)
		return 0;
	if (*out && (!needed || **out) && strlen(*out) <= max)
		return 0;
	snprintf(why, size, "%s: a text of at most %zu bytes expected", key, max);
	return -1;
}

static int read_effect(struct tool *t, char *why, size_t size)
{
	const struct cJSON *field = cJSON_GetObjectItemCaseSensitive(t->document, "effect");
	int effect = tool_effect_find(cJSON_GetStringValue(field));

	if (effect < 0) /* not guessed: it decides whether a tool that was cut off may be run again */
		return refuse(why, size, "effect", "none, local or outside");
	t->effect = (enum tool_effect)effect;
	return 0;
}

static int read_effects(struct tool *t, char *why, size_t size)
{
	const struct cJSON *map = cJSON_GetObjectItemCaseSensitive(t->document, "effects"), *one;

	if (map && !cJSON_IsObject(map))
		return refuse(why, size, "effects", "an object, by the values of `do`,");
	cJSON_ArrayForEach(one, map)
		if (tool_effect_find(cJSON_GetStringValue(one)) < 0)
			return refuse(why, size, "effects", "none, local or outside for each value of `do`");
	t->effects = map;
	return 0;
}

static int read_timeout(struct tool *t, char *why, size_t size)
{
	const struct cJSON *field = cJSON_GetObjectItemCaseSensitive(t->document, "timeout_s");
	double seconds = json_number(t->document, "timeout_s", field ? 0 : TOOL_TIMEOUT_S);

	if (seconds < 1 || seconds > TOOL_TIMEOUT_MAX_S)
		return refuse(why, size, "timeout_s", "a number from 1 to 3600");
	t->timeout_s = (unsigned)seconds;
	return 0;
}

static int read_document(struct tool *t, char *why, size_t size)
{
	char error[200];

	t->name = json_text(t->document, "name");
	if (!t->name || !tool_is_name(t->name))
		return refuse(why, size, "name", "letters, digits, _ and -, a letter first, at most 64,");
	t->unavailable = json_text(t->document, "unavailable");
	if (t->unavailable)
		return 0;
	t->parameters = cJSON_GetObjectItemCaseSensitive(t->document, "parameters");
	if (schema_is_parameters(t->parameters, error, sizeof error) < 0) {
		snprintf(why, size, "parameters: %s", error);
		return -1;
	}
	if (read_text(t, "description", true, DESCRIPTION_MAX_BYTES, &t->description, why, size) < 0 ||
	    read_text(t, "instructions", false, INSTRUCTIONS_MAX_BYTES, &t->instructions, why, size) < 0 ||
	    read_effect(t, why, size) < 0 || read_effects(t, why, size) < 0 || read_timeout(t, why, size) < 0 ||
	    read_says(t, why, size) < 0 || read_secrets(t, why, size) < 0)
		return -1;
	t->sensitive = json_flag(t->document, "sensitive", false);
	t->network = json_flag(t->document, "network", false);
	return 0;
}

int tool_read(struct tool *t, struct cJSON *document, char *why, size_t size)
{
	*t = (struct tool){ .document = document };
	if (read_document(t, why, size) == 0)
		return 0;
	tool_close(t);
	return -1;
}

void tool_close(struct tool *t)
{
	cJSON_Delete(t->document);
	*t = (struct tool){ .document = NULL };
}

struct cJSON *tool_entry(const struct tool *t)
{
	return json_make("name:s description:s parameters:j instructions:s?", t->name, t->description,
			 cJSON_Duplicate(t->parameters, true), t->instructions);
}
