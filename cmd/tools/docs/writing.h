/* New documents, and more text for those there are: nothing is ever overwritten or deleted. Blocks on the disk. */
#ifndef WRITING_H
#define WRITING_H

#include "folder.h"

struct cJSON;

#define WRITING_TEXT_BYTES 16000u

/* Valid UTF-8 without control characters but newlines and tabs, and without empty lines at its ends; malloced, the
 * caller's. NULL without memory. */
char *writing_clean(const char *text);

/* Whether the settings let it: write=no does not. */
bool writing_is_allowed(void);

/* The answers to {do: create, name, text} and {do: append, name | n, text}, the caller's. Once for each
 * RINGDOWN_TOOL_CALL, however often it is asked. */
struct cJSON *writing_create(struct folder *f, const char *name, const char *text);
struct cJSON *writing_append(struct folder *f, int document, const char *text);

#endif
