/* A file of sentences while it is read: for sentences_read.c and sentences_intent.c. */
#ifndef SENTENCES_READING_H
#define SENTENCES_READING_H

#include "sentences_store.h"

enum section { NONE, NUMBERS, ORDINALS, KEYS, SAME, POLITE, SPEAK, LIST, RULE, INTENT, BAD };

struct reading {
	struct sentences *s;
	struct complaint *out;
	const char *file;
	int line;
	enum section section;
	struct rule *rule;
	struct sentences_intent *intent;
};

/* Complaints about the line at hand. */
void sentences_wrong(struct reading *r, const char *what, const char *expected);
void sentences_no_memory(struct reading *r);
/* The nearest of the names is offered. */
void sentences_unknown(struct reading *r, const char *word, const char *expected, const char *const *names, size_t n);

/* Cuts the first word off; what is behind it, without blanks before it. */
char *sentences_cut(char *text);
/* A copy, or NULL and a complaint. */
char *sentences_keep(struct reading *r, const char *text);
/* NULL and a complaint if it is none, or can be matched by no word at all. */
struct pattern *sentences_read_pattern(struct reading *r, const char *text);

/* sentences_forms.c: lines of the sections numbers and ordinals, keys, polite, same. */
void sentences_read_number(struct reading *r, char *text);
void sentences_read_key(struct reading *r, char *text);
void sentences_read_polite(struct reading *r, char *text);
void sentences_read_same(struct reading *r, char *text);

/* sentences_intent.c: a line of an intent. */
void sentences_read_intent(struct reading *r, char *text);

#endif
