#include "../../cmd/tools/web_read/charset.h"

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

#define BYTES(text) (text), sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t n;
	const char *type;
	bool markup;
	const char *name, *text;
} cases[] = {
	{ BYTES("plain"), NULL, true, "UTF-8", "plain" },
	{ BYTES(""), NULL, true, "UTF-8", "" },
	{ BYTES("caf\xc3\xa9"), NULL, true, "UTF-8", "caf\xc3\xa9" },
	{ BYTES("caf\xe9"), NULL, true, "CP1252", "caf\xc3\xa9" },
	{ BYTES("\xc3\xa9t\xc3"), NULL, true, "UTF-8", "\xc3\xa9t\xef\xbf\xbd" }, /* cut in its last character */
	{ BYTES("a\xff" "b\xc3\xa9"), "text/html; charset=utf-8", true, "UTF-8", "a\xef\xbf\xbd" "b\xc3\xa9" },
	{ BYTES("\x93so\x94"), "text/html; charset=ISO-8859-1", true, "CP1252", "\xe2\x80\x9cso\xe2\x80\x9d" },
	{ BYTES("a\xa4"), "text/html; CharSet = \"iso-8859-15\"", true, "ISO-8859-15", "a\xe2\x82\xac" },
	{ BYTES("<meta charset=koi8-r>\xf0"), NULL, true, "KOI8-R", "<meta charset=koi8-r>\xd0\x9f" },
	{ BYTES("<meta charset=koi8-r>\xf0"), NULL, false, "CP1252", "<meta charset=koi8-r>\xc3\xb0" },
	{ BYTES("<META http-equiv=content-type content='text/html; charset=shift_jis'>\x82\xa0"), NULL, true, "CP932",
	  "<META http-equiv=content-type content='text/html; charset=shift_jis'>\xe3\x81\x82" },
	{ BYTES("<?xml version='1.0' encoding='windows-1251'?>\xc0"), NULL, true, "CP1251",
	  "<?xml version='1.0' encoding='windows-1251'?>\xd0\x90" },
	{ BYTES("<meta charset=utf-16>\xc3\xa9"), NULL, true, "UTF-8", "<meta charset=utf-16>\xc3\xa9" },
	{ BYTES("<meta charset=utf-8>\xe9"), "text/html; charset=windows-1252", true, "CP1252",
	  "<meta charset=utf-8>\xc3\xa9" },
	{ BYTES("\xef\xbb\xbf\xc3\xa9"), "text/html; charset=iso-8859-1", true, "UTF-8", "\xc3\xa9" },
	{ BYTES("\xff\xfe" "a\0\xe9\0"), NULL, true, "UTF-16LE", "a\xc3\xa9" },
	{ BYTES("\xfe\xff" "\0a\xd8\0\0b"), NULL, true, "UTF-16BE", "a\xef\xbf\xbd" "b" }, /* half a pair */
	{ BYTES("\xff\xfe" "a\0b"), NULL, true, "UTF-16LE", "a\xef\xbf\xbd" },
	{ BYTES("+ADw-script+AD4-"), "text/html; charset=utf-7", true, "UTF-8", "+ADw-script+AD4-" },
	{ BYTES("x"), "text/html; charset=UTF-8//TRANSLIT", true, "UTF-8", "x" },
	{ BYTES("x"), "text/html; charset=", true, "UTF-8", "x" },
	{ BYTES("\xc4\xe3"), "text/html; charset=gb2312", true, "GB18030", "\xe4\xbd\xa0" },
	{ BYTES("a\0b\rc\r\nd\x01\x7f\te"), NULL, true, "UTF-8", "ab\nc\nd\te" },
};

static void the_set_is_found_and_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char name[CHARSET_NAME_BYTES], *text;
		size_t mark, length;

		charset_find(cases[i].bytes, cases[i].n, cases[i].type, cases[i].markup, name, &mark);
		assert_string_equal(name, cases[i].name);
		text = charset_to_utf8(cases[i].bytes, cases[i].n, cases[i].type, cases[i].markup, &length);
		assert_non_null(text);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(length, strlen(text));
		free(text);
	}
}

/* Every byte, in every set that has a name: something comes out, and it is UTF-8. */
static void any_bytes_become_utf8(void **state)
{
	static const char *const types[] = { "x; charset=utf-8",     "x; charset=iso-2022-jp", "x; charset=big5",
					     "x; charset=euc-kr",    "x; charset=windows-1255", "x; charset=utf-16be",
					     "x; charset=shift_jis", "x; charset=gb18030",	"x; charset=euc-jp" };
	char bytes[1024];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 7 + i / 256);
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		size_t length;
		char *text = charset_to_utf8(bytes, sizeof bytes, types[i], true, &length);

		assert_non_null(text);
		assert_true(length > 0 && length <= 3 * sizeof bytes);
		for (size_t at = 0, one; at < length; at += one) {
			one = utf8_character(text + at, length - at);
			assert_true(one > 0);
		}
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_set_is_found_and_left),
		cmocka_unit_test(any_bytes_become_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
