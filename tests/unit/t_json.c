#include "json.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *text;
	int ok;
} texts[] = {
	{ "{}", 1 },
	{ " {\"a\":1}\r\n\t ", 1 },
	{ "{\"a\":{\"b\":[1,2,{}]}}", 1 },
	{ "", 0 },
	{ "[]", 0 },
	{ "1", 0 },
	{ "\"a\"", 0 },
	{ "null", 0 },
	{ "{}{}", 0 },
	{ "{} x", 0 },
	{ "{\"a\":}", 0 },
	{ "{\"a\":1", 0 },
	{ "{\"a\" 1}", 0 },
	{ "{a:1}", 0 },
	{ "{\"a\":\"\\ud800\"}", 0 },
	{ "{\"a\":tru}", 0 },
};

static void exactly_one_object(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		size_t n = strlen(texts[i].text);
		char *bytes = malloc(n + 1); /* no NUL behind: ASan sees who looks for one */
		struct cJSON *object;

		memcpy(bytes, texts[i].text, n);
		object = json_parse(bytes, n);
		if ((object != NULL) != texts[i].ok)
			fail_msg("%s", texts[i].text);
		cJSON_Delete(object);
		free(bytes);
	}
	assert_null(json_parse("{\"a\":\"x\0y\"}", 11)); /* a NUL would end the text, and what follows it be unseen */
	assert_null(json_parse("{\"a\":1,\0\"b\":2}", 14));
}

static void depth_is_bounded(void **state)
{
	static char deep[20000];

	(void)state;
	memcpy(deep, "{\"a\":", 5);
	memset(deep + 5, '[', sizeof deep - 5);
	assert_null(json_parse(deep, sizeof deep));
}

static void fields_that_are_missing_or_of_another_kind(void **state)
{
	static const char text[] = "{\"s\":\"x\",\"n\":1.5,\"b\":true,\"o\":{},\"a\":[],\"z\":null,\"S\":\"big\",\"infinite\":1e999}";
	struct cJSON *o = json_parse(text, strlen(text));

	(void)state;
	assert_string_equal(json_text(o, "s"), "x");
	assert_string_equal(json_text(o, "S"), "big"); /* case counts */
	assert_null(json_text(o, "n"));
	assert_null(json_text(o, "none"));
	assert_null(json_text(NULL, "s"));
	assert_true(json_number(o, "n", 0) == 1.5);
	assert_true(json_number(o, "s", 7) == 7);
	assert_true(json_number(NULL, "n", 7) == 7);
	assert_true(json_number(o, "infinite", 7) == 7);
	assert_true(json_flag(o, "b", false));
	assert_true(json_flag(o, "n", true));
	assert_false(json_flag(o, "z", false));
	assert_non_null(json_object(o, "o"));
	assert_null(json_object(o, "a"));
	assert_non_null(json_array(o, "a"));
	assert_null(json_array(o, "o"));
	assert_null(json_array(NULL, "a"));
	cJSON_Delete(o);
}

static void expect_text(struct cJSON *object, const char *want)
{
	char *text = json_print(object);

	assert_string_equal(text, want);
	free(text);
}

static void objects_are_made_from_a_format(void **state)
{
	(void)state;
	expect_text(json_make(""), "{}");
	expect_text(json_make("type:s ok:b i:i n:n f:f", "a\"\n", 1, -2, 999999999999999LL,
			      0.5), /* cJSON prints 15 digits: 31 years of microseconds */
		    "{\"type\":\"a\\\"\\n\",\"ok\":true,\"i\":-2,\"n\":999999999999999,\"f\":0.5}");
	expect_text(json_make("s:s? j:j? t:s?", NULL, NULL, "x"), "{\"t\":\"x\"}");
	expect_text(json_make("s:s", NULL), "{\"s\":\"\"}");
	expect_text(json_make("items:j o:j", cJSON_CreateArray(), json_make("a:b", 0)),
		    "{\"items\":[],\"o\":{\"a\":false}}");
	assert_null(json_print(NULL));
}

static void what_was_given_is_not_lost_on_failure(void **state)
{
	(void)state; /* LeakSanitizer is the judge */
	assert_null(json_make("j:j k:j", cJSON_CreateArray(), NULL));
	assert_null(json_make("k:j j:j", NULL, cJSON_CreateArray()));
}

static void whole_numbers_are_kept_in_bounds(void **state)
{
	static const struct {
		const char *json;
		long want;
	} cases[] = {
		{ "{\"n\":7}", 7 },
		{ "{\"n\":7.9}", 7 },
		{ "{\"n\":-1e300}", 0 },
		{ "{\"n\":1e300}", 100 },
		{ "{\"n\":1e999}", 100 },
		{ "{\"n\":\"7\"}", 3 },
		{ "{}", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cJSON *object = json_parse(cases[i].json, strlen(cases[i].json));

		assert_int_equal(json_whole(object, "n", 3, 0, 100), cases[i].want);
		cJSON_Delete(object);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly_one_object),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(fields_that_are_missing_or_of_another_kind),
		cmocka_unit_test(whole_numbers_are_kept_in_bounds),
		cmocka_unit_test(objects_are_made_from_a_format),
		cmocka_unit_test(what_was_given_is_not_lost_on_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
