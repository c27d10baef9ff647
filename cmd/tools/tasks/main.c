/* tasks: what is to be done: adds a task, tells which there are, ticks one off; at Todoist or on a list of its own.
 * ringdown-tasks(1), ringdown-tools(7) */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "task.h"
#include "tasks.h"
#include "todoist.h"
#include "toolkit.h"

static struct cJSON *properties(void)
{
	static const char *const deeds[] = { "create_task", "get_tasks", "complete_task", "get_projects" };
	static const char *const whens[] = { "all", "today", "week", "overdue" };
	struct cJSON *deed =
		json_make("type:s enum:j description:s", "string", cJSON_CreateStringArray(deeds, 4),
			  "create_task: content, and due_string if a date was named; get_tasks; complete_task: "
			  "content (some of its words) or id; get_projects: the lists there are.");
	struct cJSON *content =
		json_make("type:s minLength:i maxLength:i description:s", "string", 1, (int)TASK_CONTENT_BYTES,
			  "The task in the caller's words, without the date. To complete: some of its words.");
	struct cJSON *due = json_make("type:s minLength:i maxLength:i description:s", "string", 1, 100,
				      "When it is due, as the caller said it: tomorrow at nine, next Friday.");
	struct cJSON *project = json_make("type:s minLength:i maxLength:i description:s", "string", 1, 100,
					  "Only if the caller names a list: its id, of get_projects.");
	struct cJSON *id = json_make("type:s minLength:i maxLength:i description:s", "string", 1, 100,
				     "To complete: the task's id, of get_tasks.");
	struct cJSON *when = json_make("type:s enum:j description:s", "string", cJSON_CreateStringArray(whens, 4),
				       "With get_tasks: only those due; today and week include what is overdue.");

	return json_make("do:j content:j due_string:j project_id:j id:j when:j", deed, content, due, project, id, when);
}

static struct cJSON *describe(void)
{
	const char *backend = getenv("RINGDOWN_SETTING_BACKEND");
	bool set = backend && *backend, local = set && strcmp(backend, "local") == 0;

	if (set && !local && strcmp(backend, "todoist") != 0)
		return json_make("name:s unavailable:s", "tasks",
				 "no such backend; set tool \"tasks\" { settings = { \"backend=todoist\" }   secret = "
				 "\"" TODOIST_SECRET "\" }, or backend=local");
	return json_make(
		"name:s description:s parameters:j effect:s effects:j network:b secrets:j? timeout_s:i instructions:s",
		"tasks", "The caller's tasks: adds one, tells which there are and when they are due, ticks one off.",
		json_make("type:s properties:j required:j additionalProperties:b", "object", properties(),
			  toolkit_list("do"), 0),
		local ? "local" : "outside", json_make("get_tasks:s get_projects:s", "none", "none"), (int)!local,
		set && !local ? toolkit_list(TODOIST_SECRET) : NULL, TASKS_TIMEOUT_S,
		"What the caller has to do goes to tasks; what they only want written down goes to notes. Say back "
		"what was "
		"added and when it is due.");
}

int main(int argc, char **argv)
{
	static const struct toolkit tool = { "tasks", describe, tasks_run };

	return toolkit_main(&tool, argc, argv);
}
