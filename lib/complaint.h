/* Mistakes of a file, one line each, gathered in the caller's buffer; what no longer fits is counted. */
#ifndef COMPLAINT_H
#define COMPLAINT_H

#include <stddef.h>

struct complaint {
	char *text; /* may be NULL if size is 0 */
	size_t size, used;
	unsigned count;
};

void complaint_open(struct complaint *c, char *text, size_t size);

/* "FILE:LINE: …"; without a line "FILE: …"; without a file the words alone. */
void complaint_add(struct complaint *c, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* value as it may be shown: in quotes, cut at 40 bytes, of a telephone number the last four digits. Returns out. */
const char *complaint_quote(const char *value, char out[64]);

#endif
