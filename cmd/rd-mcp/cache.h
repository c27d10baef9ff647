/* CACHE/mcp.json: what each server listed the last time, when, and which era it spoke, so that a call has its tools
 * before the server is there. It may be lost or damaged at any time. */
#ifndef CACHE_H
#define CACHE_H

#include <sys/types.h>

#include "paths.h"
#include "server.h"

struct conf;

struct cache {			    /* zeroed is empty */
	char path[PATHS_MAX_BYTES]; /* "": there is no place for one */
	struct cJSON *read;
};

void cache_open(struct cache *c, const struct conf *conf);
/* Gives a server what was kept of it, if it is still configured the same way. */
void cache_restore(const struct cache *c, struct server *s);
/* Writes down what all of them have. Blocks on the disk. 0, or -1 with errno. */
int cache_save(struct cache *c, const struct server *servers, size_t count);
/* The same in a process of its own, which is ours to wait for: calls do not wait for a disk. Its pid, or -1 with errno.
 * It exits with errno. */
pid_t cache_save_beside(struct cache *c, const struct server *servers, size_t count);
void cache_close(struct cache *c);

#endif
