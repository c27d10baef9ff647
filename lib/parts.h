/* Lists that come in parts (tools.list, context: `rev`, `part`, `parts`, from 1): gathered until a set is whole. */
#ifndef PARTS_H
#define PARTS_H

#include <stdbool.h>
#include <stddef.h>

struct cJSON;

#define PARTS_MAX 32

struct parts { /* zeroed is empty */
	long rev;
	int count; /* of the set that is coming in */
	struct cJSON *coming[PARTS_MAX];
};

void parts_close(struct parts *p);

/* Takes a copy of one event; another rev begins anew. true: the set is whole; read it with the functions below, then
 * parts_close() to be ready for the next. An event without these fields is a whole set. */
bool parts_take(struct parts *p, const struct cJSON *event);

/* The arrays of this name of all parts, in order, as one; moved out of them: the caller's. NULL without memory. */
struct cJSON *parts_join(struct parts *p, const char *key);

/* The first part that has a field of this name; borrowed, NULL: none has. */
const struct cJSON *parts_with(const struct parts *p, const char *key);

/* How many bytes an entry of a list is on the wire: for who has to cut it. */
size_t parts_entry_bytes(const struct cJSON *entry);

#endif
