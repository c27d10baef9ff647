/* What is looked up: one function a request; each answer fits one message. The fields that rd-store(8) demands are
 * there. */
#ifndef RECALL_H
#define RECALL_H

#include "db.h"

/* The answers, the caller's; NULL: d->error says why. */
struct cJSON *recall_context(struct db *d, const struct cJSON *r);
struct cJSON *recall_matches(struct db *d, const struct cJSON *r);
struct cJSON *recall_calls(struct db *d, const struct cJSON *r);
struct cJSON *recall_last(struct db *d, const struct cJSON *r);
struct cJSON *recall_messages(struct db *d, const struct cJSON *r);
struct cJSON *recall_health(struct db *d, const struct cJSON *r);

#endif
