/* What a model calls a server's tool: SERVER__TOOL, in the letters that models' interfaces take, at most 64. */
#ifndef NAMES_H
#define NAMES_H

#include "tool.h"

struct cJSON;

/* taken: an object whose keys are names that are given already. A name that had to be changed in a way that two could
 * share, or is taken, ends in a number of its own, always the same. Returns out. */
char *names_make(const char *server, const char *tool, const struct cJSON *taken, char out[TOOL_NAME_MAX + 1]);

#endif
