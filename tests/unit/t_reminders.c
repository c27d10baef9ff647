#include "../../cmd/tools/remind/reminders.h"

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "keep.h"

static struct cJSON *ask(const char *arguments)
{
	struct cJSON *request = json_parse(arguments, strlen(arguments)), *answer = reminders_run(request);

	cJSON_Delete(request);
	assert_non_null(answer);
	return answer;
}

/* The same local clock time, so many days from now. */
static const char *in_days(int days, const char *clock)
{
	static char out[200];
	time_t now = time(NULL);
	struct tm t;

	localtime_r(&now, &t);
	t.tm_mday += days;
	t.tm_hour = 12;
	t.tm_isdst = -1;
	mktime(&t);
	strftime(out, 32, "%Y-%m-%dT", &t);
	strcat(out, clock);
	return out;
}

static const struct {
	const char *arguments;
	bool ok;
	const char *text;
} story[] = {
	{ "{\"do\":\"list\"}", true, "You have no reminders." },
	{ "{\"do\":\"due\"}", true, "No reminder is due." },
	{ "{\"do\":\"delete\"}", false, "You have no reminders." },
	{ "{\"do\":\"add\"}", false, "What shall I remind you of?" },
	{ "{\"do\":\"add\",\"text\":\"tea\"}", false, "When shall I remind you?" },
	{ "{\"do\":\"add\",\"text\":\"tea\",\"at\":\"2024-01-05T10:00\"}", false,
	  "That time is over: it was on 5 January 2024 at 10:00." },
	{ "{\"do\":\"add\",\"text\":\"tea\",\"at\":\"tonight\"}", false, "at: no such date or time" },
	{ "{\"do\":\"add\",\"text\":\"tea\",\"at\":\"2030-02-30T10:00\"}", false, "at: no such date or time" },
	{ "{\"do\":\"add\",\"text\":\"tea\",\"at\":\"2030-03-31T02:30\"}", false, "There is no such time on that day" },
	{ "{\"do\":\"add\",\"text\":\"tea\",\"at\":\"2999-01-01T02:30\"}", false, "That is more than five years ahead." },
	{ "{\"do\":\"add\",\"text\":\"tea\",\"in_s\":1e300}", false, "That is more than five years ahead." },
	{ "{\"do\":\"add\",\"text\":\" tea\\n\",\"in_s\":600}", true, "I will remind you in 10 minutes: tea." },
	{ "{\"do\":\"add\",\"text\":\"egg\",\"in_s\":60}", true, "I will remind you in 1 minute: egg." },
	{ "{\"do\":\"add\",\"text\":\"Out!\",\"in_s\":45}", true, "I will remind you in 45 seconds: Out!" },
	{ "{\"do\":\"list\"}", true, "You have three reminders. One: Out!, " },
	{ "{\"do\":\"due\"}", true, "No reminder is due." },
	{ "{\"do\":\"told\"}", false, "id: which reminder was told?" },
	{ "{\"do\":\"told\",\"id\":\"3\"}", true, "Told: Out!" },
	{ "{\"do\":\"told\",\"id\":\"3\"}", true, "It was told before." },
	{ "{\"do\":\"delete\"}", false, "Which reminder? You have two." },
	{ "{\"do\":\"delete\",\"text\":\"e\"}", false, "Two reminders have these words. Which one?" },
	{ "{\"do\":\"delete\",\"id\":\"9\"}", false, "There is no such reminder; you have two." },
	{ "{\"do\":\"delete\",\"text\":\"TEA\"}", true, "The reminder is deleted: tea." },
	{ "{\"do\":\"delete\"}", true, "The reminder is deleted: egg." },
	{ "{\"do\":\"add\",\"text\":\"a\",\"in_s\":60}", true, "I will remind you in 1 minute: a." },
	{ "{\"do\":\"add\",\"text\":\"b\",\"in_s\":120}", true, "I will remind you in 2 minutes: b." },
	{ "{\"do\":\"add\",\"text\":\"c\",\"in_s\":180}", true, "I will remind you in 3 minutes: c." },
	{ "{\"do\":\"delete\",\"n\":4}", false, "There is no such reminder; you have three." },
	{ "{\"do\":\"delete\",\"n\":-1}", true, "The reminder is deleted: c." },
	{ "{\"do\":\"delete\",\"n\":1}", true, "The reminder is deleted: a." },
	{ "{\"do\":\"delete\",\"all\":true}", true, "All reminders are deleted." },
	{ "{\"do\":\"list\"}", true, "You have no reminders." },
	{ "{\"do\":\"fly\"}", false, "do: add, list, due, told or delete expected." },
};

