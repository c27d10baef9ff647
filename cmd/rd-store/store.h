/* What the memory can be asked: a request in, an answer out, both JSON objects; rd-store(8) has their table. Whatever
 * the disk does, there is an answer, and the next request is tried anew. */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"

#define STORE_MESSAGE_MAX 65536u /* a request or an answer */

struct store { /* zeroed is closed */
	struct db db;
	char path[PATHS_MAX_BYTES];
	long keep_days;	       /* 0: for ever */
	uint64_t try_again_us; /* the file could not be opened: not before then */
	unsigned failed[2];    /* questions, writes in a row that could not be carried out */
	/* Called whenever something fails, and when all works again. NULL is fine; set it after store_open. */
	void (*on_health)(void *ctx, bool well);
	void *ctx;
};

/* Opens the file, or begins a new one if it is damaged, and makes its folder; if that does not work, later requests try
 * again. */
void store_open(struct store *s, const char *path, long keep_days);
void store_close(struct store *s);

bool store_well(const struct store *s);

/* The answer to a request, the caller's; never NULL but without memory. */
struct cJSON *store_answer(struct store *s, const struct cJSON *request);

/* Ends calls of which nothing was heard for a day, and forgets some that are older than keep_days. 1: there are more;
 * 0: done, for now. */
int store_prune(struct store *s);

#endif
