#include "notes.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "keep.h"
#include "toolkit.h"
#include "utf8.h"
#include "when.h"

#define LISTED_MAX 8 /* in one breath */
#define TEXTS_BYTES 140u
#define ENTRIES_MAX 50	 /* in data: an answer has its limit */
#define LISTED_BYTES 70u /* of each */
#define ANSWER_BYTES 1800u
#define WORDS_BYTES 81u /* of what was looked for and is said back */

struct request {
	struct keep keep;
	struct cJSON *notes;
	const char *text;
	long n, count;
	bool all;
	char why[KEEP_WHY_BYTES];
};

static const char *words_of(const struct cJSON *note)
{
	const char *text = json_text(note, "text");

	return text ? text : "";
}

/* data of one note: {count, n, text, at}. */
static struct cJSON *data_of(const struct cJSON *note, long n, long count)
{
	const char *at = json_text(note, "at");

	return json_make("count:i n:i text:s at:s", (int)count, (int)n, words_of(note), at ? at : "");
}

static struct cJSON *save(struct request *r)
{
	return keep_write(&r->keep, r->why, sizeof r->why) < 0 ? toolkit_failed("%s", r->why) : NULL;
}

/* --- which one is meant */

static long index_of(const struct request *r)
{
	return r->n < 0 ? r->count + r->n : r->n - 1;
}

/* "Two notes have these words: two, five. Which one?" */
static struct cJSON *ask_which(const struct request *r, long found)
{
	char all[LISTED_MAX * (TOOLKIT_COUNT_BYTES + 2)] = "", number[TOOLKIT_COUNT_BYTES];
	size_t used = 0;
	long n = 0;
	const struct cJSON *note;

	if (found > LISTED_MAX)
		return toolkit_failed("%s notes have these words. Which one?", toolkit_count_begin(found, number));
	cJSON_ArrayForEach(note, r->notes) {
		n++;
		if (strcasestr(words_of(note), r->text))
			used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", used ? ", " : "",
						 toolkit_count(n, number));
	}
	return toolkit_failed("%s notes have these words: %s. Which one?", toolkit_count_begin(found, number), all);
}

static struct cJSON *no_such_note(const struct request *r)
{
	char number[TOOLKIT_COUNT_BYTES];

	return toolkit_failed("There is no such note; you have %s.", toolkit_count(r->count, number));
}

/* The index, or -1 with an answer. Nothing named: the newest, unless sure is wanted and there are several. */
static long choose(const struct request *r, bool sure, struct cJSON **answer)
{
	char number[TOOLKIT_COUNT_BYTES], words[WORDS_BYTES];
	long at = -1, i = 0, found = 0;
	const struct cJSON *note;

	if (r->count == 0)
		return *answer = toolkit_failed("You have no notes."), -1;
	if (r->n) {
		at = index_of(r);
		if (at >= 0 && at < r->count)
			return at;
		return *answer = no_such_note(r), -1;
	}
	if (!r->text) {
		if (!sure || r->count == 1)
			return r->count - 1;
		return *answer = toolkit_failed("Which note? You have %s.", toolkit_count(r->count, number)), -1;
	}
	cJSON_ArrayForEach(note, r->notes) {
		if (strcasestr(words_of(note), r->text)) {
			at = i;
			found++;
		}
		i++;
	}
	toolkit_line(r->text, words, sizeof words);
	if (found == 0)
		*answer = toolkit_failed("No note has the words %s.", words);
	else if (found > 1)
		*answer = ask_which(r, found);
	return found == 1 ? at : -1;
}

/* --- what can be done */

static struct cJSON *add(struct request *r)
{
	char at[WHEN_BYTES], number[TOOLKIT_COUNT_BYTES], text[NOTES_TEXT_MAX_BYTES + 1];
	struct cJSON *failed, *note;

	if (!r->text)
		return toolkit_failed("What shall I note?");
	if (strlen(r->text) > NOTES_TEXT_MAX_BYTES)
		return toolkit_failed("That is too long for one note.");
	if (r->count >= NOTES_MAX)
		return toolkit_failed("You have %d notes, and there is no room for more. Delete one first.", NOTES_MAX);
	toolkit_line(r->text, text, sizeof text);
	note = json_make("text:s at:s", text, when_utc(time(NULL), at));
	if (!note || !cJSON_AddItemToArray(r->notes, note)) {
		cJSON_Delete(note);
		return toolkit_failed("I cannot take the note: there is no memory left.");
	}
	failed = save(r);
	if (failed)
		return failed;
	return toolkit_data(toolkit_ok("I have noted: %s%s That is note %s.", text, toolkit_stop(text),
				       toolkit_count(r->count + 1, number)),
			    data_of(note, r->count + 1, r->count + 1));
}

