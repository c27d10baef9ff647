#include "gate.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "json.h"
#include "tool.h"

#define DIGITS_MAX 32

static int refuse(char *why, size_t size, const char *text)
{
	snprintf(why, size, "%s", text);
	return -1;
}

static bool is_among(const char *text, const char *const *list, size_t n)
{
	for (size_t i = 0; text && i < n; i++)
		if (strcmp(text, list[i]) == 0)
			return true;
	return false;
}

static bool is_keys(const char *digits)
{
	size_t n = digits ? strspn(digits, "0123456789*#wW") : 0;

	return n && n <= DIGITS_MAX && !digits[n];
}

static int check_next(const struct gate *g, const struct cJSON *event, char *why, size_t size)
{
	const char *verb = json_text(event, "verb");

	if (strcmp(verb, "transfer") == 0 && !is_among(json_text(event, "to"), g->transfer_to, g->transfer_count))
		return refuse(why, size, "call.next: this number is not among those the agent may transfer to");
	if (strcmp(verb, "press") == 0 && !is_keys(json_text(event, "digits")))
		return refuse(why, size, "call.next: digits: 1 to 32 of 0-9 * # w W expected");
	if (strcmp(verb, "say") == 0 && !json_text(event, "text"))
		return refuse(why, size, "call.next: text expected");
	return 0;
}

static int check_switch(const struct gate *g, const struct cJSON *event, char *why, size_t size)
{
	const char *agent = json_text(event, "agent");

	if (agent && !is_among(agent, g->agents, g->agent_count))
		return refuse(why, size, "agent.switch: this caller may not be switched to that agent");
	return 0;
}

static int set_text(struct cJSON *event, const char *key, const char *value)
{
	while (cJSON_HasObjectItem(event, key)) /* twice, in any case: who reads takes the first */
		cJSON_DeleteItemFromObject(event, key);
	return cJSON_AddStringToObject(event, key, value) ? 0 : -1;
}

/* Ids are ours: what answers an order (call.next.done, job.done) must lead back to the call of the tool. */
static int complete(const struct gate *g, struct cJSON *event, enum event_type type, int index)
{
	char id[300], by[TOOL_NAME_MAX + 8];

	snprintf(id, sizeof id, index ? "%s.%d" : "%s", g->id, index + 1);
	snprintf(by, sizeof by, "tool:%s", g->name);
	if (type == EVENT_AGENT_SWITCH)
		return set_text(event, "by", by);
	return type == EVENT_ASSISTANT_NOTE ? 0 : set_text(event, "id", id);
}

static bool texts_fit(const struct cJSON *event)
{
	const struct cJSON *field;

	cJSON_ArrayForEach(field, event)
		if (cJSON_IsString(field) && strlen(field->valuestring) > GATE_TEXT_MAX_BYTES)
			return false;
	return true;
}

int gate_check(const struct gate *g, struct cJSON *list, char *why, size_t size)
{
	struct cJSON *event;
	int index = 0;

	cJSON_ArrayForEach(event, list) {
		enum event_type type = event_find(json_text(event, "type"));

		if (index == GATE_EVENTS_MAX)
			return refuse(why, size, "it wants to say too many events");
		if (!tool_may_say(g->says, type))
			return refuse(why, size, "it wants to say an event that it did not declare");
		if (complete(g, event, type, index++) < 0)
			return refuse(why, size, "no memory");
		if (event_check(event, why, size) < 0)
			return -1;
		if (!texts_fit(event))
			return refuse(why, size, "a text of an event is too long");
		if (type == EVENT_CALL_NEXT && check_next(g, event, why, size) < 0)
			return -1;
		if (type == EVENT_AGENT_SWITCH && check_switch(g, event, why, size) < 0)
			return -1;
	}
	return 0;
}
