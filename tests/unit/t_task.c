#include "../../cmd/tools/tasks/task.h"

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "when.h"

/* A day so many days from now, with what stands behind it. Not at midnight, when a day is over sooner than a test. */
static char *day(int days, const char *time_of_day, char out[32])
{
	time_t t = time(NULL) + days * 86400L;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%d", &tm);
	strncat(out, time_of_day, 31 - strlen(out));
	return out;
}

static struct cJSON *make(void)
{
	struct cJSON *tasks = cJSON_CreateArray();
	char due[32];

	cJSON_AddItemToArray(tasks, json_make("id:s content:s", "a", "Buy milk"));
	cJSON_AddItemToArray(tasks, json_make("id:s content:s due:s", "b", "Buy bread", day(3, "", due)));
	cJSON_AddItemToArray(tasks, json_make("id:s content:s due:s", "c", "Old", day(-30, "T10:00:00", due)));
	cJSON_AddItemToArray(tasks, json_make("id:s content:s due:s", "d", "Far", day(30, "T10:00:00Z", due)));
	cJSON_AddItemToArray(tasks, json_make("id:s content:s due:s", "e", "Odd", "whenever"));
	return tasks;
}

static const struct {
	const char *when, *ids; /* in the order in which they are told */
} lists[] = { { NULL, "cbdae" }, { "all", "cbdae" }, { "today", "c" }, { "week", "cb" }, { "overdue", "c" } };

static void the_most_urgent_comes_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		struct cJSON *answer = task_tell_all(make(), lists[i].when);
		const struct cJSON *task, *data = json_object(answer, "data");
		char ids[16] = "";

		cJSON_ArrayForEach(task, json_array(data, "tasks"))
			strncat(ids, json_text(task, "id"), sizeof ids - strlen(ids) - 1);
		assert_string_equal(ids, lists[i].ids);
		assert_int_equal(json_whole(data, "count", -1, 0, 100), strlen(ids));
		cJSON_Delete(answer);
	}
}

static const struct {
	const char *id, *words, *chosen, *why; /* chosen NULL: none */
} choices[] = {
	{ "b", NULL, "b", NULL },
	{ "b", "milk", "b", NULL },
	{ "x", "milk", NULL, "There is no such task on the list." },
	{ NULL, "MILK", "a", NULL },
	{ NULL, "buy", NULL, "Two tasks have these words: Buy milk; Buy bread. Which one?" },
	{ NULL, "buy milk", "a", NULL },
	{ NULL, "wash", NULL, "No task on the list has the words wash." },
};

static void the_one_that_is_meant_is_chosen(void **state)
{
	struct cJSON *tasks = make();

	(void)state;
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
		struct cJSON *answer = NULL;
		const struct cJSON *task = task_choose(tasks, choices[i].id, choices[i].words, &answer);

		if (choices[i].chosen)
			assert_string_equal(json_text(task, "id"), choices[i].chosen);
		else
			assert_string_equal(json_text(answer, "text"), choices[i].why);
		cJSON_Delete(answer);
	}
	cJSON_Delete(tasks);
}

static void a_day_is_said_without_its_midnight(void **state)
{
	char words[TASK_DUE_BYTES];

	(void)state;
	assert_string_equal(task_due_words("2020-03-04", words), ", due on 4 March 2020");
	assert_string_equal(task_due_words("2020-03-04T20:00:00", words), ", due on 4 March 2020 at 20:00");
	assert_string_equal(task_due_words("2020-02-30", words), "");
	assert_string_equal(task_due_words(NULL, words), "");
	assert_string_equal(task_due_words("a very long text that is no date at all, not in any way", words), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_urgent_comes_first),
		cmocka_unit_test(the_one_that_is_meant_is_chosen),
		cmocka_unit_test(a_day_is_said_without_its_midnight),
	};

	(void)when_zone("UTC");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
