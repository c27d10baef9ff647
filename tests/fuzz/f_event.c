/* Events, one a line: the quick look at the type sees what the parser sees; the check of fields says why not; an item
 * of call.heard is read as it was written. */
#include "fuzz.h"

#include <cjson/cJSON.h>

#include "event.h"
#include "json.h"

static void check(const struct cJSON *event, const char *type)
{
	char error[200] = "";
	const struct cJSON *one;

	if (event_check(event, error, sizeof error) < 0)
		EXPECT(*error);
	EXPECT(event_find(type) == EVENT_UNKNOWN || strcmp(event_info(event_find(type))->type, type) == 0);
	cJSON_ArrayForEach(one, json_array(event, "items")) {
		struct event_heard h, again;
		struct cJSON *made;

		if (event_heard_read(&h, one) < 0)
			continue;
		made = event_heard_make(&h);
		EXPECT(event_heard_read(&again, made) == 0);
		EXPECT(again.item == h.item && again.end == h.end);
		EXPECT(again.heard_ms == h.heard_ms && again.sent_ms == h.sent_ms);
		cJSON_Delete(made);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	while (n) {
		const uint8_t *newline = memchr(bytes, '\n', n);
		size_t length = newline ? (size_t)(newline - bytes) : n;
		uint8_t *line = fuzz_bytes(bytes, length);
		struct cJSON *event = json_parse(line, length);
		const char *type = json_text(event, "type");
		char peeked[64];

		if (event_peek(line, length, peeked, sizeof peeked) == 0) {
			EXPECT(memchr(peeked, 0, sizeof peeked));
			EXPECT(!event || (type && strcmp(type, peeked) == 0));
		} else {
			EXPECT(!type || strlen(type) >= sizeof peeked);
		}
		if (type)
			check(event, type);
		cJSON_Delete(event);
		free(line);
		bytes += length + (newline != NULL);
		n -= length + (newline != NULL);
	}
	return 0;
}
