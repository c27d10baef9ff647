/* The known word that a misspelt one was probably meant to be: shown to it one by one, it keeps the nearest. */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word; /* what stood there; set it, the rest zero */
	const char *best; /* NULL: nothing known is near */
	size_t distance;
};

/* known is kept, not copied. Words over 63 bytes are near to nothing. */
void nearest_see(struct nearest *n, const char *known);

/* " (did you mean \"BEST\"?)", or "" if there is none. Returns out. */
const char *nearest_hint(const struct nearest *n, char out[96]);

#endif
