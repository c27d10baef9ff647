/* How words are pronounced, in the phones of CMU's dictionaries: as a dictionary file says, else as the letters are
 * usually read. */
#ifndef PRONOUNCE_H
#define PRONOUNCE_H

#include <stddef.h>

#define PRONOUNCE_BYTES 160u /* of a pronunciation: phones with spaces between them, "S T AA P" */

/* Finds all these words in a dictionary file and gives each pronunciation to found(), which knows the word by its
 * index. The words are in the order of strcmp. -1 with errno: the file cannot be read. */
int pronounce_find(const char *path, const char *const *words, size_t n,
		   void (*found)(void *ctx, size_t word, const char *phones), void *ctx);

/* By the rules of English spelling. "" if the word has no letters. Returns out. */
char *pronounce_guess(const char *word, char out[PRONOUNCE_BYTES]);

#endif
