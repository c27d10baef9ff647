#include "../../cmd/rd-tools/answer.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "event.h"
#include "json.h"

#define EXITED(code) ((code) << 8)

static const struct {
	enum tool_effect effect;
	enum worker_why why;
	int status;
	const char *output;
	bool ok;
	const char *outcome, *text;
} cases[] = {
	{ TOOL_NONE, WORKER_EXITED, EXITED(0), "{\"ok\":true,\"text\":\"fine\"}", true, "done", "fine" },
	{ TOOL_NONE, WORKER_EXITED, EXITED(0), "{\"text\":\"fine\"}\n", true, "done", "fine" },
	{ TOOL_NONE, WORKER_EXITED, EXITED(0), "{\"ok\":false,\"text\":\"no\"}", false, "failed", "no" },
	{ TOOL_NONE, WORKER_EXITED, EXITED(0), "{}", true, "done", "" },
	{ TOOL_NONE, WORKER_EXITED, EXITED(0), "", true, "done", "" },
	{ TOOL_NONE, WORKER_EXITED, EXITED(0), "plain words\n\n", true, "done", "plain words" },
	{ TOOL_NONE, WORKER_EXITED, EXITED(0), "[1,2]", true, "done", "[1,2]" },
	{ TOOL_NONE, WORKER_EXITED, EXITED(0),
	  "a\x01"
	  "b\xff",
	  true, "done", "a b?" },
	{ TOOL_NONE, WORKER_EXITED, EXITED(0),
	  "{\"text\":\"a\x01"
	  "b\"}",
	  true, "done", "a b" },
	{ TOOL_NONE, WORKER_EXITED, EXITED(0), "{\"text\":5}", true, "done", "" },
	{ TOOL_OUTSIDE, WORKER_EXITED, EXITED(1), "{\"text\":\"the calendar said no\"}", false, "failed",
	  "the calendar said no" },
	{ TOOL_OUTSIDE, WORKER_EXITED, EXITED(1), "{\"ok\":false,\"outcome\":\"unknown\",\"text\":\"perhaps\"}", false,
	  "unknown", "perhaps" },
	{ TOOL_OUTSIDE, WORKER_EXITED, EXITED(1), "{\"ok\":true,\"text\":\"x\"}", false, "failed", "x" },
	{ TOOL_OUTSIDE, WORKER_EXITED, EXITED(1), "", false, "failed", "t has failed." },
	{ TOOL_OUTSIDE, WORKER_EXITED, EXITED(100), "", false, "failed", "t is not available." },
	{ TOOL_OUTSIDE, WORKER_EXITED, EXITED(100), "no address", false, "failed", "no address" },
	{ TOOL_NONE, WORKER_EXITED, EXITED(2), "x", false, "failed", "t broke off with exit status 2." },
	{ TOOL_LOCAL, WORKER_EXITED, EXITED(2), "x", false, "unknown",
	  "t broke off with exit status 2. Whether it did its work is unknown: do not run it again without asking." },
	{ TOOL_NONE, WORKER_EXITED, 11, "x", false, "failed", "t broke off with signal 11." },
	{ TOOL_OUTSIDE, WORKER_EXITED, 9, "x", false, "unknown",
	  "t broke off with signal 9. Whether it did its work is unknown: do not run it again without asking." },
	{ TOOL_NONE, WORKER_LATE, 15, "x", false, "failed", "t gave no answer within 7 seconds and was ended." },
	{ TOOL_OUTSIDE, WORKER_LATE, 15, "x", false, "unknown",
	  "t gave no answer within 7 seconds and was ended. Whether it did its work is unknown: do not run it again "
	  "without asking." },
	{ TOOL_NONE, WORKER_LOUD, 15, "x", false, "failed", "t printed more than 24576 bytes and was ended." },
	{ TOOL_NONE, WORKER_STOPPED, 15, "x", false, "failed", "t was cancelled: the caller spoke." },
};

static struct cJSON *make(size_t i, struct cJSON **say)
{
	char *output = strdup(cases[i].output);
	struct answer_of a = { .id = "c1",
			       .name = "t",
			       .effect = cases[i].effect,
			       .timeout_s = 7,
			       .why = cases[i].why,
			       .status = cases[i].status,
			       .output = output,
			       .n = strlen(output),
			       .reason = "the caller spoke" };
	struct cJSON *event = answer_event(&a, say);

	free(output);
	return event;
}

static void every_end_has_an_honest_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cJSON *say, *event = make(i, &say);
		char error[100];

		if (event_check(event, error, sizeof error) < 0)
			fail_msg("case %zu: %s", i, error);
		assert_string_equal(json_text(event, "text"), cases[i].text);
		assert_string_equal(json_text(event, "outcome"), cases[i].outcome);
		assert_int_equal(json_flag(event, "ok", !cases[i].ok), cases[i].ok);
		assert_null(say);
		cJSON_Delete(event);
	}
}

static void data_and_wishes_come_along(void **state)
{
	char output[] = "{\"ok\":true,\"text\":\"x\",\"data\":{\"n\":5},\"say\":[{\"type\":\"call.next\"}]}";
	struct answer_of a = { .id = "c1", .name = "t", .output = output, .n = sizeof output - 1 };
	struct cJSON *say, *event = answer_event(&a, &say);

	(void)state;
	assert_int_equal(json_number(json_object(event, "data"), "n", 0), 5);
	assert_int_equal(cJSON_GetArraySize(say), 1);
	cJSON_Delete(event);
	cJSON_Delete(say);
	a.status = EXITED(1); /* it has failed: nothing of it is said */
	event = answer_event(&a, &say);
	assert_null(say);
	cJSON_Delete(event);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_end_has_an_honest_answer),
		cmocka_unit_test(data_and_wishes_come_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
