/* Tasks at Todoist. What changes something there carries an id of its own and is looked for before it is asked again.
 */
#ifndef TODOIST_H
#define TODOIST_H

#define TODOIST_SECRET "TODOIST_API_KEY"

struct cJSON;
struct tasks_request;

/* Answers, the caller's. All block on the network. */
struct cJSON *todoist_create(const struct tasks_request *r);
struct cJSON *todoist_get(const struct tasks_request *r);
struct cJSON *todoist_complete(const struct tasks_request *r);
struct cJSON *todoist_projects(const struct tasks_request *r);

#endif
