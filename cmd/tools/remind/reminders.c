#include "reminders.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "keep.h"
#include "toolkit.h"
#include "when.h"

#define TOLD_MAX 8     /* in one breath */
#define ENTRIES_MAX 30 /* in data: an answer has its limit */
#define LISTED_BYTES 120u
#define TEXT_BYTES 1900
#define SHORT_S 3600 /* a timer rather than a date */

struct request {
	const struct cJSON *arguments;
	const char *text, *id;
	long n; /* in the order of the list, from 1; -1 is its last */
	bool all;
	struct keep keep;
	struct cJSON *list; /* in the order of their time */
	time_t now;
	char why[KEEP_WHY_BYTES];
};

static time_t time_of(const struct cJSON *one)
{
	const char *at = json_text(one, "at");
	time_t t;

	return at && when_read(at, &t) == 0 ? t : 0;
}

static const char *field(const struct cJSON *one, const char *name)
{
	const char *text = json_text(one, name);

	return text ? text : "";
}

/* As others see it: with the time in words. */
static struct cJSON *entry(const struct request *r, const struct cJSON *one, size_t bytes_max)
{
	char local[WHEN_BYTES], text[REMINDERS_TEXT_MAX_BYTES + 1];

	toolkit_line(field(one, "text"), text, bytes_max + 1);
	return json_make("id:s text:s at:s local:s", field(one, "id"), text, field(one, "at"),
			 when_say(time_of(one), r->now, local));
}

/* " One: call mum, today at 20:00." */
static size_t say_one(const struct request *r, const struct cJSON *one, const char *before, char *out, size_t size)
{
	char local[WHEN_BYTES], text[LISTED_BYTES + 1];

	toolkit_line(field(one, "text"), text, sizeof text);
	return (size_t)snprintf(out, size, "%s%s, %s.", before, text, when_say(time_of(one), r->now, local));
}

static struct cJSON *save(struct request *r)
{
	return keep_write(&r->keep, r->why, sizeof r->why) < 0 ? toolkit_failed("%s", r->why) : NULL;
}

/* --- add */

/* "in 10 minutes" while that is what one would say, else "today at 20:00". */
static const char *say_moment(const struct request *r, time_t at, bool timer, char out[WHEN_BYTES])
{
	long s = (long)(at - r->now);

	if (!timer || s > SHORT_S)
		return when_say(at, r->now, out);
	if (s % 60 == 0 || s > 300)
		snprintf(out, WHEN_BYTES, "in %ld minute%s", (s + 30) / 60, (s + 30) / 60 == 1 ? "" : "s");
	else
		snprintf(out, WHEN_BYTES, "in %ld second%s", s, s == 1 ? "" : "s");
	return out;
}

/* The moment that was asked for, or 0 with an answer. */
static time_t moment(const struct request *r, struct cJSON **answer)
{
	const char *at = json_text(r->arguments, "at");
	long in_s = json_whole(r->arguments, "in_s", 0, 0, JSON_WHOLE_MAX);
	char words[WHEN_BYTES];
	time_t t = r->now + in_s;

	if (!at && in_s <= 0)
		*answer = toolkit_failed("When shall I remind you?");
	else if (at && when_read(at, &t) < 0)
		*answer = errno == ERANGE
				  ? toolkit_failed("There is no such time on that day: the clocks are put forward.")
				  : toolkit_failed("at: no such date or time; 2026-11-21T20:00 expected.");
	else if (t <= r->now)
		*answer = toolkit_failed("That time is over: it was %s.", when_say(t, r->now, words));
	else if (t - r->now > REMINDERS_AHEAD_MAX_S)
		*answer = toolkit_failed("That is more than five years ahead.");
	return *answer ? 0 : t;
}

static int insert(struct request *r, struct cJSON *one)
{
	int at = 0;
	const struct cJSON *other;

	cJSON_ArrayForEach(other, r->list) {
		if (time_of(other) > time_of(one))
			break;
		at++;
	}
	return one && cJSON_InsertItemInArray(r->list, at, one) ? 0 : -1;
}

/* Ids are never used again: a call that says "told" twice hits nobody else's. */
static struct cJSON *make(struct request *r, time_t at, const char *text)
{
	long id = json_whole(r->keep.content, "last_id", 0, 0, JSON_WHOLE_MAX) + 1;
	char name[24], utc[WHEN_BYTES];

