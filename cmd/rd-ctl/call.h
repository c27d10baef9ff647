/* Calls as an operator names them: the whole id, its beginning or end, or "CA…3f" as a log line has it. */
#ifndef CALL_H
#define CALL_H

#include <stdbool.h>
#include <stddef.h>

struct cJSON;

/* Whether a name means a call's id. */
bool call_matches(const char *id, const char *name);

/* The one call of a status answer that a name means, or, for NULL, the only call there is; borrowed. NULL with error.
 */
const char *call_choose(const struct cJSON *status, const char *name, char *error, size_t size);

#endif
