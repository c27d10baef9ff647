/* Where words occur in the documents of a folder: an index of their paragraphs by SQLite's FTS5, kept in the tool's own
 * folder and brought up to date by the files' times and sizes before it is asked. Blocks on the disk. */
#ifndef INDEX_H
#define INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "folder.h"

#define INDEX_EXCERPT_BYTES 160u

struct index { /* zeroed is closed */
	struct sqlite3 *db;
	struct sqlite3_stmt *insert; /* while it is brought up to date */
	const struct folder *folder; /* borrowed */
};

struct index_hit {
	size_t document; /* of the folder, from 0 */
	long paragraph;	 /* from 1 */
	char excerpt[INDEX_EXCERPT_BYTES + 1];
};

/* An index that is damaged or cannot be kept is made anew, in memory if need be. 0, or -1 with the reason in the log.
 */
int index_open(struct index *x, const struct folder *f);
void index_close(struct index *x);

/* The best paragraph of each of the documents that have these words, or words that begin with them, the best document
 * first, at most `most`; all: every word has to be in one paragraph, else any. How many, or -1. */
int index_find(struct index *x, const char *words, bool all, struct index_hit *hits, int most);

/* How many of the words are in a text. */
int index_count_words(const char *text, const char *words);

/* Whether there is anything to look for in these words. */
bool index_has_words(const char *words);

#endif
