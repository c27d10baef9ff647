/* Events: JSON objects with a `type`, one table of them (events.tbl), and what can be checked of each. See
 * rd-events(7). */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;

enum event_type {
	EVENT_UNKNOWN,
#define EVENT(name, type, again, fields, by, to, gloss) EVENT_##name,
#include "events.tbl"
#undef EVENT
	EVENT_TYPES
};

enum event_again { AGAIN_N, AGAIN_K, AGAIN_S };

struct event_info {
	const char *type;
	enum event_again again;
	const char *fields, *said_by, *acted_on_by, *gloss;
};

const struct event_info *event_info(enum event_type type); /* NULL for EVENT_UNKNOWN */
enum event_type event_find(const char *type);

/* The type of an event in bytes, NUL-terminated in out, without parsing it all when `type` comes first, as all of ours
 * do. -1: no object with a short `type`. */
int event_peek(const uint8_t *bytes, size_t n, char *out, size_t size);

/* Whether an event has the fields of the table, of the right kinds. Unknown fields are fine, an unknown type too.
 * -1: what is wrong in error. */
int event_check(const struct cJSON *event, char *error, size_t size);

/* Lists of items of call.heard and call.cleared: one {item, heard_ms, sent_ms, end}. */
struct event_heard {
	uint32_t item;
	long heard_ms, sent_ms;
	bool end;
};
struct cJSON *event_heard_make(const struct event_heard *h);		/* the caller's; NULL without memory */
int event_heard_read(struct event_heard *h, const struct cJSON *entry); /* -1: not such an entry */

#endif
