#include "toolbox.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "json.h"

static char folder[64];

static void put(const char *name, mode_t mode, const char *text)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, mode), 0);
}

/* A tool that counts how often it was asked, in a file beside it. */
#define TOOL(name, more)                                                                                               \
	"#!/bin/sh\necho asked >>\"$0.count\"\necho '{\"name\":\"" name                                                \
	"\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"},"                                               \
	"\"effect\":\"none\"" more "}'\n"

static size_t times_asked(const char *name)
{
	char path[200], text[1000];
	FILE *file;
	size_t n;

	snprintf(path, sizeof path, "%s/%s.count", folder, name);
	file = fopen(path, "r");
	if (!file)
		return 0;
	n = fread(text, 1, sizeof text, file);
	fclose(file);
	return n / strlen("asked\n");
}

static struct conf *configure(const char *tools, const char *more)
{
	char path[200], text[2000], error[400];
	struct conf *c;

	snprintf(text, sizeof text,
		 "general { tool-path = { \"%s\" } cache-dir = \"%s/cache\" state-dir = \"%s/state\" }\n"
		 "agent \"home\" { tools = { %s } transfer-to = { \"+15550100000\", \"+15557654321\" } }\n%s\n",
		 folder, folder, folder, tools, more);
	put("ringdown.conf", 0600, text);
	snprintf(path, sizeof path, "%s/ringdown.conf", folder);
	c = conf_open(path, error, sizeof error);
	if (!c)
		fail_msg("%s", error);
	return c;
}

static const struct {
	const char *name, *text, *why; /* why it is missing; NULL: ready */
	mode_t mode;
} cases[] = {
	{ "good", TOOL("good", ",\"timeout_s\":7"), NULL, 0755 },
	{ "absent", NULL, "there is no program absent in tool-path", 0 },
	{ "plain", "{}", "there is no program plain in tool-path", 0644 },
	{ "open", TOOL("open", ""), "refused: everybody may write to ", 0757 },
	{ "liar", TOOL("other", ""), "it calls itself other", 0755 },
	{ "silent", "#!/bin/sh\nexit 0\n", "--schema printed no JSON object", 0755 },
	{ "failing", "#!/bin/sh\nexit 3\n", "--schema ended with exit status 3", 0755 },
	{ "dying", "#!/bin/sh\nkill -9 $$\n", "--schema ended with signal 9", 0755 },
	{ "loud", "#!/bin/sh\nyes\n", "--schema printed more than 24576 bytes", 0755 },
	{ "slow", "#!/bin/sh\nsleep 60\n", "--schema did not answer within five seconds", 0755 },
	{ "broken", TOOL("broken", ",\"says\":[\"call.end\"]"), "--schema: says: call.next, assistant.note", 0755 },
	{ "shut", "#!/bin/sh\necho '{\"name\":\"shut\",\"unavailable\":\"no address; set one\"}'\n",
	  "no address; set one", 0755 },
	{ "secretive", TOOL("secretive", ",\"secrets\":[\"SOME_KEY\"]"),
	  "it needs a secret; set tool \"secretive\" { secret = \"SOME_KEY\" }", 0755 },
	{ "no_program", "not a program\n", "", 0755 },
};
#define CASES (sizeof cases / sizeof cases[0])

static void every_tool_is_ready_or_says_why(void **state)
{
	char names[1000] = "\"remember\"";
	struct toolbox b = { .conf = NULL };
	struct conf *c;
	struct cJSON *entries;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		if (cases[i].text)
			put(cases[i].name, cases[i].mode, cases[i].text);
		snprintf(names + strlen(names), sizeof names - strlen(names), ", \"%s\"", cases[i].name);
	}
	c = configure(names, "");
	assert_int_equal(toolbox_open_now(&b, c, "home"), 0);
	assert_int_equal(b.count, CASES + 1);
	for (size_t i = 0; i < CASES; i++) {
		struct toolbox_tool *t = toolbox_find(&b, cases[i].name);

		assert_non_null(t);
		if (!cases[i].why)
			assert_int_equal(t->state, TOOLBOX_READY);
		else if (t->state != TOOLBOX_MISSING || strncmp(t->why, cases[i].why, strlen(cases[i].why)) != 0)
			fail_msg("%s: %d \"%s\"", t->name, t->state, t->why);
	}
	assert_int_equal(toolbox_find(&b, "good")->timeout_s, 7);
	assert_int_equal(toolbox_find(&b, "remember")->state, TOOLBOX_ELSEWHERE);
	assert_null(toolbox_find(&b, "unheard_of"));
	entries = toolbox_entries(&b, false);
	assert_int_equal(cJSON_GetArraySize(entries), 1);
	cJSON_Delete(entries);
	entries = toolbox_entries(&b, true);
	assert_int_equal(cJSON_GetArraySize(entries), 2);
	cJSON_Delete(entries);
	toolbox_close(&b);
	toolbox_close(&b);
	conf_close(c);
}

static void open_and_close(const struct conf *c, struct toolbox_tool *out, const char *name)
{
	struct toolbox b = { .conf = NULL };

	assert_int_equal(toolbox_open_now(&b, c, "home"), 0);
	assert_int_equal(toolbox_find(&b, name)->state, TOOLBOX_READY);
	if (out)
		out->timeout_s = toolbox_find(&b, name)->timeout_s;
	toolbox_close(&b);
}

