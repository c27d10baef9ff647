/* Tasks in a file of ours, for those without an account: each caller's or household's own. Blocks on the disk. */
#ifndef LOCAL_H
#define LOCAL_H

struct cJSON;
struct tasks_request;

struct cJSON *local_create(const struct tasks_request *r);
struct cJSON *local_get(const struct tasks_request *r);
struct cJSON *local_complete(const struct tasks_request *r);
struct cJSON *local_projects(const struct tasks_request *r);

#endif
