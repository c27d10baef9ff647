/* Option tables: what is taken, what is refused and how, overrides of the configuration, and what -h prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "options.h"

static struct {
	bool text;
	const char *file, *model, *listen;
	long lead;
	char word[16];
} given;

static int on_word(const char *value, char *error, size_t size)
{
	if (!strcmp(value, "bad")) {
		snprintf(error, size, "--trace: no such word");
		return -1;
	}
	snprintf(given.word, sizeof(given.word), "%s", value);
	return 0;
}

static const struct option_row rows[] = {
	{ "conf", 'c', OPTION_TEXT, &given.file, .argument = "FILE", .help = "the configuration" },
	{ "text", 't', OPTION_FLAG, &given.text, .help = "frames as lines" },
	{ "lead", 0, OPTION_NUMBER, &given.lead, -5, 400, "MS", .help = "sent ahead" },
	{ "model", 'm', OPTION_KEY, &given.model, .argument = "NAME", .section = "agent", .key = "model",
	  .help = "the model" },
	{ "listen", 0, OPTION_KEY, &given.listen, .argument = "ADDRESS", .section = "general", .key = "listen",
	  .help = "the door" },
	{ "trace", 'T', OPTION_CALL, .argument = "WORDS", .help = "traces", .call = on_word },
};
#define ROWS (sizeof(rows) / sizeof(*rows))

static int read_line(const char *line, char *error, size_t size)
{
	static char words[256], program[] = "program";
	char *argv[16] = { program }, *rest = words, *word;
	int argc = 1;

	memset(&given, 0, sizeof(given));
	given.lead = 7;
	snprintf(words, sizeof(words), "%s", line);
	while ((word = strsep(&rest, " ")))
		if (*word)
			argv[argc++] = word;
	return options_read(rows, ROWS, argc, argv, error, size);
}

static const struct {
	const char *line;
	int first; /* operand; -1: refused */
	const char *said;
	const char *file, *model, *word;
	bool text;
	long lead;
} cases[] = {
	{ "", 1, NULL, NULL, NULL, "", false, 7 },
	{ "--conf a --text", 4, NULL, "a", NULL, "", true, 7 },
	{ "--conf=a=b -t x", 3, NULL, "a=b", NULL, "", true, 7 },
	{ "-c a -cb", 4, NULL, "b", NULL, "", false, 7 },
	{ "--conf=", 2, NULL, "", NULL, "", false, 7 },
	{ "x -t", 1, NULL, NULL, NULL, "", false, 7 },
	{ "- -t", 1, NULL, NULL, NULL, "", false, 7 },
	{ "-t -- -c", 3, NULL, NULL, NULL, "", true, 7 },
	{ "--", 2, NULL, NULL, NULL, "", false, 7 },
	{ "--lead -5 -m x", 5, NULL, NULL, "x", "", false, -5 },
	{ "-T frame,json", 3, NULL, NULL, NULL, "frame,json", false, 7 },
	{ "--modle x", -1, "--modle: no such option (did you mean --model?)", NULL, NULL, "", false, 7 },
	{ "--mod x", -1, "--mod: no such option", NULL, NULL, "", false, 7 },
	{ "--zzzzzzzzzz=secret", -1, "--zzzzzzzzzz: no such option", NULL, NULL, "", false, 7 },
	{ "-x", -1, "-x: no such option", NULL, NULL, "", false, 7 },
	{ "--conf", -1, "--conf: expected FILE behind it", NULL, NULL, "", false, 7 },
	{ "-c", -1, "--conf: expected FILE behind it", NULL, NULL, "", false, 7 },
	{ "--text=yes", -1, "--text: expected no value", NULL, NULL, "", false, 7 },
	{ "-tc", -1, "--text: expected no value", NULL, NULL, "", false, 7 },
	{ "--lead 401", -1, "--lead 401: expected a whole number from -5 to 400", NULL, NULL, "", false, 7 },
	{ "--lead 1x", -1, "--lead 1x: expected a whole number", NULL, NULL, "", false, 7 },
	{ "--lead=", -1, "--lead : expected a whole number", NULL, NULL, "", false, 7 },
	{ "--lead 99999999999999999999", -1, "expected a whole number", NULL, NULL, "", false, 7 },
	{ "-T bad", -1, "--trace: no such word", NULL, NULL, "", false, 7 },
};

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void test_lines_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char error[256] = "";
		int first = read_line(cases[i].line, error, sizeof(error));

		if (first != cases[i].first)
			fail_msg("%s: %d, not %d (%s)", cases[i].line, first, cases[i].first, error);
		if (cases[i].said && !strstr(error, cases[i].said))
			fail_msg("%s: %s does not say %s", cases[i].line, error, cases[i].said);
		if (!same(given.file, cases[i].file) || !same(given.model, cases[i].model) ||
		    given.text != cases[i].text || given.lead != cases[i].lead || strcmp(given.word, cases[i].word) != 0)
			fail_msg("%s: not what was given", cases[i].line);
	}
}

static void test_keys_override_the_configuration(void **state)
{
	char error[256];
	struct conf *c = conf_open(NULL, error, sizeof(error));

	(void)state;
	assert_int_equal(read_line("--listen 127.0.0.1:0 -m new", error, sizeof(error)), 5);
	assert_int_equal(options_apply(rows, ROWS, c, "default", error, sizeof(error)), 0);
	assert_string_equal(conf_text(c, "general", NULL, "listen"), "127.0.0.1:0");
	assert_string_equal(conf_text(c, "agent", "default", "model"), "new");

	assert_int_equal(read_line("--listen 8080", error, sizeof(error)), 3);
	assert_int_equal(options_apply(rows, ROWS, c, "default", error, sizeof(error)), -1);
	assert_non_null(strstr(error, "--listen: listen = \"8080\": expected ADDRESS:PORT"));
	assert_int_equal(options_apply(rows, ROWS, c, "default", error, 5), -1); /* room for nothing */
	conf_close(c);
}

static void test_help_names_every_row(void **state)
{
	size_t n;
	char *text;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	options_help(rows, ROWS, "rd-x", "[-t] [FILE]", "Does it.", f);
	assert_int_equal(fclose(f), 0);
	assert_memory_equal(text, "usage: rd-x [-t] [FILE]\nDoes it.\n\n", 34);
	assert_non_null(strstr(text, "\n  -c, --conf FILE             the configuration\n"));
	assert_non_null(strstr(text, "\n      --lead MS               sent ahead\n"));
	for (size_t i = 0; i < ROWS; i++)
		assert_non_null(strstr(text, rows[i].name));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_are_read),
		cmocka_unit_test(test_keys_override_the_configuration),
		cmocka_unit_test(test_help_names_every_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
