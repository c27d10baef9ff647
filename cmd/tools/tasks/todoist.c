#include "todoist.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "digest.h"
#include "json.h"
#include "once.h"
#include "secret.h"
#include "sid.h"
#include "task.h"
#include "tasks.h"
#include "toolkit.h"

#define BASE "https://api.todoist.com/api/v1"
#define WHO "Todoist"
#define PAGES_MAX 5
#define PATH_BYTES 1200
#define REF_BYTES 37 /* Todoist takes ids of 36 */

struct todoist {
	struct api api;
	char key[SECRET_MAX_BYTES];
	char ref[REF_BYTES]; /* this call's id, and its mark in what it makes */
	struct trouble trouble;
};

/* --- opening */

/* From the call's key, so that who asks again finds it; by hand any. */
static void make_ref(char out[REF_BYTES])
{
	char hex[DIGEST_HEX_BYTES], sid[SID_BYTES];

	if (once_key())
		snprintf(out, REF_BYTES, "rd-%.32s", digest_hex(once_key(), hex));
	else
		snprintf(out, REF_BYTES, "%s", sid_make(sid, "rd") == 0 ? sid : "rd");
}

/* NULL, or the answer that says why not. */
static struct cJSON *open_todoist(struct todoist *t)
{
	const char *url = getenv("RINGDOWN_SETTING_URL");

	memset(t, 0, sizeof *t);
	if (secret_take(TODOIST_SECRET, t->key, sizeof t->key) < 0)
		return toolkit_unavailable("I cannot get at your tasks: the key " TODOIST_SECRET " is not there.");
	if (url && *url && !api_is_safe(url))
		return toolkit_unavailable(
			"I cannot get at your tasks: the address in the settings is not safe for a key.");
	if (api_open(&t->api, url && *url ? url : BASE, TASKS_TIMEOUT_S - 2) < 0)
		return toolkit_unavailable("I cannot get at your tasks: the address in the settings is none.");
	t->api.bearer = t->key;
	make_ref(t->ref);
	return NULL;
}

static void close_todoist(struct todoist *t)
{
	api_close(&t->api);
	secret_wipe(t->key, sizeof t->key);
}

/* What only Todoist says that way; the rest as of any service. */
static struct cJSON *refuse(struct todoist *t, const char *path, const struct api_reply *r)
{
	const struct cJSON *more = json_object(r->json, "error_extra");
	long wait_s = json_whole(more, "retry_after", r->answer.retry_after_s, 0, 86400);
	const char *error = json_text(r->json, "error");

	(void)api_trouble(&t->trouble, &t->api, WHO, path, r);
	switch (r->answer.status) {
	case 401:
	case 403: return toolkit_unavailable(WHO " does not accept our key; " TODOIST_SECRET " has to be renewed.");
	case 404: return toolkit_failed(WHO " has no such task or project.");
	case 410: return toolkit_unavailable(WHO " has moved: the address in the settings is an old one.");
	case 429:
		return wait_s > 90 ? toolkit_failed(WHO " has been asked too often. Try again in %ld minutes.",
						    wait_s / 60 + 1)
				   : toolkit_failed(WHO " has been asked too often. Try again in a minute.");
	case 400:
		if (error && (strcasestr(error, "date") || strcasestr(error, "due")))
			return toolkit_failed(WHO " does not understand when that is due. Say the day and the time.");
	}
	return trouble_answer(&t->trouble);
}

static bool is_good(const struct api_reply *r)
{
	return r->answer.status >= 200 && r->answer.status < 300;
}

/* --- tasks as they are told */

static struct cJSON *read_task(const struct cJSON *theirs)
{
	const struct cJSON *due = json_object(theirs, "due");
	const char *id = json_text(theirs, "id"), *content = json_text(theirs, "content");

	return id && content ? json_make("id:s content:s project_id:s? due:s? recurring:b", id, content,
					 json_text(theirs, "project_id"), json_text(due, "date"),
					 (int)json_flag(due, "is_recurring", false))
			     : NULL;
}

static void add_tasks(struct cJSON *tasks, const struct cJSON *page, const char *ref)
{
	const struct cJSON *theirs;

	cJSON_ArrayForEach(theirs, json_array(page, "results")) {
		const char *description = json_text(theirs, "description");
		struct cJSON *task = !ref || (description && strstr(description, ref)) ? read_task(theirs) : NULL;

		if (task)
			cJSON_AddItemToArray(tasks, task);
	}
}

/* All open tasks of the project, or those made under ref; NULL with an answer. */
static struct cJSON *list_tasks(struct todoist *t, const char *project, const char *ref, struct cJSON **answer)
{
	struct cJSON *tasks = cJSON_CreateArray();
	char path[PATH_BYTES], value[3 * 300 + 1], cursor[300] = "";

