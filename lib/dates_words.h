/* The words of a date as it is dictated, and what moment they are together: dates.c's eye. Pure. */
#ifndef DATES_WORDS_H
#define DATES_WORDS_H

#include <stdbool.h>

#include "moment.h"

#define DATES_TEXT_BYTES 120u
#define DATES_WORDS_MAX 24

struct dates_text {
	char buf[DATES_TEXT_BYTES];
	char *word[DATES_WORDS_MAX]; /* small letters, into buf */
	int n, at;		     /* those before `at` are taken */
};

/* 0, or -1: no words, or too many. */
int dates_text_split(struct dates_text *t, const char *text);

/* Whether these words are next; then they are taken. */
bool dates_text_take(struct dates_text *t, const char *phrase);

/* How many of the next words are a number, "24" or "twenty four"; none is taken. */
int dates_text_number(const struct dates_text *t, int *value);

/* All that are left, as one moment or day. 0, or -1: one was not understood, or cannot be. */
int dates_text_moment(struct dates_text *t, struct moment *m);

#endif
