#include "../../cmd/rd-ctl/call.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"

#define ONE "CA0000000000000000000000000000003f"
#define TWO "CA1111111111111111111111111111113f"
#define THREE "LO22222222222222222222222222222222"

static const char all[] = "{\"calls\":[{\"call\":\"" ONE "\"},{\"call\":\"" TWO "\"},{\"call\":\"" THREE "\"},{}]}";
static const char one[] = "{\"calls\":[{\"call\":\"" ONE "\"}]}";
static const char none[] = "{\"calls\":[]}";

static const struct {
	const char *status, *name, *call, *error;
} cases[] = {
	{ all, ONE, ONE, NULL },
	{ all, "CA0", ONE, NULL },
	{ all, "113f", TWO, NULL },
	{ all, "LO", THREE, NULL },
	{ all, "LO…22", THREE, NULL }, /* as a log line has it */
	{ all, "CA1…3f", TWO, NULL },
	{ all, "CA…3f", NULL, "CA…3f means 2 calls, name one (rd-ctl calls)" },
	{ all, "3f", NULL, "3f means 2 calls, name one (rd-ctl calls)" },
	{ all, "xyz", NULL, "no call xyz" },
	{ all, "", NULL, "no call " },
	{ all, ONE "0", NULL, "no call " ONE "0" },
	{ all, NULL, NULL, "there are 3 calls, name one (rd-ctl calls)" },
	{ one, NULL, ONE, NULL },
	{ none, NULL, NULL, "there is no call" },
	{ none, "3f", NULL, "no call 3f" },
	{ "{}", NULL, NULL, "there is no call" },
};

static void calls_are_chosen(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cJSON *status = json_parse(cases[i].status, strlen(cases[i].status));
		char error[256] = "";
		const char *call = call_choose(status, cases[i].name, error, sizeof error);

		if (cases[i].call)
			assert_string_equal(call, cases[i].call);
		else
			assert_null(call);
		assert_string_equal(error, cases[i].error ? cases[i].error : "");
		cJSON_Delete(status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(calls_are_chosen) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
