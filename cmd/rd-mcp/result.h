/* What a tool's result says, as a model reads it. */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>

struct cJSON;

#define RESULT_TEXT_BYTES 20000u

/* The texts joined, what is none described ("[image/png, 12 kB]"), structured content where there is no text; cut at
 * RESULT_TEXT_BYTES. Malloced, the caller's; NULL without memory. *failed: the tool says that it did. */
char *result_text(const struct cJSON *result, bool *failed);

#endif
