#include "local.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dates.h"
#include "json.h"
#include "keep.h"
#include "once.h"
#include "task.h"
#include "tasks.h"
#include "toolkit.h"

#define TASKS_MAX 200

/* "2026-11-22" of a day, "2026-11-22T20:00:00" of a moment: local, as it was said. -1 with an answer. */
static int read_due(const char *text, char out[32], struct cJSON **answer)
{
	char said[80];
	struct dates d;
	struct tm tm;

	out[0] = 0;
	if (!text)
		return 0;
	toolkit_line(text, said, sizeof said);
	if (dates_read(text, time(NULL), &d) < 0) {
		*answer = errno == ERANGE
				  ? toolkit_failed("The clocks skip that time: %s. Which one do you mean?", said)
				  : toolkit_failed("I do not understand when that is: %s.", said);
		return -1;
	}
	localtime_r(&d.from, &tm);
	strftime(out, 32, d.kind == DATES_DAY ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%S", &tm);
	return 0;
}

static struct cJSON *save(struct keep *k, struct cJSON *answer)
{
	char why[KEEP_WHY_BYTES];

	once_note(k, NULL, cJSON_Duplicate(answer, 1));
	if (keep_write(k, why, sizeof why) == 0)
		return answer;
	cJSON_Delete(answer);
	return toolkit_failed("%s", why);
}

static struct cJSON *add(struct keep *k, const struct tasks_request *r, const char *due)
{
	struct cJSON *list = keep_list(k, "tasks"), *task;
	long id = json_whole(k->content, "last_id", 0, 0, JSON_WHOLE_MAX) + 1;
	char number[24], words[TASK_DUE_BYTES];

	if (cJSON_GetArraySize(list) >= TASKS_MAX)
		return toolkit_failed("There are %d tasks, and no room for more. Complete one first.", TASKS_MAX);
	snprintf(number, sizeof number, "%ld", id);
	task = json_make("id:s content:s project_id:s? due:s?", number, r->content, r->project, *due ? due : NULL);
	if (!task || !cJSON_AddItemToArray(list, task)) {
		cJSON_Delete(task);
		return toolkit_failed("I cannot take it down: there is no memory left.");
	}
	cJSON_DeleteItemFromObjectCaseSensitive(k->content, "last_id");
	cJSON_AddNumberToObject(k->content, "last_id", (double)id);
	task_due_words(due, words);
	return save(k, toolkit_data(toolkit_ok("It is on the list: %s%s%s", r->content, words,
					       *words ? "." : toolkit_stop(r->content)),
				    cJSON_Duplicate(task, 1)));
}

static struct cJSON *finish(struct keep *k, const struct tasks_request *r)
{
	struct cJSON *list = keep_list(k, "tasks"), *answer = NULL, *task;
	const struct cJSON *chosen = task_choose(list, r->id, r->content, &answer);

	if (!chosen)
		return answer;
	cJSON_ArrayForEach(task, list)
		if (task == chosen)
			break;
	task = cJSON_DetachItemViaPointer(list, task);
	answer = save(k, toolkit_data(toolkit_ok("Done: %s%s", json_text(task, "content"),
						 toolkit_stop(json_text(task, "content"))),
				      cJSON_Duplicate(task, 1)));
	cJSON_Delete(task);
	return answer;
}

/* Takes the lock. NULL, or the answer: why not, or what was answered under this key already. */
static struct cJSON *begin(struct keep *k)
{
	char why[KEEP_WHY_BYTES];

	if (keep_open(k, "tasks", true, why, sizeof why) < 0)
		return toolkit_failed("%s", why);
	return cJSON_Duplicate(json_object(once_find(k), "answer"), 1);
}

struct cJSON *local_create(const struct tasks_request *r)
{
	struct cJSON *answer = NULL;
	struct keep k;
	char due[32];

	if (read_due(r->due, due, &answer) < 0)
		return answer;
	answer = begin(&k);
	if (!answer)
		answer = add(&k, r, due);
	keep_close(&k);
	return answer;
}

struct cJSON *local_complete(const struct tasks_request *r)
{
	struct keep k;
	struct cJSON *answer = begin(&k);

	if (!answer)
		answer = finish(&k, r);
	keep_close(&k);
	return answer;
}

static bool is_of(const struct cJSON *task, const char *project)
{
	const char *theirs = json_text(task, "project_id");

	return !project || (theirs && strcasecmp(theirs, project) == 0);
}

struct cJSON *local_get(const struct tasks_request *r)
{
	char why[KEEP_WHY_BYTES];
	struct cJSON *answer, *tasks;
	const struct cJSON *task;
	struct keep k;

	if (keep_open(&k, "tasks", false, why, sizeof why) < 0) {
		answer = toolkit_failed("%s", why);
	} else {
		tasks = cJSON_CreateArray();
		cJSON_ArrayForEach(task, keep_list(&k, "tasks"))
			if (is_of(task, r->project))
				cJSON_AddItemToArray(tasks, cJSON_Duplicate(task, 1));
		answer = task_tell_all(tasks, r->when);
	}
	keep_close(&k);
	return answer;
}

static bool is_named(const struct cJSON *projects, const char *name)
{
	const struct cJSON *one;

	cJSON_ArrayForEach(one, projects)
		if (strcasecmp(json_text(one, "name"), name) == 0)
			return true;
	return false;
}

struct cJSON *local_projects(const struct tasks_request *r)
{
	struct cJSON *projects = cJSON_CreateArray(), *answer;
	char why[KEEP_WHY_BYTES];
	const struct cJSON *task;
	struct keep k;

	(void)r;
	if (keep_open(&k, "tasks", false, why, sizeof why) < 0) {
		cJSON_Delete(projects);
		answer = toolkit_failed("%s", why);
	} else {
		cJSON_ArrayForEach(task, keep_list(&k, "tasks")) {
			const char *name = json_text(task, "project_id");

			if (name && !is_named(projects, name))
				cJSON_AddItemToArray(projects, json_make("id:s name:s", name, name));
		}
		answer = tasks_tell_projects(projects);
	}
	keep_close(&k);
	return answer;
}
