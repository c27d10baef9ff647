#include "../../cmd/rd-mcp/jsonrpc.h"

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static const struct {
	const char *text;
	enum jsonrpc_kind kind;
	long id;
	int code;
	bool modern;
} cases[] = {
	{ "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}", JSONRPC_RESULT, 7, 0, false },
	{ "{\"result\":{},\"jsonrpc\":\"2.0\",\"id\":7}", JSONRPC_RESULT, 7, 0, false },
	{ "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":null}", JSONRPC_RESULT, 7, 0, false },
	{ "{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"result\":{}}", JSONRPC_RESULT, 0, 0, false },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1e300,\"result\":{}}", JSONRPC_RESULT, JSON_WHOLE_MAX, 0, false },
	{ "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32601,\"message\":\"no\"}}", JSONRPC_ERROR, 7, -32601,
	  false },
	{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000}}", JSONRPC_ERROR, 0, -32000, false },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32022,\"message\":\"v\"}}", JSONRPC_ERROR, 1, -32022,
	  true },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32020,\"message\":\"v\"}}", JSONRPC_ERROR, 1, -32020,
	  true },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32023,\"message\":\"v\"}}", JSONRPC_ERROR, 1, -32023,
	  false },
	{ "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1e300}}", JSONRPC_ERROR, 1, 1000000, false },
	{ "{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"method\":\"ping\"}", JSONRPC_REQUEST, 0, 0, false },
	{ "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\"}", JSONRPC_REQUEST, 0, 0, false },
	{ "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}", JSONRPC_NOTICE, 0, 0, false },
	{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"x\"}", JSONRPC_NOTICE, 0, 0, false },
	{ "{\"jsonrpc\":\"1.0\",\"id\":7,\"result\":{}}", JSONRPC_BAD, 0, 0, false },
	{ "{\"id\":7,\"result\":{}}", JSONRPC_BAD, 0, 0, false },
	{ "{\"jsonrpc\":\"2.0\",\"id\":7}", JSONRPC_BAD, 7, 0, false },
	{ "{\"jsonrpc\":2,\"id\":7,\"method\":7}", JSONRPC_BAD, 0, 0, false },
	{ "{}", JSONRPC_BAD, 0, 0, false },
};

static void messages_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cJSON *message = json_parse(cases[i].text, strlen(cases[i].text));
		struct jsonrpc r;

		jsonrpc_read(&r, message);
		if (r.kind != cases[i].kind || r.id != cases[i].id || r.code != cases[i].code ||
		    jsonrpc_is_modern_error(&r) != cases[i].modern)
			fail_msg("%s: kind %d id %ld code %d", cases[i].text, (int)r.kind, r.id, r.code);
		assert_true(r.kind != JSONRPC_ERROR || r.message);
		cJSON_Delete(message);
	}
	jsonrpc_read(&(struct jsonrpc){ .id = 0 }, NULL);
}

static void is_text(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	free(text);
}

static void what_goes_is_one_line(void **state)
{
	struct cJSON *whose = cJSON_CreateString("s1");

	(void)state;
	is_text(jsonrpc_request(1, "ping", NULL, NULL, false), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
	is_text(jsonrpc_request(2, "tools/call", json_make("name:s", "x\ny"), NULL, true),
		"{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"x\\ny\","
		"\"_meta\":{\"progressToken\":2}}}");
	is_text(jsonrpc_request(3, "server/discover", NULL, JSONRPC_MODERN, false),
		"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"server/discover\",\"params\":{\"_meta\":{"
		"\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientInfo\":"
		"{\"name\":\"ringdown\",\"version\":\"" RD_VERSION "\"},"
		"\"io.modelcontextprotocol/clientCapabilities\":{}}}}");
	is_text(jsonrpc_notice("notifications/initialized", NULL),
		"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
	is_text(jsonrpc_answer(whose, cJSON_CreateObject()), "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"result\":{}}");
	is_text(jsonrpc_refuse(whose, -32601, "no"),
		"{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"error\":{\"code\":-32601,\"message\":\"no\"}}");
	cJSON_Delete(whose);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_told_apart),
		cmocka_unit_test(what_goes_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
