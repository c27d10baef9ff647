/* Mistakes of a file, one line each, gathered in the caller's buffer; what no longer fits is counted. */
#ifndef COMPLAINT_H
#define COMPLAINT_H

#include <stddef.h>

struct complaint {
	char *text; /* may be NULL if size is 0 */
	size_t size, used;
	unsigned count, whole; /* of whole those that fitted */
};

void complaint_open(struct complaint *c, char *text, size_t size);

/* "FILE:LINE: …"; without a line "FILE: …"; without a file the words alone. */
void complaint_add(struct complaint *c, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The last word: if not all fitted, the text ends with whole lines and how many more there are. */
void complaint_end(struct complaint *c);

/* value as it may be shown: in quotes, cut at about 40 bytes, of what may be a telephone number in it (seven digits and
 * more, with blanks, dashes and brackets) the last four digits. Returns out. */
const char *complaint_quote(const char *value, char out[64]);

/* The same of what can be no telephone number: all its digits. */
const char *complaint_quote_number(const char *value, char out[64]);

#endif
