/* call.setup, the event that says who is calling whom: from call.json in the call folder, or from what --listen knows.
 */
#ifndef SETUP_H
#define SETUP_H

#include <stddef.h>

struct cJSON;

/* The caller's to cJSON_Delete. NULL: error says why. Blocks on the file. */
struct cJSON *setup_read(const char *dir, char *error, size_t size);

/* NULL without memory. from, to and agent may be NULL. */
struct cJSON *setup_make(const char *call, const char *from, const char *to, const char *agent);

#endif
