#include "../../cmd/rd-webhook/requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <cjson/cJSON.h>

#include "json.h"

/* The JSON array as it is printed, parsed again; the caller's. */
static cJSON *print(const struct requests *r)
{
	char *text = requests_print(r);
	cJSON *array;

	assert_non_null(text);
	assert_true(strlen(text) < 65536);
	array = cJSON_Parse(text);
	assert_true(cJSON_IsArray(array));
	free(text);
	return array;
}

static void requests_keep_nothing_private(void **state)
{
	static const struct {
		const char *path, *detail;
		const char *kept_path, *kept_detail;
	} cases[] = {
		{ "/twiml", "agent=home", "/twiml", "agent=home" },
		{ "/twiml?From=%2B15551234567", "from=+15551234567", "/twiml", "from=+…4567" },
		{ "/media/00112233445566778899aabbccddeeff", "token spent", "/media/…ff", "token spent" },
		{ "/next/3", "call=CA0011223344556677889900112233443f step=3", "/next/3", "call=CA…3f step=3" },
		{ "/next/123456", "took_ms=123456", "/next/123456", "took_ms=123456" },
		{ "/15551234567", "sip:15551234567@example.com", "/…4567", "sip:…4567@example.com" },
		{ "/a", "two\nlines\x7f", "/a", "two lines " },
		{ "/a", "CA…3f", "/a", "CA…3f" },
		{ "", "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct requests r = { 0 };
		cJSON *array;
		const cJSON *item;

		requests_note(&r, "POST", cases[i].path, "answered", "%s", cases[i].detail);
		array = print(&r);
		item = cJSON_GetArrayItem(array, 0);
		assert_string_equal(json_text(item, "method"), "POST");
		assert_string_equal(json_text(item, "path"), cases[i].kept_path);
		assert_string_equal(json_text(item, "verdict"), "answered");
		assert_string_equal(json_text(item, "detail"), cases[i].kept_detail);
		assert_int_equal(strlen(json_text(item, "at")), 24);
		cJSON_Delete(array);
	}
}

static void requests_keep_the_last(void **state)
{
	static struct requests r;
	cJSON *array = print(&r);

	(void)state;
	assert_int_equal(cJSON_GetArraySize(array), 0);
	cJSON_Delete(array);
	for (int i = 1; i <= REQUESTS_KEPT + 30; i++) {
		char last[16], first[16];
		int kept = i < REQUESTS_KEPT ? i : REQUESTS_KEPT;

		requests_note(&r, "GET", "/healthz", "answered", "n=%d", i);
		snprintf(last, sizeof last, "n=%d", i);
		snprintf(first, sizeof first, "n=%d", i - kept + 1);
		array = print(&r);
		assert_int_equal(cJSON_GetArraySize(array), kept);
		assert_string_equal(json_text(cJSON_GetArrayItem(array, 0), "detail"), first);
		assert_string_equal(json_text(cJSON_GetArrayItem(array, kept - 1), "detail"), last);
		cJSON_Delete(array);
	}
}

/* The longest of everything, and all of it escaped, still is one line of the control socket. */
static void requests_are_bounded(void **state)
{
	static struct requests r;
	char quotes[400], umlauts[400];
	cJSON *array;
	size_t n;

	(void)state;
	memset(quotes, '"', sizeof quotes);
	quotes[sizeof quotes - 1] = '\0';
	for (size_t i = 0; i + 2 < sizeof umlauts; i += 2)
		memcpy(umlauts + i, "\xc3\xbc", 3);
	for (int i = 0; i < REQUESTS_KEPT - 1; i++)
		requests_note(&r, quotes, quotes, quotes, "%s", quotes);
	requests_note(&r, "GET", "/", "answered", "%s", umlauts);
	array = print(&r);
	n = strlen(json_text(cJSON_GetArrayItem(array, REQUESTS_KEPT - 1), "detail"));
	assert_true(n > 100 && n % 2 == 0); /* no half of a character */
	cJSON_Delete(array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_keep_nothing_private),
		cmocka_unit_test(requests_keep_the_last),
		cmocka_unit_test(requests_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
