/* A generation of the configuration: read, checked, and written as RUNTIME/config.N, which is what services and stages
 * read. A call keeps the generation it began with, so a half-edited file never reaches a running call. */
#ifndef GENERATION_H
#define GENERATION_H

#include <stdbool.h>
#include <stddef.h>

#include "paths.h"

struct conf;
struct super;

struct generation {
	int number;
	unsigned users; /* calls, and the supervisor while it is proven */
	struct conf *conf;
	char path[PATHS_MAX_BYTES];
	struct generation *next; /* older ones */
};

/* Reads -c (or the file in its place) and makes it the newest; the first time it takes the runtime folder, too. 0; -1:
 * error says why, what was in effect stays so. */
int generation_read(struct super *s, char *error, size_t size);
/* rd-webhook runs with the newest: it is the one to go back to when a later one is refused. */
void generation_prove(struct super *s);
bool generation_go_back(struct super *s); /* makes the proven one the newest; false: there is no other */
struct generation *generation_find(struct super *s, int number); /* the newest if it is gone */
void generation_use(struct generation *g);
void generation_release(struct super *s, struct generation *g); /* removes what nobody uses and is not the newest */
void generation_close_all(struct super *s);

#endif
