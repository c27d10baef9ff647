/* A text cut at its spaces: words as they are written, what stands around them taken off. Pure. */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>
#include <stddef.h>

struct token {		/* all borrowed from the text */
	const char *at; /* of the whole, with what stands around it */
	size_t n;
	const char *core; /* without quotes, brackets, marks of Markdown and what ends a sentence */
	size_t core_n;
	char stop;	  /* '.', '!', '?' or ',' behind it; 0: none */
	bool dots;	  /* the stop is a single '.' right behind the core: it may belong to it */
	bool opens;	  /* a bracket opens before it */
	bool breaks;	  /* a new line begins behind it */
	const char *next; /* behind it and its spaces */
};

/* The first of the text up to end. false: only spaces are left. */
bool token_read(struct token *t, const char *text, const char *end);

/* Whether its core is that word of small letters, whatever its case. */
bool token_is(const struct token *t, const char *word);
/* Whether its core begins with a capital, a small letter, a digit (of ASCII). */
bool token_upper(const struct token *t);
bool token_lower(const struct token *t);
bool token_digit(const struct token *t);

#endif
