/* What can be done with the documents: list them, read one in pieces, find words in them. */
#ifndef DOCS_H
#define DOCS_H

struct cJSON;

/* The answer to {do, name? | n?, from?}, the caller's. Blocks on the disk. */
struct cJSON *docs_run(const struct cJSON *arguments);

#endif
