/* Written words into spoken ones. Rules in a table look at a few words at a time, the first that knows them says them;
 * what none knows is said as it stands. English is spelled out whole; of other languages only what espeak-ng does not
 * read well by itself: addresses, telephone numbers, times. Pure. */
#ifndef SAY_H
#define SAY_H

#include <stdbool.h>
#include <stddef.h>

#include "token.h"

#define SAY_ROOM 2000
#define SAY_TOKENS 6 /* that a rule may look at */

struct say { /* spoken words with a space between two, each with what may stand behind it: , . ! ? */
	char text[SAY_ROOM];
	size_t n;
	unsigned words;
};

struct say_language {
	const char *code;
	const char *at, *dot, *dash, *underscore, *slash, *plus;
	bool english;
	const char *hour; /* of "15:30 Uhr" */
};

/* By its code, without its country; others: their at and dot are left to the engine. */
const struct say_language *say_language(const char *code);

void say_clear(struct say *s);
/* Appends words; what has no room is left out. */
void say_words(struct say *s, const char *words);
void say_bytes(struct say *s, const char *words, size_t n);
/* A letter more for the last word. */
void say_join(struct say *s, char letter);
/* Puts a mark behind the last word, if none is there. */
void say_mark(struct say *s, char mark);

/* Says the first tokens: how many, at least one. *stop: the mark behind them that ends something, or 0. */
size_t say_tokens(struct say *s, const struct say_language *l, const struct token *t, size_t n, char *stop);

#endif
