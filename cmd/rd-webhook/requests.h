/* The last requests at the door with their verdicts, for `rd-ctl requests`. What is kept can be shown to anyone:
 * numbers are cut to their last four digits, call ids and tokens to their ends, queries are left out. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include <stddef.h>

#define REQUESTS_KEPT 100

struct requests {
	size_t next, count;
	struct request {
		char at[32], method[12], path[64], verdict[24], detail[256];
	} request[REQUESTS_KEPT];
};

/* Notes one; what is too long is cut. path may have its query still. verdict is one word ("answered", "signature",
 * "stranger"); detail, printf-like, says the rest. Zeroed is empty. */
void requests_note(struct requests *r, const char *method, const char *path, const char *verdict, const char *detail,
		   ...) __attribute__((format(printf, 5, 6)));

/* Copies of text what may be shown to anyone, as much as fits in whole characters; control characters
 * become blanks, quotes and backslashes others of their kind. */
void requests_show(char *out, size_t size, const char *text);

/* The same of a request's target, without its query. */
void requests_show_path(char *out, size_t size, const char *target);

/* A JSON array, oldest first, malloced, the caller's; NULL without memory. Under 64 KiB. */
char *requests_print(const struct requests *r);

#endif
