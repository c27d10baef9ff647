/* A task as it is told, whoever keeps it: {id, content, project_id?, due?, due_words?, recurring?}. */
#ifndef TASK_H
#define TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define TASK_CONTENT_BYTES 500u
#define TASK_DUE_BYTES 80

struct cJSON;

/* The answer to do: get_tasks: those of tasks (an array, deleted) that are due by then; when: "today", "overdue",
 * "week", else all; today and week include what is overdue. */
struct cJSON *task_tell_all(struct cJSON *tasks, const char *when);

/* The one that id names, else the one whose content has the words; NULL with an answer that says why. Borrowed. */
const struct cJSON *task_choose(const struct cJSON *tasks, const char *id, const char *words, struct cJSON **answer);

/* ", due tomorrow at 20:00", or "": due is 2026-11-22 or 2026-11-22T20:00:00, local unless it says otherwise. */
char *task_due_words(const char *due, char out[TASK_DUE_BYTES]);

/* When it falls due: of a day without a time its midnight. false: it is no date. */
bool task_due_at(const char *due, time_t *at, bool *timed);

#endif
