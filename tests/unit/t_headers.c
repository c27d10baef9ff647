#include "../../cmd/rd-mcp/headers.h"

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define P(properties) "{\"type\":\"object\",\"properties\":{" properties "}}"
#define S(name) "{\"type\":\"string\",\"x-mcp-header\":\"" name "\"}"

static const struct {
	const char *schema, *arguments;
	const char *lines; /* one behind the other; NULL: the schema is refused */
} cases[] = {
	{ P("\"a\":" S("Region")), "{\"a\":\"us\"}", "Mcp-Param-Region: us\n" },
	{ P("\"a\":" S("Region")), "{\"a\":\"\"}", "Mcp-Param-Region;\n" },
	{ P("\"a\":" S("Region")), "{\"a\":null}", "" },
	{ P("\"a\":" S("Region")), "{}", "" },
	{ P("\"a\":{\"type\":\"integer\",\"x-mcp-header\":\"N\"}"), "{\"a\":42}", "Mcp-Param-N: 42\n" },
	{ P("\"a\":{\"type\":\"boolean\",\"x-mcp-header\":\"B\"}"), "{\"a\":false}", "Mcp-Param-B: false\n" },
	{ P("\"o\":" P("\"a\":" S("Deep"))), "{\"o\":{\"a\":\"x\"}}", "Mcp-Param-Deep: x\n" },
	{ P("\"o\":" P("\"a\":" S("Deep"))), "{\"o\":7}", "" },
	{ P("\"a\":" S("A") ",\"b\":" S("B")), "{\"a\":\"1\",\"b\":\"2\"}", "Mcp-Param-A: 1\nMcp-Param-B: 2\n" },
	{ P("\"a\":" S("A") ",\"b\":" S("a")), "{}", NULL },
	{ P("\"a\":" S("")), "{}", NULL },
	{ P("\"a\":" S("two words")), "{}", NULL },
	{ P("\"a\":" S("nl\\n")), "{}", NULL },
	{ P("\"a\":{\"type\":\"string\",\"x-mcp-header\":7}"), "{}", NULL },
	{ P("\"a\":{\"type\":\"number\",\"x-mcp-header\":\"F\"}"), "{}", NULL },
	{ P("\"a\":{\"type\":\"object\",\"x-mcp-header\":\"O\"}"), "{}", NULL },
	{ P("\"a\":{\"x-mcp-header\":\"O\"}"), "{}", NULL },
	{ P("\"a\":{\"type\":\"array\",\"items\":" S("I") "}"), "{}", NULL },
	{ P("\"a\":{\"anyOf\":[" S("I") "]}"), "{}", NULL },
	{ "{\"type\":\"object\",\"x-mcp-header\":\"Root\"}", "{}", NULL },
	{ "{\"type\":\"object\",\"$defs\":{\"d\":" S("D") "}}", "{}", NULL },
	{ P("\"properties\":" S("Named")), "{\"properties\":\"x\"}", "Mcp-Param-Named: x\n" },
	{ "{\"type\":\"object\"}", "{\"a\":1}", "" },
};

static void marked_arguments_become_headers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cJSON *schema = json_parse(cases[i].schema, strlen(cases[i].schema));
		struct cJSON *arguments = json_parse(cases[i].arguments, strlen(cases[i].arguments));
		char why[100], all[400] = "", *lines[HEADERS_MAX];
		int flawed = headers_check(schema, why, sizeof why);
		size_t count;

		assert_non_null(schema);
		if (flawed != (cases[i].lines ? 0 : -1))
			fail_msg("%s", cases[i].schema);
		assert_int_equal(headers_make(schema, arguments, lines, &count), flawed);
		for (size_t n = 0; n < count; n++) {
			strcat(strcat(all, lines[n]), "\n");
			free(lines[n]);
		}
		assert_string_equal(all, cases[i].lines ? cases[i].lines : "");
		cJSON_Delete(schema);
		cJSON_Delete(arguments);
	}
}

static void values_are_made_fit_for_headers(void **state)
{
	static const char *const values[][2] = {
		{ "plain", "plain" },
		{ "with blanks\tand tabs", "with blanks\tand tabs" },
		{ "", "" },
		{ " before", "=?base64?IGJlZm9yZQ==?=" },
		{ "behind ", "=?base64?YmVoaW5kIA==?=" },
		{ "\ttab", "=?base64?CXRhYg==?=" },
		{ "Z\xc3\xbcrich", "=?base64?WsO8cmljaA==?=" },
		{ "a\r\nb", "=?base64?YQ0KYg==?=" },
		{ "=?base64?YQ==?=", "=?base64?PT9iYXNlNjQ/WVE9PT89?=" },
		{ "=?base64?", "=?base64?" },
	};
	char out[HEADERS_VALUE_BYTES], long_one[HEADERS_VALUE_BYTES + 1];

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		assert_string_equal(headers_value(values[i][0], out), values[i][1]);
	memset(long_one, 'x', sizeof long_one);
	long_one[HEADERS_VALUE_BYTES] = 0;
	assert_null(headers_value(long_one, out));
	long_one[HEADERS_VALUE_BYTES - 1] = 0;
	assert_non_null(headers_value(long_one, out));
	long_one[0] = '\n';
	assert_null(headers_value(long_one, out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marked_arguments_become_headers),
		cmocka_unit_test(values_are_made_fit_for_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
