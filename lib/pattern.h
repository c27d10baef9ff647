/* One pattern of sentences(5): words, (what may be missing), [one|of these], <slots>; parsed into nodes and walked by
 * the matcher and by the writer of grammars. And the words of a text, as both compare them: lower case, no punctuation,
 * contractions written out. Pure. */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_WORD_BYTES 48u
#define PATTERN_DEPTH 8u

struct word {
	char text[PATTERN_WORD_BYTES]; /* lower case; of a number its digits */
	bool numeral;
	long value; /* of a numeral, at most nine digits */
};

/* Contractions and other spellings: what stands for what. From the file's section `same`. */
struct spelling {
	struct word from;
	struct word to[4];
	size_t count;
	const char *spoken; /* as the file has it */
};

struct spellings {
	struct spelling *all;
	size_t count;
};

/* Small letters of n bytes, in their place. */
void words_lower(char *text, size_t n);

/* The words of n bytes of text, at most max. The count, or -1 if there are more, or one is too long. */
int words_split(const char *text, size_t n, const struct spellings *same, struct word *out, int max);

enum pattern_kind { PATTERN_WORDS, PATTERN_MAYBE, PATTERN_ONE_OF, PATTERN_SLOT };

struct pattern { /* nodes of a sequence hang together by next */
	enum pattern_kind kind;
	struct pattern *next;
	/* PATTERN_WORDS: one as the file spells it, which may be several to compare ("e-mail") */
	char *shown;
	struct word *words;
	int count;
	/* PATTERN_MAYBE: what may be missing; PATTERN_ONE_OF: each heads a sequence, hanging together by `other` */
	struct pattern *inside, *other;
	/* PATTERN_SLOT */
	char *name;
	bool bounded, several; /* <number 1-12>, <item+> */
	long min, max;
	const void *rule; /* what the name means: the owner's, for the owner */
};

/* NULL: why says what stood there and what was expected. same may be NULL. The caller's to pattern_close. */
struct pattern *pattern_open(const char *text, const struct spellings *same, char *why, size_t size);
void pattern_close(struct pattern *p); /* NULL is fine */

/* Whether the sequence can be matched by no word at all. */
bool pattern_may_be_empty(const struct pattern *p);

/* Calls on for each slot node, inner ones too, until one returns not 0, which it returns. */
int pattern_each_slot(struct pattern *p, int (*on)(void *ctx, struct pattern *slot), void *ctx);

#endif