/* As much of it as fits into a list that is heard. */
static size_t say_short(char *out, size_t size, long n, const char *text)
{
	char number[TOOLKIT_COUNT_BYTES];
	size_t clip = utf8_clip(text, LISTED_BYTES), whole = strlen(text);

	while (clip < whole && clip > 1 && text[clip - 1] != ' ')
		clip--;
	while (clip < whole && clip > 1 && text[clip - 1] == ' ')
		clip--;
	if (clip <= 1 && whole > 1)
		clip = utf8_clip(text, LISTED_BYTES);
	return (size_t)snprintf(out, size, " %s: %.*s%s", toolkit_count_begin(n, number), (int)clip, text,
				clip < whole ? " and so on." : toolkit_stop(text));
}

static struct cJSON *shortened(const struct cJSON *note)
{
	char text[TEXTS_BYTES + 1];

	toolkit_line(words_of(note), text, sizeof text);
	return cJSON_CreateString(text);
}

static struct cJSON *list(struct request *r)
{
	long first = r->n && r->count ? index_of(r) : 0, n = 0, told = 0;
	char text[ANSWER_BYTES], number[TOOLKIT_COUNT_BYTES];
	struct cJSON *texts;
	const struct cJSON *note;
	size_t used;

	if (first < 0 || (first && first >= r->count))
		return no_such_note(r);
	texts = cJSON_CreateArray();
	used = (size_t)snprintf(text, sizeof text, "You have %s note%s.", toolkit_count(r->count, number),
				r->count == 1 ? "" : "s");
	cJSON_ArrayForEach(note, r->notes) {
		if (n++ < first)
			continue;
		if (n - first <= ENTRIES_MAX)
			cJSON_AddItemToArray(texts, shortened(note));
		if (told < LISTED_MAX) {
			used += say_short(text + used, sizeof text - used, n, words_of(note));
			told++;
		}
	}
	if (told && first + told < r->count)
		snprintf(text + used, sizeof text - used, " And %s more.",
			 toolkit_count(r->count - first - told, number));
	return toolkit_data(toolkit_ok("%s", text),
			    json_make("count:i first:i texts:j", (int)r->count, (int)first + 1, texts));
}

static struct cJSON *read_one(struct request *r)
{
	struct cJSON *answer = NULL;
	char number[TOOLKIT_COUNT_BYTES];
	long at = choose(r, false, &answer);
	const struct cJSON *note = at < 0 ? NULL : cJSON_GetArrayItem(r->notes, (int)at);

	if (!note)
		return answer;
	return toolkit_data(toolkit_ok("Note %s: %s%s", toolkit_count(at + 1, number), words_of(note),
				       toolkit_stop(words_of(note))),
			    data_of(note, at + 1, r->count));
}

static struct cJSON *delete_all(struct request *r)
{
	char number[TOOLKIT_COUNT_BYTES];
	struct cJSON *failed;

	cJSON_DeleteItemFromObjectCaseSensitive(r->keep.content, "notes");
	failed = save(r);
	if (failed)
		return failed;
	return toolkit_data(toolkit_ok(r->count == 1 ? "The note is deleted." : "All %s notes are deleted.",
				       toolkit_count(r->count, number)),
			    json_make("count:i", 0));
}

static struct cJSON *delete_one(struct request *r)
{
	struct cJSON *answer = NULL, *note, *failed;
	long at;

	if (r->all && r->count)
		return delete_all(r);
	at = choose(r, true, &answer);
	if (at < 0)
		return answer;
	note = cJSON_DetachItemFromArray(r->notes, (int)at);
	failed = save(r);
	if (!failed)
		answer = toolkit_data(
			toolkit_ok("The note is deleted: %s%s", words_of(note), toolkit_stop(words_of(note))),
			data_of(note, at + 1, r->count - 1));
	cJSON_Delete(note);
	return failed ? failed : answer;
}

static const struct {
	const char *name;
	bool writes;
	struct cJSON *(*run)(struct request *r);
} deeds[] = {
	{ "add", true, add },
	{ "list", false, list },
	{ "read", false, read_one },
	{ "delete", true, delete_one },
};

static struct cJSON *run(struct request *r, size_t deed)
{
	if (keep_open(&r->keep, "notes", deeds[deed].writes, r->why, sizeof r->why) < 0)
		return toolkit_failed("%s", r->why);
	r->notes = keep_list(&r->keep, "notes");
	r->count = cJSON_GetArraySize(r->notes);
	return deeds[deed].run(r);
}

struct cJSON *notes_run(const struct cJSON *arguments)
{
	const char *deed = json_text(arguments, "do"), *text = json_text(arguments, "text");
	struct request r = { .n = json_whole(arguments, "n", 0, -NOTES_MAX, NOTES_MAX),
			     .all = json_flag(arguments, "all", false),
			     .text = text && text[strspn(text, " \t\r\n")] ? text : NULL };
	struct cJSON *answer = NULL;

	for (size_t i = 0; deed && !answer && i < sizeof deeds / sizeof deeds[0]; i++)
		if (strcmp(deed, deeds[i].name) == 0) {
			answer = run(&r, i);
			keep_close(&r.keep);
		}
	return answer ? answer : toolkit_failed("do: add, list, read or delete expected.");
}