static void reminders_are_kept(void **state)
{
	(void)state;
	setenv("RINGDOWN_CALLER", "+15551234567", 1);
	for (size_t i = 0; i < sizeof story / sizeof story[0]; i++) {
		struct cJSON *answer = ask(story[i].arguments);
		const char *text = json_text(answer, "text");

		if (json_flag(answer, "ok", !story[i].ok) != story[i].ok ||
		    strncmp(text, story[i].text, strlen(story[i].text)) != 0)
			fail_msg("%s: %s", story[i].arguments, text);
		cJSON_Delete(answer);
	}
}

static void local_time_is_said_and_utc_kept(void **state)
{
	char arguments[300], said[100];
	struct cJSON *answer;
	const struct cJSON *data;

	(void)state;
	setenv("RINGDOWN_CALLER", "+15550100001", 1);
	setenv("TZ", "Asia/Kolkata", 1); /* half an hour beside the others, no summer time */
	setenv("RINGDOWN_TZ", "Asia/Kolkata", 1);
	tzset();
	snprintf(arguments, sizeof arguments, "{\"do\":\"add\",\"text\":\"x\",\"at\":\"%s\"}", in_days(1, "20:00"));
	answer = ask(arguments);
	data = json_object(answer, "data");
	assert_string_equal(json_text(answer, "text"), "I will remind you tomorrow at 20:00: x.");
	assert_string_equal(json_text(data, "local"), "tomorrow at 20:00");
	snprintf(said, sizeof said, "%.10sT14:30:00Z", in_days(1, ""));
	assert_string_equal(json_text(data, "at"), said);
	cJSON_Delete(answer);
	setenv("RINGDOWN_TZ", "Europe/Berlin", 1);
}

/* What is in the past by now, in the order of time; and when the next one is. */
static void what_is_due_is_told(void **state)
{
	static const char *const ats[] = { "2026-01-01T08:00:00Z", "2026-01-02T08:00:00Z" };
	struct keep k;
	struct cJSON *list, *answer;
	const struct cJSON *due;
	char why[KEEP_WHY_BYTES];

	(void)state;
	setenv("RINGDOWN_CALLER", "+15550100002", 1);
	cJSON_Delete(ask("{\"do\":\"add\",\"text\":\"later\",\"in_s\":9000}"));
	assert_int_equal(keep_open(&k, "remind", true, why, sizeof why), 0);
	list = keep_list(&k, "reminders");
	for (int i = 1; i >= 0; i--)
		cJSON_InsertItemInArray(list, 0, json_make("id:s text:s at:s", i ? "8" : "7", i ? "two" : "one", ats[i]));
	assert_int_equal(keep_write(&k, why, sizeof why), 0);
	keep_close(&k);
	answer = ask("{\"do\":\"due\"}");
	due = json_array(json_object(answer, "data"), "due");
	assert_int_equal(cJSON_GetArraySize(due), 2);
	assert_string_equal(json_text(due->child, "id"), "7");
	assert_non_null(json_text(json_object(answer, "data"), "next_at"));
	assert_true(strncmp(json_text(answer, "text"), "I am to remind you: one, ", 25) == 0);
	cJSON_Delete(answer);
}

static void many_long_ones_stay_bounded(void **state)
{
	char arguments[REMINDERS_TEXT_MAX_BYTES * 2 + 100], text[REMINDERS_TEXT_MAX_BYTES * 2 + 1];
	struct cJSON *answer;
	char *printed;

	(void)state;
	setenv("RINGDOWN_CALLER", "+15550100003", 1);
	for (size_t i = 0; i < REMINDERS_TEXT_MAX_BYTES; i++)
		memcpy(text + 2 * i, "\\\"", 2);
	text[sizeof text - 1] = 0;
	snprintf(arguments, sizeof arguments, "{\"do\":\"add\",\"in_s\":999,\"text\":\"%s\"}", text);
	for (int i = 0; i <= REMINDERS_MAX; i++) {
		answer = ask(arguments);
		assert_int_equal(json_flag(answer, "ok", false), i < REMINDERS_MAX);
		cJSON_Delete(answer);
	}
	answer = ask("{\"do\":\"list\"}");
	assert_in_range(strlen(json_text(answer, "text")), 100, 1900);
	printed = json_print(answer);
	assert_in_range(strlen(printed), 1000, 24000);
	free(printed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reminders_are_kept),
		cmocka_unit_test(local_time_is_said_and_utc_kept),
		cmocka_unit_test(what_is_due_is_told),
		cmocka_unit_test(many_long_ones_stay_bounded),
	};
	char folder[] = "/tmp/rd-remind-XXXXXX";

	setenv("RINGDOWN_TOOL_DIR", getenv("TMP") ? getenv("TMP") : mkdtemp(folder), 1);
	setenv("RINGDOWN_TZ", "Europe/Berlin", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