static void a_tool_is_asked_once_for_each_file_and_environment(void **state)
{
	struct conf *c, *other;
	struct toolbox_tool seen;
	char path[200], more[400];

	(void)state;
	snprintf(more, sizeof more, "tool \"kept\" { folders = { \"%s\" } }", folder);
	c = configure("\"kept\"", more);
	put("kept", 0755, TOOL("kept", ""));
	open_and_close(c, NULL, "kept");
	open_and_close(c, NULL, "kept");
	assert_int_equal(times_asked("kept"), 1);
	put("kept", 0755, TOOL("kept", ",\"sensitive\":true"));
	open_and_close(c, NULL, "kept");
	open_and_close(c, NULL, "kept");
	assert_int_equal(times_asked("kept"), 2);
	snprintf(more, sizeof more,
		 "tool \"kept\" { folders = { \"%s\" } settings = { \"url=https://example.com\" } timeout-s = 3 }",
		 folder);
	other = configure("\"kept\"", more);
	open_and_close(other, &seen, "kept");
	assert_int_equal(seen.timeout_s, 3);
	assert_int_equal(times_asked("kept"), 3);
	open_and_close(other, NULL, "kept");
	open_and_close(c, NULL, "kept"); /* both are kept */
	assert_int_equal(times_asked("kept"), 3);
	snprintf(path, sizeof path, "%s/cache/tools.json", folder);
	put("cache/tools.json", 0600, "{\"tools\":[{\"path\":7},");
	open_and_close(c, NULL, "kept"); /* a damaged cache is none */
	assert_int_equal(times_asked("kept"), 4);
	conf_close(c);
	conf_close(other);
}

static void a_command_goes_before_the_path(void **state)
{
	char more[400];
	struct toolbox b = { .conf = NULL };
	struct conf *c;
	const struct toolbox_tool *t;

	(void)state;
	put("elsewhere.sh", 0755,
	    "#!/bin/sh\n[ \"$1 $2\" = '--brief --schema' ] && echo "
	    "'{\"name\":\"weather\",\"description\":\"d\",\"parameters\":"
	    "{\"type\":\"object\"},\"effect\":\"none\"}'\n");
	snprintf(more, sizeof more, "tool \"weather\" { command = { \"%s/elsewhere.sh\", \"--brief\" } }", folder);
	c = configure("\"weather\"", more);
	assert_int_equal(toolbox_open_now(&b, c, "home"), 0);
	t = toolbox_find(&b, "weather");
	assert_int_equal(t->state, TOOLBOX_READY);
	assert_string_equal(t->words[1], "--brief");
	assert_null(t->words[2]);
	toolbox_close(&b);
	conf_close(c);
}

static const char *line_of(const struct toolenv *e, const char *name)
{
	for (size_t i = 0; i < e->count; i++)
		if (strncmp(e->lines[i], name, strlen(name)) == 0 && e->lines[i][strlen(name)] == '=')
			return e->lines[i] + strlen(name) + 1;
	return NULL;
}

static void a_tool_knows_its_settings_and_nothing_else(void **state)
{
	struct conf *c = configure(
		"\"good\"", "contact \"Ben\" { number = \"+15557654321\" mail = \"ben@example.com\" } contact "
			    "\"Zo\xc3\xab S.\" { number = \"+15550100009\" } "
			    "tool \"good\" { settings = { \"base-url=https://example.com/?a=b\", \"user=anna\" } }");
	struct toolenv e;

	(void)state;
	assert_int_equal(setenv("LEAKED", "secret", 1), 0);
	assert_int_equal(toolenv_open(&e, c, "home", "good"), 0);
	assert_string_equal(line_of(&e, "RINGDOWN_SETTING_BASE_URL"), "https://example.com/?a=b");
	assert_string_equal(line_of(&e, "RINGDOWN_SETTING_USER"), "anna");
	assert_string_equal(line_of(&e, "RINGDOWN_TRANSFER_TO"), "+15550100000,+15557654321");
	assert_string_equal(line_of(&e, "RINGDOWN_CONTACTS"), "Ben=+15557654321\nZo\xc3\xab S.=+15550100009");
	assert_string_equal(line_of(&e, "RINGDOWN_MAIL_CONTACTS"), "Ben=ben@example.com");
	assert_string_equal(line_of(&e, "RINGDOWN_AGENT"), "home");
	assert_non_null(strstr(line_of(&e, "RINGDOWN_TOOL_DIR"), "/state/tools/good"));
	assert_non_null(line_of(&e, "PATH"));
	assert_null(line_of(&e, "LEAKED"));
	assert_null(e.lines[e.count]);
	toolenv_close(&e);
	conf_close(c);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_tool_is_ready_or_says_why),
		cmocka_unit_test(a_tool_is_asked_once_for_each_file_and_environment),
		cmocka_unit_test(a_command_goes_before_the_path),
		cmocka_unit_test(a_tool_knows_its_settings_and_nothing_else),
	};
	const char *tmp = getenv("TMP"); /* of the test runner, who removes it */

	snprintf(folder, sizeof folder, "%.40s/t_tools.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
