/* What an MCP server says: a message of any kind, its list of tools with their headers and names, the result of one. */
#include "fuzz.h"

#include <cjson/cJSON.h>

#include "../../cmd/rd-mcp/catalogue.h"
#include "../../cmd/rd-mcp/headers.h"
#include "../../cmd/rd-mcp/jsonrpc.h"
#include "../../cmd/rd-mcp/names.h"
#include "../../cmd/rd-mcp/result.h"
#include "json.h"

static void headers_are_good(const struct cJSON *schema, const struct cJSON *arguments)
{
	char why[160] = "", *lines[HEADERS_MAX];
	int flawed = headers_check(schema, why, sizeof why);
	size_t count;

	EXPECT(!flawed || *why);
	EXPECT(headers_make(schema, arguments, lines, &count) == flawed && count <= HEADERS_MAX);
	while (count) {
		EXPECT(!strpbrk(lines[--count], "\r\n"));
		free(lines[count]);
	}
}

static void list(const struct cJSON *tools, const struct cJSON *arguments)
{
	struct catalogue c = { .tools = NULL };
	struct cJSON *taken = cJSON_CreateObject();
	const struct cJSON *tool;
	char name[TOOL_NAME_MAX + 1];

	cJSON_ArrayForEach(tool, tools) {
		EXPECT(catalogue_add(&c, tool, true) == 0);
		EXPECT(!c.left_out || *c.why);
	}
	cJSON_ArrayForEach(tool, c.tools) {
		names_make("server", json_text(tool, "name"), taken, name);
		EXPECT(tool_is_name(name));
		cJSON_AddTrueToObject(taken, name);
		headers_are_good(json_object(tool, "inputSchema"), arguments);
	}
	cJSON_Delete(taken);
	catalogue_close(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *text = fuzz_bytes(bytes, n), *words;
	struct cJSON *message = json_parse(text, n);
	struct jsonrpc r;
	bool failed;

	jsonrpc_read(&r, message);
	EXPECT(r.id >= 0 && (r.kind != JSONRPC_ERROR || r.message));
	EXPECT((r.kind != JSONRPC_REQUEST && r.kind != JSONRPC_NOTICE) || r.method);
	words = result_text(r.result, &failed);
	EXPECT(words && strlen(words) < RESULT_TEXT_BYTES);
	list(json_array(r.result, "tools"), r.params);
	free(words);
	cJSON_Delete(message);
	free(text);
	return 0;
}
