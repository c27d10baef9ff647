/* What a tool says about itself (first line), and arguments against its schema (the others): a description that was
 * taken makes an entry, a schema that was taken judges any value, and a refusal says why in its bounds. */
#include "fuzz.h"

#include <cjson/cJSON.h>

#include "json.h"
#include "schema.h"
#include "tool.h"

static void judge(const struct cJSON *schema, const char *text)
{
	struct cJSON *value = cJSON_ParseWithLength(text, strlen(text));
	char error[200] = "", tiny[8] = "";

	if (value && schema_check(schema, value, error, sizeof error) < 0) {
		EXPECT(*error && memchr(error, 0, sizeof error));
		EXPECT(schema_check(schema, value, tiny, sizeof tiny) < 0 && memchr(tiny, 0, sizeof tiny));
	}
	cJSON_Delete(value);
}

static void entry_is_good(const struct tool *t)
{
	struct cJSON *entry = tool_entry(t);

	EXPECT(json_text(entry, "name") && json_text(entry, "description") && json_object(entry, "parameters"));
	EXPECT(tool_is_name(t->name) && t->timeout_s >= 1 && t->timeout_s <= TOOL_TIMEOUT_MAX_S);
	EXPECT(tool_effect_find(tool_effect_name(t->effect)) == (int)t->effect);
	cJSON_Delete(entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *line = fuzz_line(&bytes, &n), why[TOOL_WHY_BYTES] = "";
	struct cJSON *document = line ? json_parse(line, strlen(line)) : NULL;
	struct tool t;

	free(line);
	if (tool_read(&t, document, why, sizeof why) < 0) {
		EXPECT(*why && memchr(why, 0, sizeof why) && !t.document);
		return 0;
	}
	if (!t.unavailable)
		entry_is_good(&t);
	while ((line = fuzz_line(&bytes, &n))) {
		if (!t.unavailable)
			judge(t.parameters, line);
		free(line);
	}
	tool_close(&t);
	return 0;
}