	cJSON_DeleteItemFromObjectCaseSensitive(r->keep.content, "last_id");
	cJSON_AddNumberToObject(r->keep.content, "last_id", (double)id);
	snprintf(name, sizeof name, "%ld", id);
	return json_make("id:s text:s at:s", name, text, when_utc(at, utc));
}

static struct cJSON *add(struct request *r)
{
	char words[WHEN_BYTES], text[REMINDERS_TEXT_MAX_BYTES + 1];
	struct cJSON *answer = NULL, *one;
	time_t at;

	if (!r->text)
		return toolkit_failed("What shall I remind you of?");
	if (strlen(r->text) > REMINDERS_TEXT_MAX_BYTES)
		return toolkit_failed("That is too long for a reminder.");
	at = moment(r, &answer);
	if (answer)
		return answer;
	if (cJSON_GetArraySize(r->list) >= REMINDERS_MAX)
		return toolkit_failed("You have %d reminders, and there is no room for more.", REMINDERS_MAX);
	toolkit_line(r->text, text, sizeof text);
	one = make(r, at, text);
	if (insert(r, one) < 0) {
		cJSON_Delete(one);
		return toolkit_failed("I cannot keep the reminder: there is no memory left.");
	}
	answer = save(r);
	if (answer)
		return answer;
	say_moment(r, at, !json_text(r->arguments, "at"), words);
	return toolkit_data(toolkit_ok("I will remind you %s: %s%s", words, text, toolkit_stop(text)),
			    entry(r, one, REMINDERS_TEXT_MAX_BYTES));
}

/* --- list, due */

static void add_both(const struct request *r, const struct cJSON *one, struct cJSON *texts, struct cJSON *entries)
{
	struct cJSON *e = entry(r, one, LISTED_BYTES);

	cJSON_AddItemToArray(texts, cJSON_CreateString(field(e, "text")));
	cJSON_AddItemToArray(entries, e);
}

static struct cJSON *list(struct request *r)
{
	struct cJSON *entries = cJSON_CreateArray(), *texts = cJSON_CreateArray();
	int count = cJSON_GetArraySize(r->list), n = 0;
	char text[TEXT_BYTES], number[TOOLKIT_COUNT_BYTES], before[TOOLKIT_COUNT_BYTES + 4];
	size_t used;
	const struct cJSON *one;

	used = (size_t)snprintf(text, sizeof text, "You have %s reminder%s.", toolkit_count(count, number),
				count == 1 ? "" : "s");
	cJSON_ArrayForEach(one, r->list) {
		if (++n <= ENTRIES_MAX)
			add_both(r, one, texts, entries);
		snprintf(before, sizeof before, " %s: ", toolkit_count_begin(n, number));
		if (n <= TOLD_MAX)
			used += say_one(r, one, before, text + used, sizeof text - used);
	}
	if (n > TOLD_MAX)
		snprintf(text + used, sizeof text - used, " And %s more.", toolkit_count(n - TOLD_MAX, number));
	return toolkit_data(toolkit_ok("%s", text), json_make("count:i texts:j reminders:j", count, texts, entries));
}

static struct cJSON *due(struct request *r)
{
	struct cJSON *entries = cJSON_CreateArray(), *data;
	const struct cJSON *one, *next = NULL;
	char text[TEXT_BYTES] = "";
	size_t used = 0;

	cJSON_ArrayForEach(one, r->list) {
		if (time_of(one) > r->now) {
			next = one;
			break;
		}
		if (cJSON_GetArraySize(entries) == TOLD_MAX)
			continue; /* when these were told */
		cJSON_AddItemToArray(entries, entry(r, one, REMINDERS_TEXT_MAX_BYTES));
		used += say_one(r, one, used ? " " : "I am to remind you: ", text + used, sizeof text - used);
	}
	data = json_make("due:j next_at:s?", entries, next ? field(next, "at") : NULL);
	return toolkit_data(toolkit_ok("%s", used ? text : "No reminder is due."), data);
}

/* --- told, delete */

