/* What is written down: one function a request, each called within a transaction. The fields that rd-store(8) demands
 * are there. A request that is repeated changes nothing: rows are unique by the place their event had in the call. */
#ifndef RECORD_H
#define RECORD_H

#include "db.h"

/* at: when it happened, RFC 3339. Each -1 with d->error, else >= 0. */
int record_call(struct db *d, const struct cJSON *r, const char *call, const char *at);
int record_turn(struct db *d, const struct cJSON *r, const char *call, const char *at);
int record_note(struct db *d, const struct cJSON *r, const char *call, const char *at);
int record_usage(struct db *d, const struct cJSON *r, const char *call, const char *at);
int record_tool(struct db *d, const struct cJSON *r, const char *call, const char *at);
int record_message(struct db *d, const struct cJSON *r, const char *call, const char *at);
int record_end(struct db *d, const struct cJSON *r, const char *call, const char *at);

#endif
