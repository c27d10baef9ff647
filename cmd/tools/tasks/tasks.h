/* Tasks: at Todoist, or on a list of our own. */
#ifndef TASKS_H
#define TASKS_H

#include <stdbool.h>

struct cJSON;

#define TASKS_TIMEOUT_S 25

struct tasks_request {
	const char *content, *due, *project, *id, *when; /* NULL: not said */
};

/* Whether Todoist keeps them: backend=todoist, or no backend is set and there is its key. */
bool tasks_at_todoist(void);

/* The answer to {do, content?, due_string?, project_id?, id?, when?}, the caller's. Blocks. */
struct cJSON *tasks_run(const struct cJSON *arguments);

/* The answer to get_projects; projects, an array of {id, name}, is taken over. */
struct cJSON *tasks_tell_projects(struct cJSON *projects);

#endif
