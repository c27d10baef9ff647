/* The pages that somebody is reading: their text, so that going on needs no network and finds the same page, and how
 * far they were read. A few, the newest first; each caller has a shelf, and each job beside it. */
#ifndef SHELF_H
#define SHELF_H

#include <stdbool.h>
#include <stddef.h>

#include "keep.h"

#define SHELF_PAGES 4
#define SHELF_MAX_BYTES 204800u /* of all texts together; the newest stays, however long */

struct paragraphs;

struct shelf { /* set lock of keep to -1: closed */
	struct keep keep;
	struct cJSON *pages;
};

/* 0, or -1 with a sentence in why. Close it in both cases. */
int shelf_open(struct shelf *s, char *why, size_t size);
int shelf_write(struct shelf *s, char *why, size_t size);
void shelf_close(struct shelf *s);

/* The page of that address, else the newest, of the reader at hand; NULL: there is none. Borrowed: {url, title, cut,
 * paragraphs, from, to, key}. */
struct cJSON *shelf_find(const struct shelf *s, const char *url);

/* Puts a page in front, not yet read; what is too old or too much goes. Borrowed; NULL without memory. */
struct cJSON *shelf_put(struct shelf *s, const char *url, const char *title, bool cut, const struct paragraphs *p);

#endif
