#include "../../cmd/rd-memory/turns.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "clock.h"
#include "json.h"

#define NO_ITEM 0u
#define ITEM (2u << 24 | 1u)
#define NEXT_ITEM (2u << 24 | 2u)

static int written;
static char last_row[2000];

static void on_changed(struct turns *t, const struct turn *turn)
{
	char *row = json_print(turns_row(t, turn));

	written++;
	snprintf(last_row, sizeof last_row, "%s", row);
	free(row);
}

/* A conversation as a script of steps; after it the list that a brain is told. */
enum deed { SAID, PIECE, AUDIO, DONE, BROKEN_OFF, HEARD, END, CLEARED, HEARD_TEXT, CLEARED_TEXT, SETTLE };

struct step {
	enum deed deed;
	uint32_t item;
	long ms, sent_ms;
	const char *text;
};

struct story {
	const char *name;
	struct step steps[12];
	const char *list;
};

static const struct story stories[] = {
	{ "nothing", { { SAID, NO_ITEM, 0, 0, NULL } }, "[]" },
	{ "a question and an answer heard to its end",
	  { { SAID, NO_ITEM, 0, 0, "What time is it?" },
	    { DONE, ITEM, 0, 1000, "It is five." },
	    { HEARD, ITEM, 500, 600, NULL },
	    { END, ITEM, 1000, 1000, NULL } },
	  "[{\"who\":\"user\",\"text\":\"What time is it?\",\"cut\":false},"
	  "{\"who\":\"assistant\",\"text\":\"It is five.\",\"cut\":false}]" },
	{ "cut in the middle, known whole before",
	  { { DONE, ITEM, 0, 4000, "One two three four." },
	    { HEARD, ITEM, 1000, 1400, NULL },
	    { CLEARED, ITEM, 2000, 2400, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"One two\",\"cut\":true}]" },
	{ "cut in the middle, known whole only afterwards",
	  { { AUDIO, ITEM, 4000, 0, NULL },
	    { CLEARED, ITEM, 2000, 2400, NULL },
	    { DONE, ITEM, 0, 4000, "One two three four." } },
	  "[{\"who\":\"assistant\",\"text\":\"One two\",\"cut\":true}]" },
	{ "cut in the middle, its sayer died: the words had said how long they were",
	  { { PIECE, ITEM, 0, 4000, "One two three four." }, { CLEARED, ITEM, 2000, 2400, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"One two\",\"cut\":true}]" },
	{ "broken off while its words ran ahead of its sound",
	  { { PIECE, ITEM, 0, 1000, "One two three four five six seven eight nine ten." },
	    { HEARD, ITEM, 900, 1000, NULL },
	    { BROKEN_OFF, ITEM, 0, 1000, "One two three four five six seven eight nine ten." },
	    { CLEARED, ITEM, 1000, 1000, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"One two three\",\"cut\":true}]" },
	{ "its sayer died while they did, and another went on",
	  { { PIECE, ITEM, 0, 1000, "One two three four five six seven eight nine ten." },
	    { HEARD, ITEM, 900, 1000, NULL },
	    { DONE, NEXT_ITEM, 0, 2000, "And so on." },
	    { END, NEXT_ITEM, 2000, 2000, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"One two three\",\"cut\":true},"
	  "{\"who\":\"assistant\",\"text\":\"And so on.\",\"cut\":false}]" },
	{ "as quick as they speak in this call",
	  { { DONE, ITEM, 0, 400, "0123456789 0123456789 0123456789 0123456789" },
	    { END, ITEM, 400, 400, NULL },
	    { PIECE, NEXT_ITEM, 0, 1000, "One two three four five six seven eight nine ten." },
	    { CLEARED, NEXT_ITEM, 1000, 1000, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"0123456789 0123456789 0123456789 0123456789\",\"cut\":false},"
	  "{\"who\":\"assistant\",\"text\":\"One two three four\",\"cut\":true}]" },
	{ "cleared when all of it had been heard",
	  { { DONE, ITEM, 0, 1000, "Hello there." },
	    { END, ITEM, 1000, 1000, NULL },
	    { CLEARED, ITEM, 1000, 1000, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"Hello there.\",\"cut\":false}]" },
	{ "cleared before a word was heard: it was never said",
	  { { DONE, ITEM, 0, 1000, "Hello there." }, { CLEARED, ITEM, 0, 100, NULL } },
	  "[]" },
	{ "still being played: it will have been heard",
	  { { DONE, ITEM, 0, 4000, "One two three four." }, { HEARD, ITEM, 1000, 1400, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"One two three four.\",\"cut\":false}]" },
	{ "the brain died in the middle of it",
	  { { PIECE, ITEM, 0, 0, "One two " },
	    { AUDIO, ITEM, 2000, 0, NULL },
	    { PIECE, ITEM, 0, 0, "three" },
	    { HEARD, ITEM, 500, 900, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"One two three\",\"cut\":true}]" },
	{ "and the caller cut what was left of it",
	  { { PIECE, ITEM, 0, 0, "One two three four." },
	    { AUDIO, ITEM, 4000, 0, NULL },
	    { CLEARED, ITEM, 2000, 2400, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"One two\",\"cut\":true}]" },
	{ "pieces are replaced by the whole",
	  { { PIECE, ITEM, 0, 0, "One tw" },
	    { DONE, ITEM, 0, 1000, "One two." },
	    { PIECE, ITEM, 0, 0, " late" },
	    { END, ITEM, 1000, 1000, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"One two.\",\"cut\":false}]" },
	{ "the next item is heard, so the one before was",
	  { { DONE, ITEM, 0, 1000, "First." },
	    { HEARD, ITEM, 200, 400, NULL },
	    { DONE, NEXT_ITEM, 0, 1000, "Second one." },
	    { HEARD, NEXT_ITEM, 20, 400, NULL },
	    { CLEARED, NEXT_ITEM, 700, 800, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"First.\",\"cut\":false},{\"who\":\"assistant\",\"text\":\"Second\","
	  "\"cut\":true}]" },
	{ "two clears in a row, the second knows more",
	  { { DONE, ITEM, 0, 4000, "One two three four." },
	    { CLEARED, ITEM, 1000, 1400, NULL },
	    { CLEARED, ITEM, 2000, 2400, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"One two\",\"cut\":true}]" },
	{ "the call ended in the middle",
	  { { DONE, ITEM, 0, 4000, "One two three four." },
	    { HEARD, ITEM, 2000, 2400, NULL },
	    { SETTLE, NO_ITEM, 0, 0, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"One two\",\"cut\":true}]" },
	{ "the call ended after it",
	  { { DONE, ITEM, 0, 1000, "Good-bye." }, { END, ITEM, 1000, 1000, NULL }, { SETTLE, NO_ITEM, 0, 0, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"Good-bye.\",\"cut\":false}]" },
	{ "a carrier of text",
	  { { DONE, ITEM, 0, 0, "One two three." },
	    { HEARD_TEXT, NO_ITEM, 0, 0, "One" },
	    { CLEARED_TEXT, NO_ITEM, 0, 0, "One two" } },
	  "[{\"who\":\"assistant\",\"text\":\"One two\",\"cut\":true}]" },
	{ "a carrier of text, to the end",
	  { { DONE, ITEM, 0, 0, "One two." },
	    { HEARD_TEXT, NO_ITEM, 0, 0, "One two." },
	    { SETTLE, NO_ITEM, 0, 0, NULL } },
	  "[{\"who\":\"assistant\",\"text\":\"One two.\",\"cut\":false}]" },
	{ "heard of something unknown",
	  { { HEARD, ITEM, 500, 600, NULL }, { CLEARED, NEXT_ITEM, 500, 600, NULL } },
	  "[]" },
	{ "no item",
	  { { PIECE, NO_ITEM, 0, 0, "x" }, { AUDIO, NO_ITEM, 20, 0, NULL }, { DONE, NO_ITEM, 0, 5, "x" } },
	  "[]" },
};

static void play(struct turns *t, const struct step *s, uint64_t now_us)
{
	struct event_heard h = { .item = s->item, .heard_ms = s->ms, .sent_ms = s->sent_ms, .end = s->deed == END };

	switch (s->deed) {
	case SAID:
		if (s->text)
			turns_said(t, TURN_USER, 2, 0, (uint32_t)now_us, now_us, s->text);
		break;
	case PIECE: turns_piece(t, s->item, s->text, s->sent_ms, now_us); break;
	case AUDIO: turns_audio(t, s->item, (uint64_t)s->ms * 1000, now_us); break;
	case DONE:
	case BROKEN_OFF: turns_done(t, s->item, s->text, NULL, s->sent_ms, s->deed == DONE, now_us); break;
	case HEARD:
	case END: turns_heard(t, &h, false, now_us); break;
	case CLEARED: turns_heard(t, &h, true, now_us); break;
	case HEARD_TEXT: turns_heard_text(t, s->text, false, now_us); break;
	case CLEARED_TEXT: turns_heard_text(t, s->text, true, now_us); break;
	case SETTLE: turns_settle(t, now_us); break;
	}
}

static void the_conversation_is_what_was_heard(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
		struct turns *t = calloc(1, sizeof *t);
		char *list;

		t->changed = on_changed;
		for (size_t k = 0; k < sizeof stories[i].steps / sizeof stories[i].steps[0]; k++)
			if (k == 0 || stories[i].steps[k].deed || stories[i].steps[k].text)
				play(t, &stories[i].steps[k], 1000 + k);
		list = json_print(turns_list(t, 10000));
		if (strcmp(list, stories[i].list) != 0)
			fail_msg("%s: %s", stories[i].name, list);
		free(list);
		turns_close(t);
		free(t);
	}
}

/* What was written down, loaded by another life, tells the same. */
static void another_life_knows_the_same(void **state)
{
	struct turns *t = calloc(1, sizeof *t), *after = calloc(1, sizeof *after);
	struct event_heard h = { .item = ITEM, .heard_ms = 2000, .sent_ms = 2400 };
	struct cJSON *rows = cJSON_CreateArray();
	char *before, *list;

	(void)state;
	t->changed = after->changed = on_changed;
	turns_said(t, TURN_USER, 2, 0, 1, 1000, "Count!");
	turns_done(t, ITEM, "One two three four.", NULL, 4000, true, 2000);
	turns_heard(t, &h, true, 3000);
	turns_said(t, TURN_TOOL, 3, 0, 1, 4000, "time: It is five.");
	turns_done(t, NEXT_ITEM, "Still in play.", NULL, 4000, true, 5000);
	before = json_print(turns_list(t, 10000));
	for (size_t i = 0; i < t->count; i++)
		cJSON_AddItemToArray(rows, turns_row(t, &t->all[i]));
	turns_said(after, TURN_USER, 2, 0, 1, 1000, "Count!"); /* said again: known by its place */
	turns_load(after, rows);
	turns_load(after, rows);
	list = json_print(turns_list(after, 10000));
	assert_string_equal(list, before);
	/* and the one in play may still be cut */
	h = (struct event_heard){ .item = NEXT_ITEM, .heard_ms = 2000, .sent_ms = 2400 };
	turns_heard(after, &h, true, 6000);
	assert_non_null(strstr(last_row, "\"text\":\"Still\",\"whole\":\"Still in play.\""));
	assert_non_null(strstr(last_row, "\"cut\":1"));
	free(before);
	free(list);
	cJSON_Delete(rows);
	turns_close(t);
	turns_close(after);
	free(t);
	free(after);
}

/* Everything has died while the model still spoke: the rest is owed, not complete. */
static void what_was_being_said_is_broken_off(void **state)
{
	struct turns *t = calloc(1, sizeof *t), *after = calloc(1, sizeof *after);
	struct cJSON *rows = cJSON_CreateArray();
	char *list;

	(void)state;
	t->changed = after->changed = on_changed;
	turns_piece(t, ITEM, "One two three four.", 4000, 2000);
	cJSON_AddItemToArray(rows, turns_row(t, &t->all[0]));
	turns_load(after, rows);
	list = json_print(turns_list(after, 10000));
	assert_string_equal(list, "[{\"who\":\"assistant\",\"text\":\"One two three four.\",\"cut\":true}]");
	free(list);
	cJSON_Delete(rows);
	turns_close(t);
	turns_close(after);
	free(t);
	free(after);
}

/* A call.cleared that is said again reaches a life that the store has not answered yet. */
static void the_clock_is_quicker_than_the_store(void **state)
{
	static const char text[] =
		"[{\"who\":\"user\",\"text\":\"Count!\",\"origin\":2,\"life\":0,\"seq\":1,\"at_us\":1000},"
		"{\"who\":\"assistant\",\"text\":\"One\",\"whole\":\"One two three "
		"four.\",\"origin\":2,\"life\":0,\"seq\":1,"
		"\"at_us\":2000,\"heard_ms\":1000,\"sent_ms\":4000,\"cut\":0}]";
	struct turns *t = calloc(1, sizeof *t);
	struct event_heard h = { .item = ITEM, .heard_ms = 2000, .sent_ms = 2400 };
	struct cJSON *rows = cJSON_Parse(text);
	char *list;

	(void)state;
	t->changed = on_changed;
	turns_heard(t, &h, true, 9000);
	turns_load(t, rows);
	list = json_print(turns_list(t, 10000));
	assert_string_equal(list, "[{\"who\":\"user\",\"text\":\"Count!\",\"cut\":false},"
				  "{\"who\":\"assistant\",\"text\":\"One two\",\"cut\":true}]");
	assert_non_null(strstr(last_row, "\"text\":\"One two\",\"whole\":\"One two three four.\""));
	free(list);
	cJSON_Delete(rows);
	turns_close(t);
	free(t);
}

/* The words of a caller are known only when the answer to them has begun. */
static void turns_stand_in_the_order_of_speech(void **state)
{
	struct turns *t = calloc(1, sizeof *t);
	char *list;

	(void)state;
	t->changed = on_changed;
	turns_piece(t, ITEM, "It is five.", 0, 2000);
	turns_said(t, TURN_USER, 2, 0, 7, 1000, "What time is it?");
	turns_done(t, ITEM, "It is five.", NULL, 100, true, 3000);
	list = json_print(turns_list(t, 10000));
	assert_true(strstr(list, "user") < strstr(list, "assistant"));
	free(list);
	turns_close(t);
	free(t);
}

static void writing_keeps_a_pace(void **state)
{
	struct turns *t = calloc(1, sizeof *t);
	struct event_heard h = { .item = ITEM, .sent_ms = 10000 };

	(void)state;
	t->changed = on_changed;
	written = 0;
	turns_done(t, ITEM, "A long sentence that takes ten seconds.", NULL, 10000, true, 0);
	for (h.heard_ms = 0; h.heard_ms < 10000; h.heard_ms += 200)
		turns_heard(t, &h, false, (uint64_t)h.heard_ms * 1000);
	h.end = true;
	turns_heard(t, &h, false, 10 * SECOND);
	assert_in_range(written, 8, 13);
	turns_close(t);
	free(t);
}

static void everything_is_bounded(void **state)
{
	struct turns *t = calloc(1, sizeof *t);
	char *text = malloc(40001), *list;

	(void)state;
	t->changed = on_changed;
	memset(text, 'x', 40000);
	text[40000] = 0;
	for (uint32_t i = 1; i <= 3 * TURNS_MAX; i++)
		turns_said(t, TURN_USER, 2, 0, i, i, "short");
	assert_int_equal(t->count, TURNS_MAX);
	turns_said(t, TURN_USER, 2, 1, 1, 10000, text);
	turns_piece(t, ITEM, text, 0, 10001);
	turns_piece(t, ITEM, text, 0, 10002);
	list = json_print(turns_list(t, 40000));
	assert_true(strlen(list) <= 40000);
	free(list);
	list = json_print(turns_list(t, 20000)); /* the newest that fit */
	assert_true(strlen(list) <= 20000 && strstr(list, "assistant") && !strstr(list, "short"));
	free(list);
	free(text);
	turns_close(t);
	free(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_conversation_is_what_was_heard),
		cmocka_unit_test(another_life_knows_the_same),
		cmocka_unit_test(what_was_being_said_is_broken_off),
		cmocka_unit_test(the_clock_is_quicker_than_the_store),
		cmocka_unit_test(turns_stand_in_the_order_of_speech),
		cmocka_unit_test(writing_keeps_a_pace),
		cmocka_unit_test(everything_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
