#include "search.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MAX 12
#define WORD_BYTES_MAX 40
#define BEGINNING_BYTES 4 /* "appoint" finds appointment, "in" does not find infinity */

/* Letters of any script: every byte of a character beyond ASCII counts as one. */
static bool is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

int search_query(const char *words, char *out, size_t size)
{
	size_t used = 0;
	int count = 0;

	out[0] = 0;
	while (*words && count < WORDS_MAX) {
		size_t n = 0;
		int put;

		while (is_word(words[n]))
			n++;
		if (n >= 2 && n <= WORD_BYTES_MAX) {
			put = snprintf(out + used, size - used, "%s\"%.*s\"%s", count ? " OR " : "", (int)n, words,
				       n >= BEGINNING_BYTES ? "*" : "");
			if (put < 0 || (size_t)put >= size - used) {
				out[used] = 0;
				break;
			}
			used += (size_t)put;
			count++;
		}
		words += n ? n : 1;
	}
	return count ? 0 : -1;
}
