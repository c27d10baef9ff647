#include "pronounce.h"

#include <ctype.h>
#include <errno.h>
#include <flite/flite.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern cst_lexicon *cmulex_init(void); /* libflite_cmulex installs no header */

static int compare(const void *key, const void *entry)
{
	return strcmp(key, *(const char *const *)entry);
}

/* "tomato(2) T AH M AA T OW\n": cut into the word without its count, and the phones. */
static char *split(char *line)
{
	char *space = line + strcspn(line, " \t\r\n");
	char *phones = space + strspn(space, " \t");
	char *count = strchr(line, '(');

	phones[strcspn(phones, "\r\n")] = 0;
	*space = 0;
	if (count && count > line)
		*count = 0;
	return phones;
}

int pronounce_find(const char *path, const char *const *words, size_t n,
		   void (*found)(void *ctx, size_t word, const char *phones), void *ctx)
{
	FILE *file = fopen(path, "re");
	char line[512];
	bool failed;

	if (!file)
		return -1;
	while (fgets(line, sizeof line, file)) {
		char *phones = split(line);
		const char *const *at = bsearch(line, words, n, sizeof *words, compare);

		if (at && *phones && strlen(phones) < PRONOUNCE_BYTES)
			found(ctx, (size_t)(at - words), phones);
	}
	failed = ferror(file);
	fclose(file);
	return failed ? errno = EIO, -1 : 0;
}

/* Flite's phones are the dictionary's in lower case, vowels with their stress behind them, and one more vowel. */
static void append_phone(char out[PRONOUNCE_BYTES], const char *phone)
{
	size_t n = strlen(out);
	char name[8];
	size_t length = 0;

	while (isalpha((unsigned char)phone[length]) && length < sizeof name - 1) {
		name[length] = (char)toupper((unsigned char)phone[length]);
		length++;
	}
	name[length] = 0;
	if (length == 0 || strcmp(name, "PAU") == 0)
		return;
	(void)snprintf(out + n, PRONOUNCE_BYTES - n, "%s%s", n ? " " : "", strcmp(name, "AX") == 0 ? "AH" : name);
}

char *pronounce_guess(const char *word, char out[PRONOUNCE_BYTES])
{
	cst_val *phones = lex_lookup(cmulex_init(), word, NULL, NULL);

	out[0] = 0;
	for (const cst_val *v = phones; v; v = val_cdr(v))
		append_phone(out, val_string(val_car(v)));
	delete_val(phones);
	return out;
}
