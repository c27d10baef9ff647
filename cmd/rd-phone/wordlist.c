#include "wordlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"

#define WORD_BYTES 96

/* The number at *at, which moves behind it and its unit. -1: there is none, or another unit, or it is out of bounds. */
static int read_number(const struct wordlist_number *n, const char **at)
{
	char *end;
	double value = strtod(*at, &end);
	bool time = strcmp(n->unit, "ms") == 0, seconds = time && end[0] == 's';
	size_t length = seconds ? 1 : strlen(n->unit);

	if (end == *at || **at == ' ')
		return -1;
	if (!seconds && strncmp(end, n->unit, length) != 0) {
		if (time)
			return -1;
		length = 0;
	}
	value *= seconds ? 1000 : 1;
	if (!(value >= n->min && value <= n->max))
		return -1;
	*n->into = value;
	*at = end + length;
	return 0;
}

static int read_value(const struct wordlist_row *row, const char *value)
{
	if (!row->number[0].into || read_number(&row->number[0], &value) < 0)
		return -1;
	if (*value && *value == row->separator) {
		value++;
		if (read_number(&row->number[1], &value) < 0)
			return -1;
	}
	return *value ? -1 : 0;
}

static int say_expected(const struct wordlist_row *row, const char *option, const char *word, char *error, size_t size)
{
	const struct wordlist_number *a = &row->number[0], *b = &row->number[1];
	char second[64] = "";

	if (!a->into)
		return snprintf(error, size, "%s %s: no number expected", option, word), -1;
	if (b->into)
		snprintf(second, sizeof second, "[%c%g-%g%s]", row->separator, b->min, b->max, b->unit);
	return snprintf(error, size, "%s %s: %s=%g-%g%s%s expected", option, word, row->word, a->min, a->max, a->unit,
			second),
	       -1;
}

static int read_word(const struct wordlist_row *rows, size_t n, const char *option, char *word, char *error,
		     size_t size)
{
	char whole[WORD_BYTES], hint[96], *equals;
	struct nearest near = { .word = word };

	snprintf(whole, sizeof whole, "%s", word);
	equals = strchr(word, '=');
	if (equals)
		*equals++ = '\0';
	for (size_t i = 0; i < n; i++) {
		const struct wordlist_row *row = &rows[i];

		nearest_see(&near, row->word);
		if (strcmp(row->word, word) != 0)
			continue;
		if (equals ? read_value(row, equals) < 0 : row->number[0].into && !row->bare)
			return say_expected(row, option, whole, error, size);
		if (row->given)
			*row->given = true;
		return 0;
	}
	return snprintf(error, size, "%s %s: no such word%s", option, whole, nearest_hint(&near, hint)), -1;
}

int wordlist_read(const struct wordlist_row *rows, size_t n, const char *option, const char *text, char *error,
		  size_t size)
{
	do {
		size_t length = strcspn(text, ",");
		char word[WORD_BYTES];

		if (length >= sizeof word)
			return snprintf(error, size, "%s %.40s…: no such word", option, text), -1;
		snprintf(word, sizeof word, "%.*s", (int)length, text);
		if (read_word(rows, n, option, word, error, size) < 0)
			return -1;
		text += length;
	} while (*text++);
	return 0;
}
