#include "../../cmd/tools/notes/notes.h"

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static const struct {
	const char *arguments;
	bool ok;
	const char *text; /* the answer begins like this */
} story[] = {
	{ "{\"do\":\"list\"}", true, "You have no notes." },
	{ "{\"do\":\"read\"}", false, "You have no notes." },
	{ "{\"do\":\"delete\",\"n\":1}", false, "You have no notes." },
	{ "{\"do\":\"add\"}", false, "What shall I note?" },
	{ "{\"do\":\"add\",\"text\":\" \\n \"}", false, "What shall I note?" },
	{ "{\"do\":\"add\",\"text\":\" buy\\tmilk \"}", true, "I have noted: buy milk. That is note one." },
	{ "{\"do\":\"read\"}", true, "Note one: buy milk." },
	{ "{\"do\":\"add\",\"text\":\"Call mum!\"}", true, "I have noted: Call mum! That is note two." },
	{ "{\"do\":\"add\",\"text\":\"more Milk\"}", true, "I have noted: more Milk. That is note three." },
	{ "{\"do\":\"list\"}", true, "You have three notes. One: buy milk. Two: Call mum! Three: more Milk." },
	{ "{\"do\":\"list\",\"n\":3}", true, "You have three notes. Three: more Milk." },
	{ "{\"do\":\"list\",\"n\":-1}", true, "You have three notes. Three: more Milk." },
	{ "{\"do\":\"list\",\"n\":9}", false, "There is no such note; you have three." },
	{ "{\"do\":\"list\",\"n\":-9}", false, "There is no such note; you have three." },
	{ "{\"do\":\"read\",\"n\":2}", true, "Note two: Call mum!" },
	{ "{\"do\":\"read\",\"n\":-1}", true, "Note three: more Milk." },
	{ "{\"do\":\"read\",\"text\":\"MUM\"}", true, "Note two: Call mum!" },
	{ "{\"do\":\"read\",\"text\":\"milk\"}", false, "Two notes have these words: one, three. Which one?" },
	{ "{\"do\":\"read\",\"text\":\"zebra\"}", false, "No note has the words zebra." },
	{ "{\"do\":\"read\",\"n\":4}", false, "There is no such note; you have three." },
	{ "{\"do\":\"read\",\"n\":-4}", false, "There is no such note; you have three." },
	{ "{\"do\":\"delete\"}", false, "Which note? You have three." },
	{ "{\"do\":\"delete\",\"n\":1}", true, "The note is deleted: buy milk." },
	{ "{\"do\":\"delete\",\"text\":\"milk\"}", true, "The note is deleted: more Milk." },
	{ "{\"do\":\"delete\"}", true, "The note is deleted: Call mum!" },
	{ "{\"do\":\"list\"}", true, "You have no notes." },
	{ "{\"do\":\"delete\",\"all\":true}", false, "You have no notes." },
	{ "{\"do\":\"add\",\"text\":\"a\"}", true, "I have noted: a. That is note one." },
	{ "{\"do\":\"add\",\"text\":\"b\"}", true, "I have noted: b. That is note two." },
	{ "{\"do\":\"delete\",\"all\":true}", true, "All two notes are deleted." },
	{ "{\"do\":\"list\"}", true, "You have no notes." },
	{ "{\"do\":\"list\",\"n\":1}", true, "You have no notes." },
	{ "{\"do\":\"burn\"}", false, "do: add, list, read or delete expected." },
	{ "{}", false, "do: add, list, read or delete expected." },
};

static struct cJSON *ask(const char *arguments)
{
	struct cJSON *request = json_parse(arguments, strlen(arguments)), *answer = notes_run(request);

	cJSON_Delete(request);
	assert_non_null(answer);
	return answer;
}

static void notes_are_taken_and_read(void **state)
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

/* A note is kept whole or not at all; what is said back is cut between two characters. */
static void what_is_too_long_is_said(void **state)
{
	char arguments[NOTES_TEXT_MAX_BYTES + 100], umlauts[NOTES_TEXT_MAX_BYTES + 1] = "";
	struct cJSON *answer;

	(void)state;
	setenv("RINGDOWN_CALLER", "+15550100002", 1);
	for (size_t i = 0; i + 2 < sizeof umlauts; i += 2)
		memcpy(umlauts + i, "\xc3\xa4", 3);
	snprintf(arguments, sizeof arguments, "{\"do\":\"add\",\"text\":\"%sxx\"}", umlauts);
	answer = ask(arguments);
	assert_string_equal(json_text(answer, "text"), "That is too long for one note.");
	cJSON_Delete(answer);
	cJSON_Delete(ask("{\"do\":\"add\",\"text\":\"x\"}"));
	snprintf(arguments, sizeof arguments, "{\"do\":\"read\",\"text\":\"y%.100s\"}", umlauts);
	answer = ask(arguments);
	assert_int_equal(strlen(json_text(answer, "text")), strlen("No note has the words .") + 79);
	cJSON_Delete(answer);
}

/* As many as there may be, as long as they may be: the answer stays one that rd-tools takes, and is short to hear. */
static void many_long_ones_stay_bounded(void **state)
{
	char arguments[NOTES_TEXT_MAX_BYTES + 100], word[NOTES_TEXT_MAX_BYTES + 1];
	struct cJSON *answer;
	char *printed;

	(void)state;
	setenv("RINGDOWN_CALLER", "+15550100001", 1);
	memset(word, '\'', sizeof word - 1);
	word[sizeof word - 1] = 0;
	snprintf(arguments, sizeof arguments, "{\"do\":\"add\",\"text\":\"%s\"}", word);
	for (int i = 0; i < NOTES_MAX; i++) {
		answer = ask(arguments);
		assert_true(json_flag(answer, "ok", false));
		cJSON_Delete(answer);
	}
	answer = ask(arguments);
	assert_false(json_flag(answer, "ok", true));
	cJSON_Delete(answer);
	answer = ask("{\"do\":\"list\"}");
	assert_in_range(strlen(json_text(answer, "text")), 100, 1000);
	assert_non_null(strstr(json_text(answer, "text"), "And 92 more."));
	printed = json_print(answer);
	assert_in_range(strlen(printed), 1000, 24000);
	free(printed);
	answer = ask("{\"do\":\"read\",\"text\":\"'\"}");
	assert_string_equal(json_text(answer, "text"), "100 notes have these words. Which one?");
	cJSON_Delete(answer);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes_are_taken_and_read),
		cmocka_unit_test(what_is_too_long_is_said),
		cmocka_unit_test(many_long_ones_stay_bounded),
	};
	char folder[] = "/tmp/rd-notes-XXXXXX";

	setenv("RINGDOWN_TOOL_DIR", getenv("TMP") ? getenv("TMP") : mkdtemp(folder), 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
