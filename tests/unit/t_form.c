#include "../../cmd/rd-webhook/form.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct {
	const char *text;
	const char *fields; /* name=value joined by | */
} good[] = {
	{ "", "" },
	{ "a=1", "a=1" },
	{ "a=1&b=2", "a=1|b=2" },
	{ "a=1&a=2&a=1", "a=1|a=2|a=1" },
	{ "From=%2B15551234567", "From=+15551234567" },
	{ "x=a+b%20c%2bd", "x=a b c+d" },
	{ "x=%7B%22%257D", "x={\"%7D" },
	{ "n%61me=v", "name=v" },
	{ "empty=&alone&b=", "empty=|alone=|b=" },
	{ "&&a=1&&", "a=1" },
	{ "a=b=c", "a=b=c" },
	{ "=v", "=v" },
	{ "Z%C3%9CRICH=%F0%9F%91%8D", "Z\xc3\x9cRICH=\xf0\x9f\x91\x8d" },
	{ "x=+a+", "x= a " },
};

static void form_decodes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		char text[128], got[128] = "";
		struct form form;

		snprintf(text, sizeof text, "%s", good[i].text);
		assert_int_equal(form_read(&form, text, strlen(text)), 0);
		for (size_t f = 0; f < form.count; f++)
			snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s=%s", f ? "|" : "",
			         form.field[f].name, form.field[f].value);
		assert_string_equal(got, good[i].fields);
	}
}

static const struct {
	const char *text;
	size_t n;
} bad[] = {
	{ "a=%", 3 },    { "a=%4", 4 },  { "a=%4g", 5 },   { "a=%g4", 5 },    { "%=a", 3 },
	{ "%4=1", 4 },   { "a=%00", 5 }, { "a%00b=1", 7 }, { "a=b\0c", 5 },   { "b=1&a=%zz", 9 },
	{ "a=%%41", 6 }, { "a=%-1", 5 }, { "a=% 1", 5 },   { "a=%4&1=b", 8 },
};

static void form_refuses_what_is_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char *text = malloc(bad[i].n + 1); /* exactly as long as promised: ASan sees one byte more */
		struct form form;

		memcpy(text, bad[i].text, bad[i].n);
		errno = 0;
		assert_int_equal(form_read(&form, text, bad[i].n), -1);
		assert_int_equal(errno, EILSEQ);
		assert_int_equal(form.count, 0);
		free(text);
	}
}

static void form_is_bounded(void **state)
{
	static char text[FORM_BYTES + 2];
	struct form form;

	(void)state;
	for (size_t fields = FORM_FIELDS; fields <= FORM_FIELDS + 1; fields++) {
		for (size_t i = 0; i < fields; i++)
			memcpy(text + 4 * i, "a=1&", 4);
		assert_int_equal(form_read(&form, text, 4 * fields), fields == FORM_FIELDS ? 0 : -1);
		assert_int_equal(form.count, fields == FORM_FIELDS ? FORM_FIELDS : 0);
	}
	memset(text, 'a', sizeof text);
	assert_int_equal(form_read(&form, text, FORM_BYTES), 0);
	assert_int_equal(strlen(form.field[0].name), FORM_BYTES);
	memset(text, 'a', sizeof text);
	assert_int_equal(form_read(&form, text, FORM_BYTES + 1), -1);
	assert_int_equal(errno, EMSGSIZE);
}

static void form_finds_the_first(void **state)
{
	char text[] = "A=0&a=1&a=2&b";
	struct form form;

	(void)state;
	assert_int_equal(form_read(&form, text, strlen(text)), 0);
	assert_string_equal(form_get(&form, "a"), "1");
	assert_string_equal(form_get(&form, "b"), "");
	assert_null(form_get(&form, "c"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(form_decodes),
		cmocka_unit_test(form_refuses_what_is_malformed),
		cmocka_unit_test(form_is_bounded),
		cmocka_unit_test(form_finds_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
