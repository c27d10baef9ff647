/* The two tools that rd-memory runs itself, because no second program opens the database: what they say about
 * themselves stands here for rd-memory, which lists them, and for toolbox, which leaves them to it. */
#ifndef MEMORYTOOLS_H
#define MEMORYTOOLS_H

struct cJSON;

/* The description of "remember" or "recall", as `TOOL --schema` would print it, the caller's. NULL: no such tool (or no
 * memory). */
struct cJSON *memorytools_document(const char *name);

#endif
