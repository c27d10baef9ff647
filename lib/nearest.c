#include "nearest.h"

#include <stdio.h>
#include <string.h>

#define LONGEST 63

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* How many letters to put in, take out or change (Levenshtein), one row at a time. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST + 1], m = strlen(b);

	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < m; j++) {
			size_t above = row[j + 1];

			row[j + 1] = least(above + 1, row[j] + 1, diagonal + (a[i] != b[j]));
			diagonal = above;
		}
	}
	return row[m];
}

void nearest_see(struct nearest *n, const char *known)
{
	size_t length = strlen(n->word), d;

	if (length > LONGEST || strlen(known) > LONGEST)
		return;
	d = distance(n->word, known);
	if (d <= 1 + length / 4 && d < length && (!n->best || d < n->distance)) {
		n->best = known;
		n->distance = d;
	}
}

const char *nearest_hint(const struct nearest *n, char out[96])
{
	out[0] = '\0';
	if (n->best)
		snprintf(out, 96, " (did you mean \"%s\"?)", n->best);
	return out;
}
