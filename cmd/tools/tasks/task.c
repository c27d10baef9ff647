#include "task.h"

#include <cjson/cJSON.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dates.h"
#include "json.h"
#include "toolkit.h"
#include "utf8.h"
#include "when.h"

#define TOLD_MAX 8
#define TOLD_BYTES 100u
#define ENTRIES_MAX 50
#define TEXT_BYTES 1900

struct entry {
	const struct cJSON *task;
	time_t due; /* what has none comes last */
	int place;
};

static const char *text_of(const struct cJSON *task, const char *key)
{
	const char *text = json_text(task, key);

	return text ? text : "";
}

bool task_due_at(const char *due, time_t *at, bool *timed)
{
	char day[40];

	*timed = due && strchr(due, 'T');
	if (!due || strlen(due) > 30)
		return false;
	snprintf(day, sizeof day, "%s%s", due, *timed ? "" : "T00:00:00");
	return when_read(day, at) == 0;
}

char *task_due_words(const char *due, char out[TASK_DUE_BYTES])
{
	char words[WHEN_BYTES], *at;
	bool timed;
	time_t t;

	out[0] = 0;
	if (!task_due_at(due, &t, &timed))
		return out;
	when_say(t, time(NULL), words);
	at = strstr(words, " at ");
	if (!timed && at)
		*at = 0;
	snprintf(out, TASK_DUE_BYTES, ", due %s", words);
	return out;
}

/* --- all of them */

static int by_due(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;

	if (one->due != other->due)
		return one->due < other->due ? -1 : 1;
	return one->place - other->place;
}

static bool is_wanted(const struct cJSON *task, const char *when, time_t now)
{
	bool timed;
	time_t at;

	if (!when || strcmp(when, "all") == 0)
		return true;
	if (!task_due_at(json_text(task, "due"), &at, &timed))
		return false;
	if (strcmp(when, "overdue") == 0)
		return at < (timed ? now : dates_midnight(now, 0));
	return at < dates_midnight(now, strcmp(when, "today") == 0 ? 1 : 8);
}

static size_t select_entries(const struct cJSON *tasks, const char *when, struct entry *entries)
{
	const struct cJSON *task;
	size_t n = 0;
	bool timed;

	cJSON_ArrayForEach(task, tasks) {
		struct entry *e = &entries[n];

		if (!is_wanted(task, when, time(NULL)))
			continue;
		*e = (struct entry){ .task = task, .place = (int)n++ };
		if (!task_due_at(json_text(task, "due"), &e->due, &timed))
			e->due = sizeof(time_t) == 8 ? (time_t)LLONG_MAX : (time_t)INT_MAX;
	}
	qsort(entries, n, sizeof *entries, by_due);
	return n;
}

static size_t tell_one(char *out, size_t size, size_t n, const struct cJSON *task)
{
	const char *content = text_of(task, "content");
	char number[TOOLKIT_COUNT_BYTES], due[TASK_DUE_BYTES];

	task_due_words(json_text(task, "due"), due);
	return (size_t)snprintf(out, size, " %s: %.*s%s%s", toolkit_count_begin((long)n, number),
				(int)utf8_clip(content, TOLD_BYTES), content, due, *due ? "." : toolkit_stop(content));
}

static struct cJSON *tell_none(const char *when)
{
	struct cJSON *data = json_make("count:i tasks:j", 0, cJSON_CreateArray());

	if (when && strcmp(when, "overdue") == 0)
		return toolkit_data(toolkit_ok("Nothing is overdue."), data);
	if (when && strcmp(when, "today") == 0)
		return toolkit_data(toolkit_ok("Nothing is due today."), data);
	if (when && strcmp(when, "week") == 0)
		return toolkit_data(toolkit_ok("Nothing is due within a week."), data);
	return toolkit_data(toolkit_ok("There are no tasks."), data);
}

static struct cJSON *tell(const struct entry *entries, size_t count)
{
	struct cJSON *list = cJSON_CreateArray();
	char text[TEXT_BYTES], number[TOOLKIT_COUNT_BYTES];
	size_t used = (size_t)snprintf(text, sizeof text, "%s task%s.", toolkit_count_begin((long)count, number),
				       count == 1 ? "" : "s");

	for (size_t i = 0; i < count && i < ENTRIES_MAX; i++) {
		cJSON_AddItemToArray(list, cJSON_Duplicate(entries[i].task, 1));
		if (i < TOLD_MAX)
			used += tell_one(text + used, sizeof text - used, i + 1, entries[i].task);
	}
	if (count > TOLD_MAX)
		snprintf(text + used, sizeof text - used, " And %s more.",
			 toolkit_count((long)count - TOLD_MAX, number));
	return toolkit_data(toolkit_ok("%s", text), json_make("count:i tasks:j", (int)count, list));
}

struct cJSON *task_tell_all(struct cJSON *tasks, const char *when)
{
	int all = cJSON_GetArraySize(tasks);
	struct entry *entries = calloc((size_t)all + 1, sizeof *entries);
	size_t n = entries ? select_entries(tasks, when, entries) : 0;
	struct cJSON *answer = n ? tell(entries, n) : tell_none(when);

	free(entries);
	cJSON_Delete(tasks);
	return answer;
}

/* --- one of them */

static struct cJSON *ask_which(const struct cJSON *tasks, const char *words, long found)
{
	char text[600] = "", number[TOOLKIT_COUNT_BYTES];
	const struct cJSON *task;
	size_t used = 0;
	int told = 0;

	cJSON_ArrayForEach(task, tasks) {
		const char *content = text_of(task, "content");

		if (strcasestr(content, words) && told++ < 4)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s", used ? "; " : "",
						 (int)utf8_clip(content, TOLD_BYTES), content);
	}
	return toolkit_failed("%s tasks have these words: %s. Which one?", toolkit_count_begin(found, number), text);
}

const struct cJSON *task_choose(const struct cJSON *tasks, const char *id, const char *words, struct cJSON **answer)
{
	const struct cJSON *task, *match = NULL;
	char line[TOLD_BYTES];
	long found = 0, exact = 0;

	cJSON_ArrayForEach(task, tasks) {
		const char *content = text_of(task, "content");

		if (id && strcmp(text_of(task, "id"), id) == 0)
			return task;
		if (id || !words || !strcasestr(content, words))
			continue;
		if (strcasecmp(content, words) == 0 && exact++ == 0)
			match = task;
		else if (!exact && found == 0)
			match = task;
		found++;
	}
	if (exact == 1 || found == 1)
		return match;
	toolkit_line(words ? words : "", line, sizeof line);
	if (id)
		*answer = toolkit_failed("There is no such task on the list.");
	else if (found == 0)
		*answer = toolkit_failed("No task on the list has the words %s.", line);
	else
		*answer = ask_which(tasks, words, found);
	return NULL;
}
