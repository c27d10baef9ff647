/* Rows of words, printed in columns that are as wide as they need to be. */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS 8

struct table { /* zeroed is empty */
	char *(*rows)[TABLE_COLUMNS];
	size_t count;
};

/* Adds a row of cells, copied; NULL behind the last. What finds no memory is left out. */
void table_add(struct table *t, ...) __attribute__((sentinel));

/* Prints what is there, each line indented by so many blanks, and empties it. */
void table_print(struct table *t, int indent, FILE *out);

#endif
