#include "../../cmd/rd-tools/gate.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "json.h"
#include "tool.h"

static const char *const numbers[] = { "+15550100000" }, *const agents[] = { "quick" };

static unsigned says_of(const char *types)
{
	char document[300], why[TOOL_WHY_BYTES];
	struct tool t;
	unsigned says;

	snprintf(document, sizeof document,
		 "{\"name\":\"t\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"},\"effect\":\"none\","
		 "\"says\":[%s]}",
		 types);
	assert_int_equal(tool_read(&t, cJSON_Parse(document), why, sizeof why), 0);
	says = t.says;
	tool_close(&t);
	return says;
}

#define NEXT "\"call.next\""
#define ALL "\"call.next\",\"assistant.note\",\"agent.switch\",\"job.add\""

static const struct {
	const char *says, *list, *why; /* NULL: may be said */
} cases[] = {
	{ NEXT, "[]", NULL },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"hangup\"}]", NULL },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"transfer\",\"to\":\"+15550100000\"}]", NULL },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"press\",\"digits\":\"12#w\"}]", NULL },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"say\",\"text\":\"Good-bye.\"}]", NULL },
	{ ALL,
	  "[{\"type\":\"assistant.note\",\"text\":\"x\"},{\"type\":\"agent.switch\",\"agent\":\"quick\"},"
	  "{\"type\":\"job.add\",\"kind\":\"mail\",\"text\":\"x\"}]",
	  NULL },
	{ "", "[{\"type\":\"call.next\",\"verb\":\"hangup\"}]", "it wants to say an event that it did not declare" },
	{ NEXT, "[{\"type\":\"assistant.note\",\"text\":\"x\"}]", "it wants to say an event that it did not declare" },
	{ ALL, "[{\"type\":\"call.end\",\"reason\":\"caller\"}]", "it wants to say an event that it did not declare" },
	{ ALL, "[{\"type\":\"tool.result\"}]", "it wants to say an event that it did not declare" },
	{ ALL, "[{\"verb\":\"hangup\"}]", "it wants to say an event that it did not declare" },
	{ ALL, "[7]", "it wants to say an event that it did not declare" },
	{ NEXT, "[{\"type\":\"call.next\"}]",
	  "call.next: verb: hangup|transfer|press|hold|say expected, nothing found" },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"explode\"}]",
	  "call.next: verb: hangup|transfer|press|hold|say expected, another kind found" },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"transfer\",\"to\":\"+15557654321\"}]",
	  "call.next: this number is not among those the agent may transfer to" },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"transfer\"}]",
	  "call.next: this number is not among those the agent may transfer to" },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"press\",\"digits\":\"\"}]",
	  "call.next: digits: 1 to 32 of 0-9 * # w W expected" },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"press\",\"digits\":\"1a\"}]",
	  "call.next: digits: 1 to 32 of 0-9 * # w W expected" },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"press\",\"digits\":\"012345678901234567890123456789012\"}]",
	  "call.next: digits: 1 to 32 of 0-9 * # w W expected" },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"press\"}]", "call.next: digits: 1 to 32 of 0-9 * # w W expected" },
	{ NEXT, "[{\"type\":\"call.next\",\"verb\":\"say\"}]", "call.next: text expected" },
	{ ALL, "[{\"type\":\"agent.switch\",\"agent\":\"root\"}]",
	  "agent.switch: this caller may not be switched to that agent" },
	{ ALL,
	  "[{\"type\":\"assistant.note\",\"text\":\"1\"},{\"type\":\"assistant.note\",\"text\":\"2\"},"
	  "{\"type\":\"assistant.note\",\"text\":\"3\"},{\"type\":\"assistant.note\",\"text\":\"4\"},"
	  "{\"type\":\"assistant.note\",\"text\":\"5\"}]",
	  "it wants to say too many events" },
};

static void only_what_is_declared_and_allowed_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct gate g = { .id = "c1",
				  .name = "t",
				  .says = says_of(cases[i].says),
				  .transfer_to = numbers,
				  .transfer_count = 1,
				  .agents = agents,
				  .agent_count = 1 };
		struct cJSON *list = cJSON_Parse(cases[i].list);
		char why[200] = "";
		int ok = gate_check(&g, list, why, sizeof why);

		if (strcmp(why, cases[i].why ? cases[i].why : "") != 0 || ok != (cases[i].why ? -1 : 0))
			fail_msg("%s: \"%s\"", cases[i].list, why);
		cJSON_Delete(list);
	}
}

/* What a tool writes into these fields does not matter. */
static void ids_and_authors_are_ours(void **state)
{
	struct gate g = { .id = "c1", .name = "t", .says = says_of(ALL), .agents = agents, .agent_count = 1 };
	struct cJSON *list = cJSON_Parse(
		"[{\"type\":\"call.next\",\"verb\":\"hangup\",\"id\":7},{\"type\":\"call.next\",\"verb\":\"hangup\"},"
		"{\"type\":\"agent.switch\",\"agent\":\"quick\",\"by\":\"operator\"}]");
	char why[200];

	(void)state;
	assert_int_equal(gate_check(&g, list, why, sizeof why), 0);
	assert_string_equal(json_text(cJSON_GetArrayItem(list, 0), "id"), "c1");
	assert_string_equal(json_text(cJSON_GetArrayItem(list, 1), "id"), "c1.2");
	assert_string_equal(json_text(cJSON_GetArrayItem(list, 2), "by"), "tool:t");
	cJSON_Delete(list);
}

static void texts_are_bounded(void **state)
{
	struct gate g = { .id = "c1", .name = "t", .says = says_of(ALL) };
	char text[GATE_TEXT_MAX_BYTES + 2], why[200];
	struct cJSON *list = cJSON_CreateArray();

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	cJSON_AddItemToArray(list, json_make("type:s text:s", "assistant.note", text));
	assert_int_equal(gate_check(&g, list, why, sizeof why), -1);
	assert_string_equal(why, "a text of an event is too long");
	cJSON_Delete(list);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_declared_and_allowed_is_said),
		cmocka_unit_test(ids_and_authors_are_ours),
		cmocka_unit_test(texts_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
