/* CACHE/tools.json: what tools said about themselves, by path, size, time of change and environment, so that a call
 * need not ask them again. It may be lost or damaged at any time: then they are asked. */
#ifndef TOOLCACHE_H
#define TOOLCACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "paths.h"

struct cJSON;

struct toolcache_key {
	const char *path;
	uint64_t size, mtime_ns;
	uint64_t given; /* of its words and environment */
};

struct toolcache {
	char path[PATHS_MAX_BYTES]; /* "": there is no place for one */
	struct cJSON *entries;
	bool changed;
};

/* Reads folder/tools.json; folder NULL or unreadable: an empty cache. Blocks on the file. -1 without memory. */
int toolcache_open(struct toolcache *c, const char *folder);
void toolcache_close(struct toolcache *c);

/* A copy of what was kept, the caller's; NULL: nothing. */
struct cJSON *toolcache_find(const struct toolcache *c, const struct toolcache_key *key);

/* Keeps a copy instead of what was kept of that path in that environment. -1 without memory. */
int toolcache_put(struct toolcache *c, const struct toolcache_key *key, const struct cJSON *document);

/* Writes it, if anything was put. Blocks on the disk. 0, or -1 with errno. */
int toolcache_save(struct toolcache *c);

#endif
