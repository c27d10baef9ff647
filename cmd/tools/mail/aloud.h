/* The text of a mail as it is read aloud: without what was quoted, signatures and addresses of pages; in portions that
 * end with a sentence. Pure. */
#ifndef ALOUD_H
#define ALOUD_H

#include <stddef.h>

#define ALOUD_PORTION_BYTES 900u

/* What is left of the text, in one line a paragraph. The caller's; NULL without memory. */
char *aloud_text(const char *text);

/* Where the portion that begins at text ends: a sentence's end, or a space, or nothing better. */
size_t aloud_portion(const char *text);

/* How many portions the text is. */
int aloud_portions(const char *text);

/* Where the n-th begins, from 1; NULL: there are not so many. */
const char *aloud_begin(const char *text, int n);

#endif
