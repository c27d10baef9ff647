/* What a tool keeps for one caller or one household: a JSON file in the tool's own folder, written anew and renamed
 * under a lock, so that two calls at once lose nothing and a crash leaves the old or the new. Blocks on the disk. */
#ifndef KEEP_H
#define KEEP_H

#include <stdbool.h>
#include <stddef.h>

#include "paths.h"

#define KEEP_MAX_BYTES 524288u
#define KEEP_WHY_BYTES 200

struct keep { /* set lock to -1, the rest zero: closed */
	char path[PATHS_MAX_BYTES];
	int lock; /* -1: opened for reading */
	struct cJSON *content;
};

/* Reads what RINGDOWN_CALLER (or all of RINGDOWN_HOUSEHOLD) has in RINGDOWN_TOOL_DIR; nothing yet is an empty object.
 * Without these variables, by hand, it is the user's own. To change it, open it for writing: others wait meanwhile.
 * 0, or -1 with a sentence for the caller in why; the log has the reason. Close it in both cases. */
int keep_open(struct keep *k, const char *tool, bool writing, char *why, size_t size);

/* The name of the file in which any tool keeps what it has of this number. */
#define KEEP_NAME_BYTES 24
void keep_name(const char *number, char out[KEEP_NAME_BYTES]);

/* The array of that name in the content, made if it is not there. Borrowed; NULL without memory. */
struct cJSON *keep_list(struct keep *k, const char *name);

/* Writes the content down, for good. 0, or -1 with a sentence. */
int keep_write(struct keep *k, char *why, size_t size);

void keep_close(struct keep *k);

#endif
