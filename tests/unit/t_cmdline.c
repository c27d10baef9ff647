#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cmdline.h"

static void words_are_split_without_a_shell(void **state)
{
	static const struct {
		const char *line;
		int n;
		const char *words[4];
	} cases[] = {
		{ "rd-codec --up s16/16000", 3, { "rd-codec", "--up", "s16/16000" } },
		{ "  a\t b ", 2, { "a", "b" } },
		{ "a 'b c' \"d e\"", 3, { "a", "b c", "d e" } },
		{ "a b'c d'e", 2, { "a", "bc de" } },
		{ "a $HOME;b", 2, { "a", "$HOME;b" } },
		{ "a ''", 2, { "a", "" } },
		{ "", 0, { 0 } },
		{ "a 'b", -1, { 0 } },
		{ "a b c d e f", -1, { 0 } },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -1, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char buf[32];
		const char *words[6];

		assert_int_equal(cmdline_split(cases[i].line, buf, sizeof buf, words, 6), cases[i].n);
		for (int k = 0; k < cases[i].n; k++)
			assert_string_equal(words[k], cases[i].words[k]);
	}
}

static void a_program_is_named_by_its_last_part(void **state)
{
	static const struct {
		const char *line, *name;
		int found;
	} cases[] = { { "/bin/sh --y", "sh", 0 }, { "sh", "sh", 0 }, { "./no-such a", "no-such", -1 }, { "", "", -1 } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char name[16], path[64];

		assert_int_equal(cmdline_program(cases[i].line, "/bin", name, sizeof name, path, sizeof path), cases[i].found);
		assert_string_equal(name, cases[i].name);
	}
}

static void a_program_is_found_in_the_folder_first(void **state)
{
	char out[256];

	(void)state;
	assert_int_equal(cmdline_find("/bin", "sh", out, sizeof out), 0);
	assert_string_equal(out, "/bin/sh");
	assert_int_equal(cmdline_find("/nowhere", "sh", out, sizeof out), 0);
	assert_int_equal(cmdline_find(NULL, "no-such-program-of-ours", out, sizeof out), -1);
	assert_int_equal(cmdline_find("/bin", "/bin/no-such", out, sizeof out), -1);
	assert_int_equal(cmdline_find("/bin", "", out, sizeof out), -1);
}

static void a_misspelt_program_is_hinted_at(void **state)
{
	char hint[96];

	(void)state;
	assert_string_equal(cmdline_hint("/bin", "mkdr", hint), " (did you mean \"mkdir\"?)");
	assert_string_equal(cmdline_hint("/bin", "no-such-program-of-ours", hint), "");
	assert_string_equal(cmdline_hint("/nowhere", "sh", hint), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_split_without_a_shell),
		cmocka_unit_test(a_program_is_named_by_its_last_part),
		cmocka_unit_test(a_program_is_found_in_the_folder_first),
		cmocka_unit_test(a_misspelt_program_is_hinted_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
