/* An option that is a list of words, WORD[=NUMBER[UNIT][SEPARATOR NUMBER[UNIT]]],… read through a table. */
#ifndef WORDLIST_H
#define WORDLIST_H

#include <stdbool.h>
#include <stddef.h>

struct wordlist_number {
	double *into;	  /* holds the default; NULL: there is no such number */
	const char *unit; /* ms: a time, written with ms or s; others may be left out */
	double min, max;
};

struct wordlist_row {
	const char *word;
	bool *given;	/* or NULL */
	bool bare;	/* may stand without a number */
	char separator; /* between two numbers */
	struct wordlist_number number[2];
};

/* The words of text, the last of a kind wins. 0, or -1 with error: "--line lost=5: no such word (did you mean
 * \"loss\"?)". */
int wordlist_read(const struct wordlist_row *rows, size_t n, const char *option, const char *text, char *error,
		  size_t size);

#endif
