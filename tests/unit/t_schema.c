#include "schema.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

static const struct {
	const char *schema, *error; /* NULL: it is one */
} schemas[] = {
	{ "{\"type\":\"object\"}", NULL },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]}},\"required\":[\"a\"]}", NULL },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/x\",\"pattern\":\"^a\"}}}",
	  NULL }, /* for the model's eyes */
	{ "{\"type\":\"string\"}", "a schema of type object expected" },
	{ "{}", "a schema of type object expected" },
	{ "[]", "a schema of type object expected" },
	{ "{\"type\":\"object\",\"properties\":[]}", "arguments: properties: an object expected" },
	{ "{\"type\":\"object\",\"required\":\"a\"}", "arguments: required: a list of names expected" },
	{ "{\"type\":\"object\",\"required\":[1]}", "arguments: required: a list of names expected" },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"text\"}}}",
	  "a: type: object, array, string, number, integer, boolean or null expected" },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":[\"string\",7]}}}",
	  "a: type: a list of known types expected" },
	{ "{\"type\":\"object\",\"properties\":{\"a\":5}}", "a: a schema expected" },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[]}}}", "a: enum: a list of values expected" },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{\"minimum\":\"1\"}}}", "a: minimum: number expected" },
	{ "{\"type\":\"object\",\"properties\":{\"a\":{\"items\":{\"items\":{\"type\":\"x\"}}}}}",
	  "a: type: object, array, string, number, integer, boolean or null expected" },
	{ "{\"type\":\"object\",\"items\":{\"items\":{\"items\":{\"items\":{\"items\":{\"items\":{\"items\":{\"items\":"
	  "{}}}}}}}}}",
	  "arguments: at most 8 levels expected" },
};

#define O(properties, more) "{\"type\":\"object\",\"properties\":{" properties "}" more "}"