static int index_of(const struct request *r, const char *id, const char *words, int *found)
{
	int at = -1, i = 0;
	const struct cJSON *one;

	*found = 0;
	cJSON_ArrayForEach(one, r->list) {
		if (id ? strcmp(field(one, "id"), id) == 0 : strcasestr(field(one, "text"), words) != NULL) {
			at = i;
			++*found;
		}
		i++;
	}
	return at;
}

static struct cJSON *take_out(struct request *r, int at, const char *saying)
{
	struct cJSON *one = cJSON_DetachItemFromArray(r->list, at), *answer = save(r);

	if (!answer)
		answer = toolkit_data(
			toolkit_ok("%s: %s%s", saying, field(one, "text"), toolkit_stop(field(one, "text"))),
			entry(r, one, REMINDERS_TEXT_MAX_BYTES));
	cJSON_Delete(one);
	return answer;
}

static struct cJSON *told(struct request *r)
{
	int found, at = r->id ? index_of(r, r->id, NULL, &found) : -1;

	if (!r->id)
		return toolkit_failed("id: which reminder was told?");
	return at < 0 ? toolkit_ok("It was told before.") : take_out(r, at, "Told");
}

static struct cJSON *delete_all(struct request *r)
{
	struct cJSON *failed;

	cJSON_DeleteItemFromObjectCaseSensitive(r->keep.content, "reminders");
	failed = save(r);
	return failed ? failed : toolkit_data(toolkit_ok("All reminders are deleted."), json_make("count:i", 0));
}

/* The one that is meant; -1 with an answer. */
static int choose(const struct request *r, int count, struct cJSON **answer)
{
	char number[TOOLKIT_COUNT_BYTES];
	int found = 0, at = r->n < 0 ? count + (int)r->n : (int)r->n - 1;

	if (r->id || (!r->n && r->text))
		at = index_of(r, r->id, r->text, &found);
	else if (r->n)
		found = at >= 0 && at < count;
	else if (count == 1)
		return 0;
	else
		return *answer = toolkit_failed("Which reminder? You have %s.", toolkit_count(count, number)), -1;
	if (found == 0)
		*answer = toolkit_failed("There is no such reminder; you have %s.", toolkit_count(count, number));
	else if (found > 1)
		*answer =
			toolkit_failed("%s reminders have these words. Which one?", toolkit_count_begin(found, number));
	return found == 1 ? at : -1;
}

static struct cJSON *delete_one(struct request *r)
{
	struct cJSON *answer = NULL;
	int count = cJSON_GetArraySize(r->list), at;

	if (count == 0)
		return toolkit_failed("You have no reminders.");
	if (r->all)
		return delete_all(r);
	at = choose(r, count, &answer);
	return at < 0 ? answer : take_out(r, at, "The reminder is deleted");
}

static const struct {
	const char *name;
	bool writes;
	struct cJSON *(*run)(struct request *r);
} deeds[] = {
	{ "add", true, add },	{ "list", false, list },	{ "due", false, due },
	{ "told", true, told }, { "delete", true, delete_one },
};

static struct cJSON *run(struct request *r, size_t deed)
{
	if (keep_open(&r->keep, "remind", deeds[deed].writes, r->why, sizeof r->why) < 0)
		return toolkit_failed("%s", r->why);
	r->list = keep_list(&r->keep, "reminders");
	return deeds[deed].run(r);
}

struct cJSON *reminders_run(const struct cJSON *arguments)
{
	const char *deed = json_text(arguments, "do"), *text = json_text(arguments, "text"),
		   *id = json_text(arguments, "id");
	struct request r = { .arguments = arguments,
			     .text = text && text[strspn(text, " \t\r\n")] ? text : NULL,
			     .id = id && *id ? id : NULL,
			     .n = json_whole(arguments, "n", 0, -REMINDERS_MAX, REMINDERS_MAX),
			     .all = json_flag(arguments, "all", false),
			     .now = time(NULL) };
	struct cJSON *answer = NULL;

	if (when_zone(getenv("RINGDOWN_TZ")) < 0)
		return toolkit_failed("I cannot tell the time: there is no memory left.");
	for (size_t i = 0; deed && !answer && i < sizeof deeds / sizeof deeds[0]; i++)
		if (strcmp(deed, deeds[i].name) == 0) {
			answer = run(&r, i);
			keep_close(&r.keep);
		}
	return answer ? answer : toolkit_failed("do: add, list, due, told or delete expected.");
}
