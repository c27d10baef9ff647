#include "../../cmd/rd-bridge/offer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <cjson/cJSON.h>

#include "json.h"

/* A part of a list: tools by name. */
static bool take(struct offer *t, uint8_t origin, int rev, int part, int parts, const char *one, const char *two)
{
	struct cJSON *tools = cJSON_CreateArray();
	struct cJSON *list;
	bool changed;

	if (one)
		cJSON_AddItemToArray(tools, json_make("name:s description:s secret:s", one, "does it", "not for the model"));
	if (two)
		cJSON_AddItemToArray(tools, json_make("name:s parameters:j", two, json_make("type:s", "object")));
	list = json_make("type:s rev:i part:i parts:i tools:j", "tools.list", rev, part, parts, tools);
	changed = offer_take(t, origin, list);
	cJSON_Delete(list);
	return changed;
}

static void lists_of_all_stages_are_joined(void **state)
{
	struct offer t = { 0 };
	char *text;

	(void)state;
	assert_false(offer_has(&t, "time"));
	assert_true(take(&t, 3, 1, 1, 1, "time", "press"));
	assert_true(take(&t, 4, 1, 1, 1, "recall", NULL));
	assert_true(offer_has(&t, "time") && offer_has(&t, "press") && offer_has(&t, "recall"));
	assert_false(take(&t, 3, 1, 1, 1, "time", "press")); /* said again */
	assert_false(take(&t, 3, 2, 1, 1, "time", "press")); /* said anew, and the same */
	assert_true(take(&t, 3, 3, 1, 1, "time", NULL));
	assert_false(offer_has(&t, "press"));
	text = json_print(offer_functions(&t));
	assert_string_equal(text, "[{\"type\":\"function\",\"name\":\"time\",\"description\":\"does it\",\"parameters\":{\"type\":\"object\","
				  "\"properties\":{}}},{\"type\":\"function\",\"name\":\"recall\",\"description\":\"does it\","
				  "\"parameters\":{\"type\":\"object\",\"properties\":{}}}]");
	free(text);
	offer_close(&t);
	assert_false(offer_has(&t, "time"));
}

static void a_list_in_parts_counts_when_it_is_whole(void **state)
{
	struct offer t = { 0 };

	(void)state;
	assert_true(take(&t, 3, 1, 1, 1, "old", NULL));
	assert_false(take(&t, 3, 2, 2, 3, "b", NULL));
	assert_false(take(&t, 3, 2, 1, 3, "a", NULL));
	assert_false(take(&t, 3, 2, 1, 3, "a", NULL)); /* twice */
	assert_true(offer_has(&t, "old") && !offer_has(&t, "a"));
	assert_true(take(&t, 3, 2, 3, 3, "c", NULL));
	assert_true(offer_has(&t, "a") && offer_has(&t, "b") && offer_has(&t, "c") && !offer_has(&t, "old"));
	assert_false(take(&t, 3, 4, 1, 2, "x", NULL)); /* a newer one begins while one is half there */
	assert_false(take(&t, 3, 5, 2, 2, "y", NULL));
	assert_true(take(&t, 3, 5, 1, 2, "z", NULL));
	assert_true(offer_has(&t, "y") && offer_has(&t, "z") && !offer_has(&t, "x"));
	offer_close(&t);
}

static void odd_lists_harm_nobody(void **state)
{
	struct offer t = { 0 };
	struct cJSON *list = json_make("type:s rev:i", "tools.list", 1);

	(void)state;
	assert_false(offer_take(&t, 3, list));
	cJSON_Delete(list);
	assert_false(take(&t, 3, 1, 0, 1, "a", NULL));
	assert_false(take(&t, 3, 1, 2, 1, "a", NULL));
	assert_false(take(&t, 3, 1, 1, 1000, "a", NULL));
	assert_true(take(&t, 3, 1, 1, 1, NULL, NULL));
	for (uint8_t origin = 10; origin < 30; origin++)
		(void)take(&t, origin, 1, 1, 1, "a", NULL);
	assert_true(offer_has(&t, "a"));
	offer_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_all_stages_are_joined),
		cmocka_unit_test(a_list_in_parts_counts_when_it_is_whole),
		cmocka_unit_test(odd_lists_harm_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
