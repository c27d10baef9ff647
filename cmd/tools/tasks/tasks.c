#include "tasks.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "local.h"
#include "task.h"
#include "todoist.h"
#include "toolkit.h"
#include "when.h"

#define TOLD_MAX 8

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

bool tasks_at_todoist(void)
{
	const char *backend = setting("RINGDOWN_SETTING_BACKEND");

	return backend ? strcmp(backend, "todoist") == 0 : setting(TODOIST_SECRET) != NULL;
}

struct cJSON *tasks_tell_projects(struct cJSON *projects)
{
	int count = cJSON_GetArraySize(projects), told = 0;
	char text[1500], number[TOOLKIT_COUNT_BYTES];
	const struct cJSON *one;
	size_t used;

	if (!count)
		return toolkit_data(toolkit_ok("There are no projects."), json_make("projects:j", projects));
	used = (size_t)snprintf(text, sizeof text, "%s project%s:", toolkit_count_begin(count, number),
				count == 1 ? "" : "s");
	cJSON_ArrayForEach(one, projects)
		if (told++ < TOLD_MAX)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s %.100s", told > 1 ? "," : "",
						 json_text(one, "name"));
	snprintf(text + used, sizeof text - used, "%s.", count > TOLD_MAX ? " and more" : "");
	return toolkit_data(toolkit_ok("%s", text), json_make("projects:j", projects));
}

static const struct {
	const char *name;
	struct cJSON *(*local)(const struct tasks_request *r);
	struct cJSON *(*todoist)(const struct tasks_request *r);
} deeds[] = {
	{ "create_task", local_create, todoist_create },
	{ "get_tasks", local_get, todoist_get },
	{ "complete_task", local_complete, todoist_complete },
	{ "get_projects", local_projects, todoist_projects },
};

/* What is missing or too much, in words; NULL: nothing. */
static struct cJSON *check(const char *deed, const struct tasks_request *r, const char *said)
{
	if (strcmp(deed, "create_task") == 0 && !r->content)
		return toolkit_failed("What is the task?");
	if (strcmp(deed, "complete_task") == 0 && !r->content && !r->id)
		return toolkit_failed("Which task is done?");
	if (said && strlen(said) > TASK_CONTENT_BYTES)
		return toolkit_failed("That is too long for one task.");
	return NULL;
}

static const char *word(const struct cJSON *arguments, const char *key)
{
	const char *text = json_text(arguments, key);

	return text && text[strspn(text, " \t\r\n")] ? text : NULL;
}

struct cJSON *tasks_run(const struct cJSON *arguments)
{
	const char *deed = json_text(arguments, "do"), *said = word(arguments, "content");
	char content[TASK_CONTENT_BYTES + 1];
	struct tasks_request r = { .content = said ? content : NULL,
				   .due = word(arguments, "due_string"),
				   .project = word(arguments, "project_id"),
				   .id = word(arguments, "id"),
				   .when = word(arguments, "when") };
	struct cJSON *answer;

	if (said) /* an asterisk at its beginning makes it a heading at Todoist, which nobody can complete */
		toolkit_line(said + strspn(said, " *\t\r\n"), content, sizeof content);
	if (said && !*content)
		r.content = NULL;
	(void)when_zone(setting("RINGDOWN_TZ") ? setting("RINGDOWN_TZ") : "");
	for (size_t i = 0; deed && i < sizeof deeds / sizeof deeds[0]; i++)
		if (strcmp(deed, deeds[i].name) == 0) {
			answer = check(deed, &r, said);
			return answer ? answer : (tasks_at_todoist() ? deeds[i].todoist : deeds[i].local)(&r);
		}
	return toolkit_failed("do: create_task, get_tasks, complete_task or get_projects expected.");
}
