/* What can be said to the assistant that needs no model: the sentences of a file (sentences(5)), as a grammar for a
 * recogniser and as a matcher of text, which agree: both come from the same patterns. Nothing in here knows a language:
 * every word stands in the file; the names of people, agents and documents come from the configuration. */
#ifndef SENTENCES_H
#define SENTENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "moment.h"

struct cJSON;
struct conf;
struct sentences;

#define SENTENCES_FILE_MAX_BYTES 262144u
#define SENTENCES_TEXT_MAX_BYTES 2048u /* of what is matched; longer is no sentence */
#define SENTENCES_SLOTS 8

/* The agent's file, and names from the configuration (and the documents' folder); the caller's to sentences_close.
 * NULL: error has one line a mistake, "FILE:LINE: what stood there, what was expected". Blocks on files. */
struct sentences *sentences_open(const struct conf *conf, const char *agent, char *error, size_t size);
void sentences_close(struct sentences *s); /* NULL is fine */

/* The file in effect: agent.sentences, or the one of its language that ships. Its language ("en"). Borrowed. */
const char *sentences_file(const struct sentences *s);
const char *sentences_language(const struct sentences *s);

/* The names of the grammars (states of the conversation): "main" first, NULL behind the last. Borrowed. */
const char *const *sentences_grammars(const struct sentences *s);

/* A grammar as JSGF text, words in lower case as the file has them; malloced, the caller's. NULL: no such grammar
 * (errno ENOENT), or no memory. */
char *sentences_grammar(const struct sentences *s, const char *name);

/* --- what a sentence leads to; all borrowed from s */

enum sentences_act {
	SENTENCES_NONE, /* only a tool, or only words */
	SENTENCES_YES,
	SENTENCES_NO,
	SENTENCES_CORRECT, /* what was understood last, in the slots that are said again */
	SENTENCES_ANSWER,  /* the slot that was asked for */
	SENTENCES_CANCEL,
	SENTENCES_STOP,
	SENTENCES_REPEAT,
	SENTENCES_SLOWER,
	SENTENCES_FASTER,
	SENTENCES_GO_ON,
	SENTENCES_NEXT,
	SENTENCES_PREVIOUS,
	SENTENCES_READ, /* a document, paragraph by paragraph */
	SENTENCES_HELP,
	SENTENCES_SPELL,
	SENTENCES_SWITCH,
	SENTENCES_ACTS
};

struct sentences_argument {
	char *name, *text; /* text: a template */
};

struct sentences_need {
	char *slot, *question;
};

#define SENTENCES_LINES 12

struct sentences_intent {
	char *name;
	enum sentences_act act;
	char *tool; /* NULL: none */
	struct sentences_argument arguments[SENTENCES_LINES];
	size_t argument_count;
	struct sentences_need needs[SENTENCES_LINES];
	size_t need_count;
	char *ask;		     /* read back before it is done; NULL: done at once */
	char *unsure;		     /* the same, only if it was not heard well */
	char *before;		     /* said while the tool runs */
	char *says[SENTENCES_LINES]; /* variants, when it is done; none: what the tool says */
	size_t say_count;
	char *fail; /* when the tool could not do it; NULL: what the tool says */
	bool quiet; /* nothing is said when it is done */
	char *examples[SENTENCES_LINES];
	size_t example_count;
	char *states; /* " main reading ": where it can be heard */
	/* the sentences */
	struct entry *entries;
	size_t count;
	const char *file;
	int line;
};

size_t sentences_intents(const struct sentences *s);
const struct sentences_intent *sentences_intent(const struct sentences *s, size_t i);
const struct sentences_intent *sentences_find(const struct sentences *s, const char *name);	      /* NULL */
const struct sentences_intent *sentences_find_act(const struct sentences *s, enum sentences_act act); /* the first */
bool sentences_heard_in(const struct sentences_intent *i, const char *grammar);

/* --- matching */

struct sentences_slot {
	char name[32];
	char text[512];	 /* the words, as the file spells them */
	char value[128]; /* of a list's entry with a value, of a contact its number; else "" */
	bool has_number;
	long number; /* of number and ordinal */
	struct moment moment;
};

struct sentences_match {
	const struct sentences_intent *intent; /* borrowed from s */
	struct sentences_slot slots[SENTENCES_SLOTS];
	size_t slot_count;
};

/* Whether the whole text is a sentence of that grammar. 1: m is filled; 0: it is none. Letters' case, punctuation and
 * contractions do not matter, numbers may be words or digits. Pure. */
int sentences_match(const struct sentences *s, const char *grammar, const char *text, struct sentences_match *m);

struct sentences_slot *sentences_slot(const struct sentences_match *m, const char *name); /* NULL: not said */

/* --- saying */

/* A template filled with slots, and with fields of data (a tool's; may be NULL) where no slot has that name. Malloced,
 * the caller's; NULL without memory. Pure but for the zone of the process. */
char *sentences_fill(const struct sentences *s, const char *text, const struct sentences_match *m,
		     const struct cJSON *data, time_t now);
/* An example of the file, each slot being the first that can be said there. The caller's; NULL: there is none, as
 * nobody is in the address book. */
char *sentences_example(const struct sentences *s, const char *text);
/* An argument of a tool: numbers as such, moments as RFC 3339. The caller's; NULL: a slot that was not said. */
struct cJSON *sentences_value(const struct sentences *s, const char *text, const struct sentences_match *m, time_t now);

/* A line of the section `speak`, one of its variants. Borrowed; a name that is in no table is our own bug. */
const char *sentences_words(const struct sentences *s, const char *name, unsigned variant);

/* "today at 8 PM", "10 minutes"; out is cut. Return out. */
char *sentences_moment(const struct sentences *s, time_t at, time_t now, char *out, size_t size);
char *sentences_length(const struct sentences *s, long seconds, char *out, size_t size);
/* "milk, bread and eggs". */
char *sentences_join(const struct sentences *s, const char *const *all, size_t n, char *out, size_t size);

#endif
