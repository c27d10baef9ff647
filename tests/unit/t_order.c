#include "../../cmd/rd-monitor/order.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"

static const struct {
	const char *line;
	const char *type; /* of the event, NULL: refused */
	const char *id, *error;
} orders[] = {
	{ "{\"do\":\"inject\",\"event\":{\"type\":\"assistant.note\",\"text\":\"be brief\"}}", "assistant.note", "",
	  NULL },
	{ "{\"id\":7,\"do\":\"inject\",\"event\":{\"type\":\"call.next\",\"id\":\"1\",\"verb\":\"hangup\"}}",
	  "call.next", "7", NULL },
	{ "{\"do\":\"inject\",\"event\":{\"type\":\"call.clear\",\"why\":\"operator\",\"id\":\"1\"}}", "call.clear", "",
	  NULL },
	{ "{\"do\":\"inject\",\"event\":{\"type\":\"assistant.note\"}}", NULL, "",
	  "assistant.note: text: s expected, nothing found" },
	{ "{\"id\":1.5,\"do\":\"inject\",\"event\":{\"type\":\"user.text\"}}", NULL, "1.5",
	  "event: user.text is not for an operator to say" },
	{ "{\"do\":\"inject\",\"event\":{\"type\":\"stage.fault\",\"what\":\"a\",\"text\":\"b\"}}", NULL, "",
	  "event: stage.fault is not for an operator to say" },
	{ "{\"do\":\"inject\",\"event\":{\"type\":\"made.up\"}}", NULL, "",
	  "event: made.up is not for an operator to say" },
	{ "{\"do\":\"inject\",\"event\":{}}", NULL, "", "event: one without a type is not for an operator to say" },
	{ "{\"do\":\"inject\",\"event\":[]}", NULL, "", "event: one without a type is not for an operator to say" },
	{ "{\"do\":\"inject\"}", NULL, "", "event: one without a type is not for an operator to say" },
	{ "{\"do\":\"eject\"}", NULL, "", "do: inject is expected" },
	{ "{}", NULL, "", "do: inject is expected" },
	{ "", NULL, "", "one JSON object a line is expected" },
	{ "inject", NULL, "", "one JSON object a line is expected" },
};

static void orders_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		char id[24], error[256] = "";
		struct cJSON *event = order_read(orders[i].line, strlen(orders[i].line), id, error, sizeof error);

		assert_string_equal(id, orders[i].id);
		if (orders[i].type)
			assert_string_equal(json_text(event, "type"), orders[i].type);
		else
			assert_null(event);
		if (orders[i].error)
			assert_string_equal(error, orders[i].error);
		cJSON_Delete(event);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(orders_are_checked) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
