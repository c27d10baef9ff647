#include "base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *bytes, *text;
} rfc4648[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xff\xfe\xfd", "//79" },
	{ "\xfb\xef\xbe", "++++" },
};

static void the_standards_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rfc4648 / sizeof rfc4648[0]; i++) {
		size_t n = strlen(rfc4648[i].bytes), k = strlen(rfc4648[i].text);
		char text[16];
		uint8_t bytes[16];

		assert_int_equal(base64_length(n), k);
		assert_int_equal(base64_encode(text, (const uint8_t *)rfc4648[i].bytes, n), k);
		assert_memory_equal(text, rfc4648[i].text, k);
		assert_int_equal(base64_decode(bytes, sizeof bytes, text, k), n);
		assert_memory_equal(bytes, rfc4648[i].bytes, n);
	}
}

static const char *const bad[] = { "Z",	   "Zg",   "Zg=",    "Z===", "====", "Zg==Zg==", "Zg=v",
				   "Z*==", "Zm 9", "Zm9v\n", "Zm9-", "Zm9_", "=Zm9" };

static void what_is_no_base64(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		uint8_t bytes[16];

		assert_int_equal(base64_decode(bytes, sizeof bytes, bad[i], strlen(bad[i])), -1);
	}
}

static void every_length_goes_round(void **state)
{
	(void)state;
	for (size_t n = 0; n < 70; n++) {
		uint8_t *bytes = malloc(n + 1), *back = malloc(n + 1); /* as long as promised: ASan sees one more */
		char *text = malloc(base64_length(n) + 1);

		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(i * 37 + n);
		assert_int_equal(base64_encode(text, bytes, n), base64_length(n));
		assert_int_equal(base64_decode(back, n, text, base64_length(n)), n);
		assert_memory_equal(back, bytes, n);
		if (n)
			assert_int_equal(base64_decode(back, n - 1, text, base64_length(n)), -1);
		free(bytes);
		free(back);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standards_examples),
		cmocka_unit_test(what_is_no_base64),
		cmocka_unit_test(every_length_goes_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
