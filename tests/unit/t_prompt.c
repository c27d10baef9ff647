#include "prompt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <cjson/cJSON.h>

#include "conf.h"
#include "json.h"

static struct cJSON *json(const char *text)
{
	struct cJSON *object = json_parse(text, strlen(text));

	assert_non_null(object);
	return object;
}

static void only_what_is_known_is_said(void **state)
{
	static const struct {
		struct prompt p;
		const char *context, *tools;
		const char *has, *lacks;
	} cases[] = {
		{ { 0 }, NULL, NULL, "friendly, capable assistant", "speaking with" },
		{ { 0 }, NULL, NULL, "# On the telephone", "# Your tools" },
		{ { .instructions = "You are Max." }, NULL, NULL, "You are Max.", "friendly, capable" },
		{ { .caller_name = "Anna" }, NULL, NULL, "speaking with Anna.", "Speak the language" },
		{ { .caller_name = "Anna" }, "{\"caller\":{\"id\":\"1\",\"name\":\"Anna Smith\"}}", NULL, "with Anna Smith.", "with Anna." },
		{ { .language = "de" }, NULL, NULL, "the language \"de\"", NULL },
		{ { .language = "de" }, "{\"caller\":{\"language\":\"fr\"}}", NULL, "the language \"fr\"", "\"de\"" },
		{ { 0 }, "{\"facts\":[\"likes tea\",{\"text\":\"has a dog\"},7,\"\"]}", NULL,
		  "What you know of them:\n- likes tea\n- has a dog\n", "From earlier calls" },
		{ { 0 }, "{\"facts\":[]}", NULL, "They have called you.", "What you know" },
		{ { 0 }, "{\"summary\":\"Wanted a taxi.\"}", NULL, "From earlier calls: Wanted a taxi.", NULL },
		{ { .outbound = true, .task = "Book a table." }, NULL, NULL, "What this call is for: Book a table.", "They have called" },
		{ { 0 }, NULL, "{\"tools\":[{\"name\":\"a\"},{\"name\":\"b\",\"instructions\":\"Ask before b.\"}]}",
		  "# Your tools\nAsk before b.\n", NULL },
		{ { .written = true }, NULL, NULL, "read out by a speech program", NULL },
		{ { .now = 1795240020 }, NULL, NULL, "Saturday, 21 November 2026, 06:47 (TST, UTC+0100)", NULL },
	};

	(void)state;
	setenv("TZ", "TST-1", 1);
	tzset();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct prompt p = cases[i].p;
		struct cJSON *context = cases[i].context ? json(cases[i].context) : NULL;
		struct cJSON *tools = cases[i].tools ? json(cases[i].tools) : NULL;
		char *text;

		p.context = context;
		p.tools = json_array(tools, "tools");
		text = prompt_join(&p);
		assert_non_null(text);
		if (!strstr(text, cases[i].has) || (cases[i].lacks && strstr(text, cases[i].lacks)))
			fail_msg("case %zu: %s", i, text);
		free(text);
		cJSON_Delete(context);
		cJSON_Delete(tools);
	}
}

static void what_others_write_is_bounded_by_whole_characters(void **state)
{
	char summary[8002] = "";
	struct cJSON *context;
	struct prompt p = { 0 };
	char *text;

	(void)state;
	for (int i = 0; i < 2600; i++)
		memcpy(summary + 3 * i, "\xe2\x82\xac", 4);
	context = json_make("summary:s", summary);
	p.context = context;
	text = prompt_join(&p);
	assert_non_null(strstr(text, "\xe2\x82\xac\n"));
	assert_null(strstr(text, "\xe2\x82\n"));
	assert_true(strlen(text) < 8000);
	free(text);
	cJSON_Delete(context);
}

static struct conf *conf_with(const char *path)
{
	struct conf *c;
	char error[256];

	c = conf_open(NULL, error, sizeof error);
	assert_non_null(c);
	assert_int_equal(conf_set(c, "agent", conf_title(c, "agent", 0), "instructions", path, error, sizeof error), 0);
	return c;
}

static void a_file_is_read_within_bounds(void **state)
{
	static const struct {
		const char *content;
		size_t fill;
		const char *text; /* NULL: refused */
	} cases[] = {
		{ "You are Max.\n\n", 0, "You are Max." },
		{ "", 0, "" },
		{ "Gr\xfc\xdf Gott.", 0, "Gr?? Gott." },
		{ "", PROMPT_FILE_MAX_BYTES + 1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char path[] = "/tmp/t_prompt_XXXXXX", error[256] = "", *text;
		int fd = mkstemp(path);
		FILE *f = fdopen(fd, "w");
		struct conf *c;

		assert_non_null(f);
		fputs(cases[i].content, f);
		for (size_t n = 0; n < cases[i].fill; n++)
			fputc('x', f);
		fclose(f);
		c = conf_with(path);
		text = prompt_read(c, conf_title(c, "agent", 0), error, sizeof error);
		remove(path);
		if (cases[i].text)
			assert_string_equal(text, cases[i].text);
		else
			assert_true(text == NULL && strstr(error, "cannot read /tmp/t_prompt_") == error);
		free(text);
		conf_close(c);
	}
}

static void a_missing_file_is_named(void **state)
{
	struct conf *c = conf_with("/nowhere/home.txt");
	char error[256];

	(void)state;
	assert_null(prompt_read(c, conf_title(c, "agent", 0), error, sizeof error));
	assert_string_equal(error, "cannot read /nowhere/home.txt: No such file or directory");
	conf_close(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_known_is_said),
		cmocka_unit_test(what_others_write_is_bounded_by_whole_characters),
		cmocka_unit_test(a_file_is_read_within_bounds),
		cmocka_unit_test(a_missing_file_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
