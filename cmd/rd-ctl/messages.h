/* What callers left: rd-store is asked for it, through its own socket. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <stddef.h>

struct cJSON;

/* The store's answer to message.list, the caller's; NULL with error. Waits, 5 s at most. */
struct cJSON *messages_ask(const char *socket_path, char *error, size_t size);

#endif