	for (int page = 0; page < PAGES_MAX; page++) {
		struct api_reply r;
		const char *next;
		int n = snprintf(path, sizeof path, "/tasks?limit=200");

		if (project)
			n += snprintf(path + n, sizeof path - (size_t)n, "&project_id=%.120s",
				      ask_escape(project, value, sizeof value));
		if (*cursor)
			snprintf(path + n, sizeof path - (size_t)n, "&cursor=%s",
				 ask_escape(cursor, value, sizeof value));
		api_call(&t->api, "GET", path, NULL, NULL, &r);
		if (!is_good(&r) || !r.json) {
			*answer = refuse(t, path, &r);
			api_reply_close(&r);
			cJSON_Delete(tasks);
			return NULL;
		}
		add_tasks(tasks, r.json, ref);
		next = json_text(r.json, "next_cursor");
		snprintf(cursor, sizeof cursor, "%s", next && strlen(next) < sizeof cursor ? next : "");
		api_reply_close(&r);
		if (!*cursor)
			break;
	}
	return tasks;
}

struct cJSON *todoist_get(const struct tasks_request *r)
{
	struct todoist t;
	struct cJSON *answer = open_todoist(&t), *tasks = answer ? NULL : list_tasks(&t, r->project, NULL, &answer);

	close_todoist(&t);
	return tasks ? task_tell_all(tasks, r->when) : answer;
}

struct cJSON *todoist_projects(const struct tasks_request *r)
{
	struct todoist t;
	struct cJSON *answer = open_todoist(&t), *projects;
	const struct cJSON *theirs;
	struct api_reply reply;

	(void)r;
	if (answer)
		return answer;
	api_call(&t.api, "GET", "/projects?limit=200", NULL, NULL, &reply);
	if (is_good(&reply) && reply.json) {
		projects = cJSON_CreateArray();
		cJSON_ArrayForEach(theirs, json_array(reply.json, "results"))
			if (json_text(theirs, "id") && json_text(theirs, "name"))
				cJSON_AddItemToArray(projects, json_make("id:s name:s", json_text(theirs, "id"),
									 json_text(theirs, "name")));
		answer = tasks_tell_projects(projects);
	} else {
		answer = refuse(&t, "/projects", &reply);
	}
	api_reply_close(&reply);
	close_todoist(&t);
	return answer;
}

/* --- creating */

static struct cJSON *created(const struct tasks_request *r, const struct cJSON *task)
{
	const char *content = json_text(task, "content"), *due = json_text(task, "due");
	char words[TASK_DUE_BYTES];

	if (r->due && !due)
		return toolkit_data(toolkit_ok("It is in Todoist: %s%s But when it is due was not understood.", content,
					       toolkit_stop(content)),
				    cJSON_Duplicate(task, 1));
	task_due_words(due, words);
	return toolkit_data(
		toolkit_ok("It is in Todoist: %s%s%s", content, words, *words ? "." : toolkit_stop(content)),
		cJSON_Duplicate(task, 1));
}

/* One try. NULL: nobody knows whether it was done. */
static struct cJSON *post_task(struct todoist *t, const struct tasks_request *r)
{
	const char *language = getenv("RINGDOWN_SETTING_LANGUAGE");
	char description[REF_BYTES + 8];
	struct cJSON *answer = NULL, *task;
	struct api_reply reply;

	snprintf(description, sizeof description, "ref %s", t->ref);
	api_call(&t->api, "POST", "/tasks", t->ref,
		 json_make("content:s description:s project_id:s? due_string:s? due_lang:s?", r->content, description,
			   r->project, r->due, r->due ? (language && *language ? language : "en") : NULL),
		 &reply);
	task = is_good(&reply) ? read_task(reply.json) : NULL;
	if (task)
		answer = created(r, task);
	else if (reply.answer.outcome == FETCH_NOT_DONE)
		answer = refuse(t, "/tasks", &reply);
	else
		(void)api_trouble(&t->trouble, &t->api, WHO, "/tasks", &reply);
	cJSON_Delete(task);
	api_reply_close(&reply);
	return answer;
}

/* Whether it is there after all; NULL: no, or it cannot be found out (known false). */
static struct cJSON *look_for_it(struct todoist *t, const struct tasks_request *r, bool *known)
{
	struct cJSON *answer = NULL, *tasks = list_tasks(t, r->project, t->ref, &answer);

	*known = tasks != NULL;
	cJSON_Delete(answer);
	answer = tasks && tasks->child ? created(r, tasks->child) : NULL;
	cJSON_Delete(tasks);
	return answer;
}

