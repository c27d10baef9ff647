#include "tool.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "memorytools.h"

#define P "\"parameters\":{\"type\":\"object\"}"
#define WHOLE "\"name\":\"a\",\"description\":\"d\"," P

static const struct {
	const char *document, *why; /* NULL: good */
} cases[] = {
	{ "{" WHOLE ",\"effect\":\"none\"}", NULL },
	{ "{" WHOLE
	  ",\"effect\":\"outside\",\"timeout_s\":60,\"secrets\":[\"KEY\"],\"says\":[\"call.next\"],\"more\":1}",
	  NULL },
	{ "{\"name\":\"a\",\"unavailable\":\"no address\"}", NULL },
	{ "{}", "name: letters, digits, _ and -, a letter first, at most 64, expected" },
	{ "{\"name\":\"../a\"}", "name: letters, digits, _ and -, a letter first, at most 64, expected" },
	{ "{\"name\":\"a\"}", "parameters: a schema of type object expected" },
	{ "{\"name\":\"a\"," P "}", "description: a text of at most 4096 bytes expected" },
	{ "{\"name\":\"a\",\"description\":\"\"," P "}", "description: a text of at most 4096 bytes expected" },
	{ "{" WHOLE "}", "effect: none, local or outside expected" },
	{ "{" WHOLE ",\"effect\":\"some\"}", "effect: none, local or outside expected" },
	{ "{" WHOLE ",\"effect\":\"local\",\"effects\":{\"list\":\"none\",\"send\":\"outside\"}}", NULL },
	{ "{" WHOLE ",\"effect\":\"local\",\"effects\":[]}", "effects: an object, by the values of `do`, expected" },
	{ "{" WHOLE ",\"effect\":\"local\",\"effects\":{\"list\":\"no\"}}",
	  "effects: none, local or outside for each value of `do` expected" },
	{ "{" WHOLE ",\"effect\":\"none\",\"timeout_s\":0}", "timeout_s: a number from 1 to 3600 expected" },
	{ "{" WHOLE ",\"effect\":\"none\",\"timeout_s\":\"5\"}", "timeout_s: a number from 1 to 3600 expected" },
	{ "{" WHOLE ",\"effect\":\"none\",\"says\":[\"call.end\"]}",
	  "says: call.next, assistant.note, agent.switch or job.add expected" },
	{ "{" WHOLE ",\"effect\":\"none\",\"says\":[\"tool.result\"]}",
	  "says: call.next, assistant.note, agent.switch or job.add expected" },
	{ "{" WHOLE ",\"effect\":\"none\",\"says\":[5]}",
	  "says: call.next, assistant.note, agent.switch or job.add expected" },
	{ "{" WHOLE ",\"effect\":\"none\",\"says\":\"call.next\"}", "says: a list of event types expected" },
	{ "{" WHOLE ",\"effect\":\"none\",\"secrets\":[5]}", "secrets: a list of names expected" },
	{ "{" WHOLE ",\"effect\":\"none\",\"instructions\":5}", "instructions: a text of at most 4096 bytes expected" },
};

static void descriptions_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char why[TOOL_WHY_BYTES] = "";
		struct tool t;
		int ok = tool_read(&t, cJSON_Parse(cases[i].document), why, sizeof why);

		assert_string_equal(why, cases[i].why ? cases[i].why : "");
		assert_int_equal(ok, cases[i].why ? -1 : 0);
		tool_close(&t);
		tool_close(&t);
	}
}

static void a_tool_may_say_only_what_it_declared(void **state)
{
	struct tool t;
	char why[TOOL_WHY_BYTES];

	(void)state;
	assert_int_equal(
		tool_read(&t, cJSON_Parse("{" WHOLE ",\"effect\":\"none\",\"says\":[\"call.next\",\"call.next\"]}"),
			  why, sizeof why),
		0);
	assert_true(tool_may_say(t.says, EVENT_CALL_NEXT));
	assert_false(tool_may_say(t.says, EVENT_AGENT_SWITCH));
	assert_false(tool_may_say(~0u, EVENT_CALL_END));
	assert_false(tool_may_say(~0u, EVENT_UNKNOWN));
	assert_int_equal(t.timeout_s, TOOL_TIMEOUT_S);
	tool_close(&t);
}

static void reading_is_no_writing(void **state)
{
	static const struct {
		const char *arguments;
		enum tool_effect effect;
	} rows[] = {
		{ "{\"do\":\"list\"}", TOOL_NONE },
		{ "{\"do\":\"send\"}", TOOL_OUTSIDE },
		{ "{\"do\":\"add\"}", TOOL_LOCAL },
		{ "{\"do\":5}", TOOL_LOCAL },
		{ "{}", TOOL_LOCAL },
	};
	char why[TOOL_WHY_BYTES];
	struct tool t;

	(void)state;
	assert_int_equal(tool_read(&t,
				   cJSON_Parse("{" WHOLE ",\"effect\":\"local\",\"effects\":{\"list\":\"none\","
					       "\"send\":\"outside\"}}"),
				   why, sizeof why),
			 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct cJSON *arguments = cJSON_Parse(rows[i].arguments);

		assert_int_equal(tool_effect_of(&t, arguments), rows[i].effect);
		cJSON_Delete(arguments);
	}
	tool_close(&t);
}

static void the_memory_describes_its_tools_like_any_other(void **state)
{
	static const char *const names[] = { "remember", "recall" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		char why[TOOL_WHY_BYTES];
		struct cJSON *entry;
		struct tool t;

		assert_int_equal(tool_read(&t, memorytools_document(names[i]), why, sizeof why), 0);
		assert_string_equal(t.name, names[i]);
		entry = tool_entry(&t);
		assert_non_null(cJSON_GetObjectItem(entry, "instructions"));
		assert_non_null(cJSON_GetObjectItem(entry, "parameters"));
		cJSON_Delete(entry);
		tool_close(&t);
	}
	assert_null(memorytools_document("time"));
}

static void names_never_become_paths(void **state)
{
	static const char *const good[] = { "a", "hang_up", "A-1",
					    "x234567890123456789012345678901234567890123456789012345678901234" };
	static const char *const bad[] = {
		"",    "1a",	 "_a",
		"a.b", "a/b",	 "..",
		"a b", "\u00e4", "x2345678901234567890123456789012345678901234567890123456789012345"
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(tool_is_name(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(tool_is_name(bad[i]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptions_are_checked),
		cmocka_unit_test(a_tool_may_say_only_what_it_declared),
		cmocka_unit_test(reading_is_no_writing),
		cmocka_unit_test(the_memory_describes_its_tools_like_any_other),
		cmocka_unit_test(names_never_become_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
