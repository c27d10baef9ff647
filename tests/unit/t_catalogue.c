#include "../../cmd/rd-mcp/catalogue.h"

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cmd/rd-mcp/names.h"
#include "../../cmd/rd-mcp/result.h"
#include "json.h"

static void add(struct catalogue *c, const char *text, bool with_headers)
{
	struct cJSON *tool = json_parse(text, strlen(text));

	assert_int_equal(catalogue_add(c, tool, with_headers), 0);
	cJSON_Delete(tool);
}

static const struct {
	const char *tool, *why; /* NULL: taken */
} cases[] = {
	{ "{\"name\":\"echo\",\"inputSchema\":{\"type\":\"object\"}}", NULL },
	{ "{\"name\":\"dotted.na-me_1\",\"description\":\"x\",\"inputSchema\":{}}", NULL },
	{ "{\"name\":\"echo\",\"inputSchema\":{\"type\":\"object\"}}", "echo: another one has the same name" },
	{ "{\"name\":\"no name\",\"inputSchema\":{}}", "no name: its name is no name" },
	{ "{\"name\":\"\",\"inputSchema\":{}}", ": its name is no name" },
	{ "{\"name\":7,\"inputSchema\":{}}", "a tool without a name: its name is no name" },
	{ "{\"inputSchema\":{}}", "a tool without a name: its name is no name" },
	{ "{\"name\":\"none\"}", "none: its inputSchema is none of an object" },
	{ "{\"name\":\"array\",\"inputSchema\":{\"type\":\"array\"}}", "array: its inputSchema is none of an object" },
	{ "{\"name\":\"text\",\"inputSchema\":\"x\"}", "text: its inputSchema is none of an object" },
	{ "{\"name\":\"marked\",\"inputSchema\":{\"x-mcp-header\":\"A\"}}",
	  "marked: x-mcp-header: it stands where only `properties` may lead" },
};

static void what_cannot_be_used_is_left_out(void **state)
{
	size_t taken = 0;
	struct catalogue c = { .tools = NULL };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		c.left_out = 0;
		c.why[0] = 0;
		add(&c, cases[i].tool, true);
		taken += !cases[i].why;
		assert_string_equal(c.why, cases[i].why ? cases[i].why : "");
		assert_int_equal(catalogue_count(&c), taken);
	}
	add(&c, cases[10].tool, false); /* on a pipe marks are nothing */
	assert_int_equal(catalogue_count(&c), taken + 1);
	assert_non_null(catalogue_find(&c, "marked"));
	assert_null(catalogue_find(&c, "Echo"));
	catalogue_close(&c);
	assert_int_equal(catalogue_count(&c), 0);
}

static void there_is_room_for_so_many_and_so_long(void **state)
{
	static char text[CATALOGUE_TOOL_BYTES_MAX + 200];
	struct catalogue c = { .tools = NULL };

	(void)state;
	for (int i = 0; i < CATALOGUE_TOOLS_MAX + 3; i++) {
		snprintf(text, sizeof text, "{\"name\":\"t%d\",\"inputSchema\":{}}", i);
		add(&c, text, true);
	}
	assert_int_equal(catalogue_count(&c), CATALOGUE_TOOLS_MAX);
	assert_int_equal(c.left_out, 3);
	catalogue_close(&c);
	memset(text, 'x', sizeof text);
	memcpy(text, "{\"name\":\"long\",\"inputSchema\":{\"a\":\"", 35);
	memcpy(text + sizeof text - 4, "\"}}", 4);
	add(&c, text, true);
	assert_int_equal(catalogue_count(&c), 0);
	strcpy(text, "{\"name\":\"deep\",\"inputSchema\":{\"a\":");
	for (int i = 0; i < 100; i++)
		strcat(text, "[");
	strcat(text, "1");
	for (int i = 0; i < 100; i++)
		strcat(text, "]");
	strcat(text, "}}");
	add(&c, text, true);
	assert_int_equal(c.left_out, 2);
	catalogue_close(&c);
}

