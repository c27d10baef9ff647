/* What a file of sentences is in memory: for the files lib/sentences*.c alone. */
#ifndef SENTENCES_STORE_H
#define SENTENCES_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "complaint.h"
#include "moment.h"
#include "pattern.h"
#include "sentences.h"

#define SENTENCES_NUMBERS 100	/* spoken numbers are below it */
#define SENTENCES_STEPS 200000u /* of one match: a text that needs more is none */
#define SENTENCES_WORDS 64
#define SENTENCES_LINE_BYTES 1024
#define SENTENCES_RULES 1000 /* lists and rules; so many intents, too */
#define SENTENCES_DEPTH 16   /* of rules within rules */

struct form { /* one way to say a number, an ordinal, a key */
	struct word words[4];
	int count;
	char *shown;
	long value;    /* of a key its character */
	bool composed; /* of a ten and a unit */
};

struct forms {
	struct form *all;
	size_t count;
};

struct assign { /* "hour <number>" */
	enum moment_field field;
	int sign;
	long number;
	char *slot; /* NULL: the number */
};

#define ENTRY_ASSIGNS 6

struct entry {
	struct pattern *pattern;
	struct assign assigns[ENTRY_ASSIGNS];
	size_t assign_count;
	char *value; /* of a list's: what stands behind its =; NULL: none */
	const char *file;
	int line;
};

enum rule_kind { RULE_LIST, RULE_RULE, RULE_NUMBER, RULE_ORDINAL, RULE_KEYS };

struct rule {
	char name[32];
	enum rule_kind kind;
	struct entry *entries;
	size_t count;
	bool given;   /* filled from the configuration: may be empty */
	int visited;  /* while circles are looked for: 1 under way, 2 done */
	bool sayable; /* some entry can be said: a name that nobody has cannot */
	const char *file;
	int line;
};

struct said { /* a section `speak` line, perhaps one of several of that name */
	char *name, *text;
	const char *file;
	int line;
};

struct sentences {
	char *file, *language;
	char *files[8]; /* read, with what they include */
	size_t file_count;
	struct spellings same;
	struct forms numbers, ordinals, keys;
	struct forms polite; /* may stand before and behind any sentence */
	char *suffixes;	     /* of ordinals, " st nd rd th " */
	struct word joins[4];
	char *join_shown;
	size_t join_count;
	struct rule *rules;
	size_t rule_count;
	struct sentences_intent *intents;
	size_t intent_count;
	struct said *said;
	size_t said_count;
	const char **grammars;
	size_t grammar_count;
};

struct rule *sentences_rule(const struct sentences *s, const char *name);

/* sentences_read.c: a file and what it includes, into s; mistakes into out. from: where it is included, NULL: nowhere.
 * sentences_check.c: what holds between lines. */
struct reading;
void sentences_read(struct sentences *s, const char *path, const struct reading *from, struct complaint *out);
void sentences_check(struct sentences *s, struct complaint *out);
struct rule *sentences_add_rule(struct sentences *s, const char *name, enum rule_kind kind);
struct entry *sentences_add_entry(struct rule *r);

/* sentences_grammar.c: whether some words match the sequence. Asks the rules in it, which must know. */
bool sentences_sayable(const struct pattern *p);

/* sentences_forms.c: numbers without a line of their own are put together ("twenty" "one"). -1 without memory. */
int sentences_add_form(struct forms *f, const struct spellings *same, long value, const char *text, size_t n);
int sentences_compose(struct sentences *s);
/* Words at w, of n, that are a form. Its number of words, 0: they are not. */
int sentences_form_at(const struct form *f, const struct word *w, int n);

/* sentences_say.c: what a file must have in its section `speak`, and which slots each may have (" a b "). */
struct speak {
	const char *name, *slots;
	int words; /* so many words, for example seven weekdays; 0: any */
};
extern const struct speak sentences_speak[];
extern const size_t sentences_speak_count;

/* A moment, or its `time` or its `date` alone; a length, or "in" a length. Return out. */
char *sentences_at(const struct sentences *s, const char *what, time_t at, time_t now, char *out, size_t size);
char *sentences_from_now(const struct sentences *s, const struct moment *m, char *out, size_t size);

/* sentences_fill.c. The next slot of a template from at on: what of it ("": itself). false: there is none. */
struct field {
	char what[16], name[32];
	const char *begin, *end;
};
bool sentences_field(const char *at, struct field *f);

#endif
