/* Free words, as a model or a human types them, as a query of the full-text index that cannot be a syntax error. */
#ifndef SEARCH_H
#define SEARCH_H

#include <stddef.h>

/* Up to 12 words, each quoted, any of them may match; longer ones also as beginnings. 0, or -1: there is no word in it.
 */
int search_query(const char *words, char *out, size_t size);

#endif