static void names_fit_and_differ(void **state)
{
	static const struct {
		const char *server, *tool, *name;
	} names[] = {
		{ "todo", "find-tasks", "todo__find-tasks" },
		{ "todo", "find.tasks", "todo__find_tasks" },
		{ "todo", "find_tasks", "todo__find_tasks_" }, /* and a number: the one before has it */
		{ "9lives", "x", "m9lives__x" },
		{ "a", "b__c", "a__b__c" },
		{ "a__b", "c", "a__b__c_" },
	};
	struct cJSON *taken = cJSON_CreateObject();
	char name[TOOL_NAME_MAX + 1], again[TOOL_NAME_MAX + 1], giant[129];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		names_make(names[i].server, names[i].tool, taken, name);
		assert_true(tool_is_name(name));
		assert_memory_equal(name, names[i].name, strlen(names[i].name));
		assert_null(cJSON_GetObjectItemCaseSensitive(taken, name));
		cJSON_AddTrueToObject(taken, name);
	}
	memset(giant, 'g', sizeof giant);
	giant[128] = 0;
	names_make("s", giant, taken, name);
	giant[127] = 'h';
	names_make("s", giant, taken, again);
	assert_int_equal(strlen(name), TOOL_NAME_MAX);
	assert_string_not_equal(name, again);
	assert_true(tool_is_name(name) && tool_is_name(again));
	cJSON_Delete(taken);
}

static void results_are_read_as_words(void **state)
{
	static const struct {
		const char *result, *text;
		bool failed;
	} results[] = {
		{ "{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}", "a\nb",
		  false },
		{ "{\"content\":[{\"type\":\"text\",\"text\":\"no\"}],\"isError\":true}", "error: no", true },
		{ "{\"content\":[{\"type\":\"image\",\"data\":\"AAAA\",\"mimeType\":\"image/png\"}]}",
		  "[image/png, 1 kB]", false },
		{ "{\"content\":[{\"type\":\"resource_link\",\"uri\":\"file:///x\",\"name\":\"x\"}]}", "[x file:///x]",
		  false },
		{ "{\"content\":[{\"type\":\"resource\",\"resource\":{\"uri\":\"u\",\"text\":\"inside\"}}]}", "inside",
		  false },
		{ "{\"content\":[{\"type\":\"hologram\"}]}", "[hologram, 0 kB]", false },
		{ "{\"content\":[7,null,{}]}", "[something, 0 kB]\n[something, 0 kB]\n[something, 0 kB]", false },
		{ "{\"structuredContent\":{\"n\":7}}", "{\"n\":7}", false },
		{ "{\"content\":[{\"type\":\"text\",\"text\":\"a\"}],\"structuredContent\":{\"n\":7}}", "a", false },
		{ "{}", "", false },
		{ "{\"content\":\"x\"}", "", false },
	};
	static char giant[3 * RESULT_TEXT_BYTES];
	struct cJSON *result;
	bool failed;
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
		result = json_parse(results[i].result, strlen(results[i].result));
		text = result_text(result, &failed);
		assert_string_equal(text, results[i].text);
		assert_int_equal(failed, results[i].failed);
		free(text);
		cJSON_Delete(result);
	}
	memset(giant, 'x', sizeof giant - 1);
	result = json_make("content:j", cJSON_CreateArray());
	for (int i = 0; i < 2; i++)
		cJSON_AddItemToArray(cJSON_GetObjectItem(result, "content"), json_make("type:s text:s", "text", giant));
	text = result_text(result, &failed);
	assert_int_equal(strlen(text), RESULT_TEXT_BYTES - 1);
	free(text);
	cJSON_Delete(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_used_is_left_out),
		cmocka_unit_test(there_is_room_for_so_many_and_so_long),
		cmocka_unit_test(names_fit_and_differ),
		cmocka_unit_test(results_are_read_as_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
