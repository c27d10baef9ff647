/* What is kept of callers: rd-store is asked for it, through its own socket. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

struct cJSON;

/* Its answer to a request, which is taken over; the caller's, NULL with error. Waits, 30 s at most. */
struct cJSON *memory_ask(const char *socket_path, struct cJSON *request, char *error, size_t size);

/* Everything of one number, as one object; NULL with error. */
struct cJSON *memory_export(const char *socket_path, const char *number, char *error, size_t size);

#endif
