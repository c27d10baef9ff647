#include "wordlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"

#define WORD_BYTES 96
#define BLANKS " \t"

static bool is_time(const struct wordlist_number *n)
{
	return strcmp(n->unit, "ms") == 0;
}

/* The number at *at, which moves behind it and its unit. -1: there is none, or another unit, or it is out of bounds. */
static int read_number(const struct wordlist_number *n, const char **at)
{
	char *end;
	double value = strtod(*at, &end);
	bool seconds = is_time(n) && end[0] == 's';
	size_t length = seconds ? 1 : strlen(n->unit);

	if (end == *at || strchr(BLANKS, **at))
		return -1;
	if (!seconds && strncmp(end, n->unit, length) != 0) {
		if (is_time(n))
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

/* How a number is written: TIME, N%, NdB, N. */
static const char *form(const struct wordlist_number *n, char out[16])
{
	snprintf(out, 16, "%s%s", is_time(n) ? "TIME" : "N", is_time(n) ? "" : n->unit);
	return out;
}

/* "loss=101: loss=N%[/N] expected, 0 to 100% and 1 to 500" */
static int say_expected(const struct wordlist_row *row, const char *option, const char *word, char *error, size_t size)
{
	const struct wordlist_number *a = &row->number[0], *b = &row->number[1];
	char first[16], second[16], more[32] = "", bounds[64] = "";

	if (!a->into)
		return snprintf(error, size, "%s %s: %s stands without a number", option, word, row->word), -1;
	if (b->into) {
		snprintf(more, sizeof more, "[%c%s]", row->separator, form(b, second));
		snprintf(bounds, sizeof bounds, " and %g to %g%s", b->min, b->max, b->unit);
	}
	return snprintf(error, size, "%s %s: %s=%s%s expected, %g to %g%s%s%s", option, word, row->word, form(a, first),
			more, a->min, a->max, a->unit, bounds, is_time(a) ? "; a TIME has its unit, ms or s" : ""),
	       -1;
}

/* No such word: the nearest one, or all that there are. */
static int say_unknown(const struct wordlist_row *rows, size_t n, const char *option, const char *word, char *error,
		       size_t size)
{
	struct nearest near = { .word = word };
	char hint[96];
	int used;

	for (size_t i = 0; i < n; i++)
		nearest_see(&near, rows[i].word);
	used = snprintf(error, size, "%s %s: no such word%s", option, word, nearest_hint(&near, hint));
	for (size_t i = 0; i < n && !near.best && used >= 0 && (size_t)used < size; i++)
		used += snprintf(error + used, size - (size_t)used, "%s%s", i ? ", " : "; there are ", rows[i].word);
	return -1;
}

static int read_word(const struct wordlist_row *rows, size_t n, const char *option, const char *whole, char *error,
		     size_t size)
{
	const char *equals = strchr(whole, '=');
	char word[WORD_BYTES];

	snprintf(word, sizeof word, "%.*s", (int)strcspn(whole, "="), whole);
	for (size_t i = 0; i < n; i++) {
		const struct wordlist_row *row = &rows[i];

		if (strcmp(row->word, word) != 0)
			continue;
		if (equals ? read_value(row, equals + 1) < 0 : row->number[0].into && !row->bare)
			return say_expected(row, option, whole, error, size);
		if (row->given)
			*row->given = true;
		return 0;
	}
	return say_unknown(rows, n, option, word, error, size);
}

int wordlist_read(const struct wordlist_row *rows, size_t n, const char *option, const char *text, char *error,
		  size_t size)
{
	do {
		size_t length;
		char word[WORD_BYTES];

		text += strspn(text, BLANKS);
		length = strcspn(text, ",");
		if (length >= sizeof word)
			return snprintf(error, size, "%s %.40s…: no such word", option, text), -1;
		snprintf(word, sizeof word, "%.*s", (int)length, text);
		if (read_word(rows, n, option, word, error, size) < 0)
			return -1;
		text += length;
	} while (*text++);
	return 0;
}