static const struct {
	const char *schema, *value, *error;
} values[] = {
	{ O("", ""), "{}", NULL },
	{ O("", ""), "{\"x\":1}", NULL },
	{ O("", ",\"additionalProperties\":false"), "{\"x\":1}", "x: there is no such argument" },
	{ O("", ",\"additionalProperties\":{\"type\":\"string\"}"), "{\"x\":1}", "x: string expected" },
	{ O("", ",\"additionalProperties\":{\"type\":\"string\"}"), "{\"x\":\"1\"}", NULL },
	{ O("\"a\":{\"type\":\"string\"}", ",\"required\":[\"a\"]"), "{}", "a: missing" },
	{ O("\"a\":{\"type\":\"string\"}", ""), "{\"a\":1}", "a: string expected" },
	{ O("\"a\":{\"type\":\"string\"}", ""), "{\"a\":null}", "a: string expected" },
	{ O("\"a\":{\"type\":[\"string\",\"null\"]}", ""), "{\"a\":null}", NULL },
	{ O("\"a\":{\"type\":[\"string\",\"null\"]}", ""), "{\"a\":7}", "a: string or null expected" },
	{ O("\"a\":{\"type\":\"integer\"}", ""), "{\"a\":7}", NULL },
	{ O("\"a\":{\"type\":\"integer\"}", ""), "{\"a\":7.5}", "a: integer expected" },
	{ O("\"a\":{\"type\":\"integer\"}", ""), "{\"a\":1e300}", NULL },
	{ O("\"a\":{\"type\":\"integer\"}", ""), "{\"a\":1e999}", "a: integer expected" },
	{ O("\"a\":{\"type\":\"number\",\"minimum\":1,\"maximum\":2}", ""), "{\"a\":0.5}", "a: at least 1 expected" },
	{ O("\"a\":{\"type\":\"number\",\"minimum\":1,\"maximum\":2}", ""), "{\"a\":2.5}", "a: at most 2 expected" },
	{ O("\"a\":{\"type\":\"number\",\"minimum\":1,\"maximum\":2}", ""), "{\"a\":2}", NULL },
	{ O("\"a\":{\"minLength\":2,\"maxLength\":3}", ""), "{\"a\":\"\u00e4\"}", "a: at least 2 characters expected" },
	{ O("\"a\":{\"minLength\":2,\"maxLength\":3}", ""), "{\"a\":\"\u00e4\u00e4\u00e4\"}", NULL },
	{ O("\"a\":{\"minLength\":2,\"maxLength\":3}", ""), "{\"a\":\"abcd\"}", "a: at most 3 characters expected" },
	{ O("\"a\":{\"minLength\":2}", ""), "{\"a\":1}", NULL },
	{ O("\"to\":{\"enum\":[\"+15550100000\",5]}", ""), "{\"to\":\"+15557654321\"}",
	  "to: one of \"+15550100000\", 5 expected" },
	{ O("\"to\":{\"enum\":[\"+15550100000\",5]}", ""), "{\"to\":5}", NULL },
	{ O("\"a\":{\"type\":\"boolean\"}", ""), "{\"a\":\"true\"}", "a: boolean expected" },
	{ O("\"a\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"required\":[\"n\"]},\"maxItems\":2}", ""),
	  "{\"a\":[{\"n\":1},{}]}", "a[1].n: missing" },
	{ O("\"a\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":2}", ""), "{\"a\":[1,2,3]}",
	  "a: at most 2 items expected" },
	{ O("\"a\":{\"type\":\"array\",\"minItems\":1}", ""), "{\"a\":[]}", "a: at least 1 items expected" },
	{ O("\"a\":{\"properties\":{\"b\":{\"type\":\"string\"}}}", ""), "{\"a\":{\"b\":[]}}", "a.b: string expected" },
	{ O("\"a\":{\"type\":\"string\"}", ""), "{\"a\":\"1\",\"a\":2}",
	  "a: string expected" }, /* both are looked at */
};

static void schemas_are_checked_before_use(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++) {
		struct cJSON *schema = cJSON_Parse(schemas[i].schema);
		char error[200] = "";
		int ok = schema_is_parameters(schema, error, sizeof error);

		assert_non_null(schema);
		assert_string_equal(error, schemas[i].error ? schemas[i].error : "");
		assert_int_equal(ok, schemas[i].error ? -1 : 0);
		cJSON_Delete(schema);
	}
	assert_int_equal(schema_is_parameters(NULL, (char[80]){ "" }, 80), -1);
}

static void arguments_fit_or_the_error_names_what_was_expected(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		struct cJSON *schema = cJSON_Parse(values[i].schema), *value = cJSON_Parse(values[i].value);
		char error[200] = "";
		int ok = schema_check(schema, value, error, sizeof error);

		if (strcmp(error, values[i].error ? values[i].error : "") != 0 || ok != (values[i].error ? -1 : 0))
			fail_msg("%s against %s: \"%s\"", values[i].value, values[i].schema, error);
		cJSON_Delete(schema);
		cJSON_Delete(value);
	}
}

/* However long names and lists are, the error stays within its buffer. */
static void errors_are_bounded(void **state)
{
	struct cJSON *schema = cJSON_Parse("{\"type\":\"object\",\"properties\":{}}"), *value = cJSON_CreateObject();
	struct cJSON *properties = cJSON_GetObjectItem(schema, "properties"), *list = cJSON_CreateArray();
	char name[1000], error[40];

	(void)state;
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = 0;
	for (int i = 0; i < 300; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(name));
	cJSON_AddItemToObject(cJSON_AddObjectToObject(properties, name), "enum", list);
	cJSON_AddNumberToObject(value, name, 1);
	assert_int_equal(schema_check(schema, value, error, sizeof error), -1);
	assert_true(strlen(error) < sizeof error);
	cJSON_Delete(schema);
	cJSON_Delete(value);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(schemas_are_checked_before_use),
		cmocka_unit_test(arguments_fit_or_the_error_names_what_was_expected),
		cmocka_unit_test(errors_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
