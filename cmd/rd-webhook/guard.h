/* Counters against too much of a good thing: connections of one address, calls of one caller in an hour, streams of one
 * call that broke and came back, log lines about strangers. Bounded tables, no allocation; time is passed in. A restart
 * forgets them. */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUARD_KEY_BYTES 64 /* an address, a number or a call's id; what is longer counts by its beginning */
#define GUARD_ADDRESSES 256
#define GUARD_MARKS 1024 /* no calls-per-hour can be more */

#define GUARD_HOUR_MS 3600000
#define GUARD_RESUMES 3 /* streams that may break in ... */
#define GUARD_RESUMES_MS 60000
#define GUARD_AGAIN 10 /* seconds that a call may wait for a supervisor, in the same time */

/* Connections that are open now. Zeroed is empty. */
struct guard_connections {
	struct guard_address {
		char key[GUARD_KEY_BYTES];
		unsigned open;
	} address[GUARD_ADDRESSES];
};

/* Counts one more connection of that address; false, and not counted: it has `most` already, or the table is full. */
bool guard_connect(struct guard_connections *g, const char *address, unsigned most);
void guard_disconnect(struct guard_connections *g, const char *address); /* for each guard_connect that was true */

/* What happened lately, newest over oldest. Zeroed is empty. */
struct guard_marks {
	size_t next;
	struct guard_mark {
		char key[GUARD_KEY_BYTES];
		uint64_t at_ms;
	} mark[GUARD_MARKS];
};

/* Whether key may happen once more: it has happened fewer than `most` times in the window_ms before now; then it is
 * counted, and only then: who is refused is not kept out by trying again. */
bool guard_allow(struct guard_marks *g, const char *key, unsigned most, uint64_t window_ms, uint64_t now_ms);

/* Log lines about strangers, who must not fill the disk. Zeroed is empty. */
#define GUARD_LINES 10 /* of one kind in ... */
#define GUARD_LINES_MS 60000

#define GUARD_KINDS 16

struct guard_lines {
	struct guard_kind {
		const char *name;  /* a word of ours, borrowed for good */
		uint64_t since_ms; /* the first line of its window */
		unsigned said, unsaid;
	} kind[GUARD_KINDS];
};

/* Whether a line of that kind may be written now. If not, it is counted. */
bool guard_line(struct guard_lines *g, const char *kind, uint64_t now_ms);

/* Whether some lines were not written of which guard_unsaid has not told yet. */
bool guard_owes(const struct guard_lines *g);

/* A kind whose window is over, and how many of its lines were not written, which is forgotten then. NULL: no other.
 * now_ms UINT64_MAX: every window is over. */
const char *guard_unsaid(struct guard_lines *g, uint64_t now_ms, unsigned *count);

#endif