/* At most two tries, and before each but the first it is looked for. */
static struct cJSON *create(struct todoist *t, const struct tasks_request *r, bool begun)
{
	bool known = true;
	struct cJSON *answer = begun ? look_for_it(t, r, &known) : NULL;

	for (int tries = 0; !answer && known && tries < 2; tries++) {
		answer = post_task(t, r);
		if (!answer)
			answer = look_for_it(t, r, &known);
	}
	if (answer)
		return answer;
	return known ? toolkit_unknown("Todoist has trouble, and the task is not there yet. It may still come.")
		     : toolkit_unknown("Todoist does not answer, and I do not know whether the task is there.");
}

struct cJSON *todoist_create(const struct tasks_request *r)
{
	struct cJSON *about, *answer;
	struct todoist t;
	bool begun;

	answer = once_recall("tasks", &begun, &about);
	cJSON_Delete(about);
	if (answer)
		return answer;
	answer = open_todoist(&t);
	if (!answer) {
		once_begin("tasks", NULL);
		answer = once_conclude("tasks", create(&t, r, begun));
	}
	close_todoist(&t);
	return answer;
}

/* --- completing */

static const char *due_of(const struct cJSON *task)
{
	const char *due = json_text(task, "due");

	return due ? due : "";
}

static struct cJSON *done(const struct cJSON *task)
{
	const char *content = json_text(task, "content");

	return toolkit_data(toolkit_ok(json_flag(task, "recurring", false) ? "Done for this time: %s%s" : "Done: %s%s",
				       content, toolkit_stop(content)),
			    cJSON_Duplicate(task, 1));
}

/* Closed meanwhile, or, if it comes again, moved on: 1; still as it was: 0; -1: nobody knows. */
static int is_closed(struct todoist *t, const char *path, const struct cJSON *task)
{
	struct api_reply r;
	struct cJSON *now;
	int closed = -1;

	api_call(&t->api, "GET", path, NULL, NULL, &r);
	now = is_good(&r) ? read_task(r.json) : NULL;
	if (r.answer.status == 404)
		closed = 1;
	else if (now)
		closed = json_flag(r.json, "checked", false) || strcmp(due_of(now), due_of(task)) != 0;
	cJSON_Delete(now);
	api_reply_close(&r);
	return closed;
}

/* Its answer, if Todoist refuses. NULL: done, or nobody knows; closed tells. */
static struct cJSON *post_close(struct todoist *t, const char *path, int *closed)
{
	struct cJSON *answer = NULL;
	struct api_reply r;

	api_call(&t->api, "POST", path, t->ref, cJSON_CreateObject(), &r);
	*closed = is_good(&r);
	if (!*closed && r.answer.outcome == FETCH_NOT_DONE)
		answer = refuse(t, path, &r);
	else if (!*closed)
		(void)api_trouble(&t->trouble, &t->api, WHO, path, &r);
	api_reply_close(&r);
	return answer;
}

/* Closing is never repeated blindly: a task that comes again would lose a turn. */
static struct cJSON *close_task(struct todoist *t, const struct cJSON *task, bool begun)
{
	char id[3 * 100 + 1], path[sizeof id + 16], closing[sizeof path + 16];
	struct cJSON *answer = NULL;
	int closed;

	snprintf(path, sizeof path, "/tasks/%s", ask_escape(json_text(task, "id"), id, sizeof id));
	snprintf(closing, sizeof closing, "%s/close", path);
	closed = begun ? is_closed(t, path, task) : 0;
	for (int tries = 0; !answer && closed == 0 && tries < 2; tries++) {
		answer = post_close(t, closing, &closed);
		if (!answer && !closed)
			closed = is_closed(t, path, task);
	}
	if (closed > 0)
		return done(task);
	return answer ? answer
		      : toolkit_unknown("Todoist does not answer well, and I do not know whether the task is done.");
}

struct cJSON *todoist_complete(const struct tasks_request *r)
{
	struct cJSON *about, *answer, *tasks = NULL;
	const struct cJSON *task;
	struct todoist t;
	bool begun;

	answer = once_recall("tasks", &begun, &about);
	if (answer) {
		cJSON_Delete(about);
		return answer;
	}
	answer = open_todoist(&t);
	task = about;
	if (!answer && !task) {
		tasks = list_tasks(&t, r->project, NULL, &answer);
		task = tasks ? task_choose(tasks, r->id, r->content, &answer) : NULL;
	}
	if (task) {
		once_begin("tasks", cJSON_Duplicate(task, 1));
		answer = once_conclude("tasks", close_task(&t, task, about != NULL));
	}
	cJSON_Delete(about);
	cJSON_Delete(tasks);
	close_todoist(&t);
	return answer;
}
