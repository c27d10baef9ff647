/* What a tool prints becomes one tool.result that events.tbl knows, in UTF-8, that a frame holds once its data are left
 * out; and what it wants said passes the gate only as events that are whole. First byte: how it ended. */
#include "fuzz.h"

#include <cjson/cJSON.h>

#include "../../cmd/rd-tools/answer.h"
#include "../../cmd/rd-tools/gate.h"

#include "frame.h"
#include "json.h"
#include "utf8.h"

static void event_is_good(struct cJSON *event)
{
	char error[200], *text;
	size_t n, step;

	EXPECT(event && event_check(event, error, sizeof error) == 0);
	cJSON_DeleteItemFromObjectCaseSensitive(event, "data");
	text = cJSON_PrintUnformatted(event);
	EXPECT(text && strlen(text) <= FRAME_PAYLOAD_MAX);
	n = strlen(text);
	for (size_t i = 0; i < n; i += step) {
		step = utf8_character(text + i, n - i);
		EXPECT(step);
	}
	free(text);
}

static void through_gate(struct cJSON *say)
{
	static const char *const numbers[] = { "+15550100000" }, *const agents[] = { "home" };
	struct gate g = { .id = "call_1",
			  .name = "lookup",
			  .says = 15,
			  .transfer_to = numbers,
			  .transfer_count = 1,
			  .agents = agents,
			  .agent_count = 1 };
	struct cJSON *one;
	char why[200] = "", error[200];
	int count = 0;

	if (gate_check(&g, say, why, sizeof why) < 0) {
		EXPECT(*why && strlen(why) < sizeof why);
		return;
	}
	cJSON_ArrayForEach(one, say) {
		const char *type = json_text(one, "type"), *verb = json_text(one, "verb"), *id = json_text(one, "id");

		EXPECT(type && tool_may_say(15, event_find(type)) && event_check(one, error, sizeof error) == 0);
		if (strcmp(type, "call.next") == 0 || strcmp(type, "job.add") == 0)
			EXPECT(strncmp(id, "call_1", 6) == 0);
		if (strcmp(type, "agent.switch") == 0)
			EXPECT(strcmp(json_text(one, "by"), "tool:lookup") == 0);
		if (strcmp(type, "call.next") == 0 && strcmp(verb, "transfer") == 0)
			EXPECT(strcmp(json_text(one, "to"), "+15550100000") == 0);
		count++;
	}
	EXPECT(count <= GATE_EVENTS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	uint8_t way = fuzz_byte(&bytes, &n);
	size_t length = n < TOOL_OUTPUT_MAX_BYTES ? n : TOOL_OUTPUT_MAX_BYTES;
	char *output = fuzz_text(bytes, length);
	struct answer_of a = { .id = "call_1",
			       .name = "lookup",
			       .effect = (enum tool_effect)((way >> 2) % 3),
			       .timeout_s = 10,
			       .why = (enum worker_why)(way & 3),
			       .status = (way >> 4 & 1) << 8 | (way >> 5 == 7 ? 9 : 0),
			       .output = output,
			       .n = length,
			       .reason = way & 128 ? "the caller spoke" : NULL };
	struct cJSON *say, *event;

	event = answer_event(&a, &say);
	event_is_good(event);
	if (say)
		through_gate(say);
	cJSON_Delete(event);
	cJSON_Delete(say);
	free(output);
	return 0;
}
