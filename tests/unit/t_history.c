#include "../../cmd/rd-bridge/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <cjson/cJSON.h>

#include "json.h"

/* As one line: U user, A assistant, S system, a bar behind each; ~ behind what was cut. */
static void assert_history(const struct history *h, const char *wanted)
{
	char line[4096] = "";
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++)
		n += (size_t)snprintf(line + n, sizeof line - n, "%c %s%s|", "UAST"[h->all[i].who],
				      h->all[i].text[0] ? h->all[i].text : "?", h->all[i].cut ? "~" : "");
	assert_string_equal(line, wanted);
}

static void a_call_is_kept_in_order(void **state)
{
	struct history h = { 0 };

	(void)state;
	history_assistant(&h, 1, "Hello.", false);
	history_user(&h, "u1", 17);
	history_assistant(&h, 2, "The capital is Paris.", false);
	assert_history(&h, "A Hello.|U ?|A The capital is Paris.|");
	assert_int_equal(history_user_text(&h, "u1", "What is the capital?")->since_us, 17); /* written down after it was answered */
	assert_null(history_user_text(&h, "u1", "What is the capital?"));
	assert_history(&h, "A Hello.|U What is the capital?|A The capital is Paris.|");
	assert_non_null(history_user_text(&h, "u2", "Thanks.")); /* a server that does not say when it was committed */
	history_note(&h, "Caller pressed 5");
	assert_history(&h, "A Hello.|U What is the capital?|A The capital is Paris.|U Thanks.|S Caller pressed 5|");
	assert_true(history_unanswered(&h));
	history_close(&h);
}

/* What a tool has found waits for a word about it, whoever spoke last: on a new connection nobody else asks for it. */
static void a_tools_answer_wants_one(void **state)
{
	static const char text[] = "{\"turns\":[{\"who\":\"user\",\"text\":\"How late is it?\"},"
				   "{\"who\":\"assistant\",\"text\":\"One moment.\"},"
				   "{\"who\":\"tool\",\"text\":\"time: It is five.\"}]}";
	struct cJSON *context = json_parse(text, sizeof text - 1);
	struct history h = { 0 };

	(void)state;
	history_user_text(&h, "u1", "How late is it?");
	history_assistant(&h, 1, "One moment.", false);
	history_note(&h, "You have called the tool time.");
	assert_false(history_unanswered(&h));
	assert_true(history_tool(&h, "time", "{\"text\":\"It is five.\"}"));
	assert_true(history_tool(&h, "time", "{\"text\":\"It is six.\"}"));
	history_note(&h, "Be brief.");
	assert_true(history_unanswered(&h));
	history_assistant(&h, 2, "It is five.", false);
	assert_false(history_unanswered(&h));
	history_close(&h);
	assert_true(history_take(&h, json_array(context, "turns"))); /* by the memory, to a brain that was started again */
	assert_string_equal(h.all[2].id, "time");
	assert_string_equal(h.all[2].text, "It is five.");
	assert_false(history_tool(&h, "time", "{\"ok\":true,\"text\":\"It is five.\"}"));
	assert_true(history_unanswered(&h));
	cJSON_Delete(context);
	history_close(&h);
}

static void only_what_was_heard_is_kept(void **state)
{
	struct history h = { 0 };

	(void)state;
	history_assistant(&h, 1, "Once upon a time there was.", false);
	history_cut(&h, 2, 4);
	assert_history(&h, "A Once upon a time there was.|");
	history_cut(&h, 1, 9);
	assert_history(&h, "A Once upon~|");
	assert_true(history_cut_short(&h));
	history_cut(&h, 1, 0);
	assert_history(&h, "A ?~|");
	assert_false(history_cut_short(&h)); /* nothing of it was said */
	history_close(&h);
}

static void who_waits_is_known(void **state)
{
	static const struct {
		const char *story; /* u user, w user without words, a assistant, c cut, s system */
		bool unanswered, cut_short;
	} cases[] = {
		{ "", false, false },  { "a", false, false }, { "u", true, false },    { "ua", false, false },
		{ "uc", false, true }, { "us", true, false }, { "ucs", false, true }, { "uw", true, false },
		{ "acu", true, false }, { "aw", false, false }, { "s", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct history h = { 0 };

		for (const char *p = cases[i].story; *p; p++)
			switch (*p) {
			case 'u': assert_non_null(history_user_text(&h, p, "Words.")); break;
			case 'w': history_user(&h, p, 0); break;
			case 'a': history_assistant(&h, 1, "Words.", false); break;
			case 'c': history_assistant(&h, 1, "Words.", true); break;
			default: history_note(&h, "Note."); break;
			}
		if (history_unanswered(&h) != cases[i].unanswered || history_cut_short(&h) != cases[i].cut_short)
			fail_msg("%s", cases[i].story);
		history_close(&h);
	}
}

static void turns_of_the_memory_are_taken(void **state)
{
	static const char text[] = "{\"turns\":[{\"who\":\"assistant\",\"text\":\"Hello.\",\"cut\":false},{\"who\":\"user\",\"text\":"
				   "\"Hi.\"},{\"who\":\"caller\",\"text\":\"You there?\"},{\"who\":\"assistant\",\"text\":\"I wa\",\"cut\":"
				   "true},{\"who\":\"tool\",\"text\":\"time: five\"},{\"who\":\"user\",\"text\":\"\"},5,{\"text\":7}]}";
	struct cJSON *context = json_parse(text, sizeof text - 1);
	struct history h = { 0 };

	(void)state;
	history_note(&h, "Caller pressed 5");
	assert_true(history_take(&h, json_array(context, "turns")));
	assert_history(&h, "A Hello.|U Hi.|U You there?|A I wa~|T five|");
	assert_false(history_take(&h, json_array(context, "turns"))); /* said again for somebody else */
	assert_false(history_take(&h, NULL));
	assert_int_equal(h.count, 5);
	cJSON_Delete(context);
	history_close(&h);
}

static void it_is_bounded(void **state)
{
	char text[HISTORY_TEXT_MAX + 200], *script;
	struct history h = { 0 };

	(void)state;
	for (int i = 0; i < HISTORY_MAX + 5; i++) {
		snprintf(text, sizeof text, "%d", i);
		assert_non_null(history_user_text(&h, text, text));
	}
	assert_int_equal(h.count, HISTORY_MAX);
	assert_string_equal(h.all[0].text, "5");
	assert_int_equal(history_first(&h, 5), HISTORY_MAX - 1);
	assert_int_equal(history_first(&h, 6), HISTORY_MAX - 2);
	script = history_script(&h, HISTORY_MAX, 30);
	assert_string_equal(script, "Caller: 403\nCaller: 404\n");
	free(script);
	assert_null(history_script(&h, 0, 30));
	assert_int_equal(history_first(&h, 100000), 0);
	assert_int_equal(history_first(&h, 0), HISTORY_MAX);
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	memcpy(text + 199 - 1, "\xc3\xbc", 2); /* the cut would go through a character */
	history_assistant(&h, 9, text, false);
	assert_int_equal(strlen(h.all[h.count - 1].text), HISTORY_TEXT_MAX - 1);
	history_cut(&h, 9, 500); /* of the whole text, not of what was kept */
	assert_int_equal(strlen(h.all[h.count - 1].text), 500 - 200);
	history_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_kept_in_order),
		cmocka_unit_test(a_tools_answer_wants_one),
		cmocka_unit_test(only_what_was_heard_is_kept),
		cmocka_unit_test(who_waits_is_known),
		cmocka_unit_test(turns_of_the_memory_are_taken),
		cmocka_unit_test(it_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
