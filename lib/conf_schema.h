/* The one table that knows every section and key of ringdown.conf: parser, checks, `-t` and the man page's test
 * use it. */
#ifndef CONF_SCHEMA_H
#define CONF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

enum conf_kind {
	CONF_TEXT,
	CONF_NUMBER,  /* min to max */
	CONF_REAL,    /* min to max */
	CONF_FLAG,    /* yes or no */
	CONF_CHOICE,  /* one of words */
	CONF_FILE,    /* a file name, made absolute */
	CONF_COMMAND, /* a list, program and arguments; the program is a file name if it holds a / */
	CONF_SECRET,  /* the name of a secret, never the secret */
};

/* NULL if the value is good, else what was expected, to follow the word "expected". */
typedef const char *conf_check(const char *value);

struct conf_section {
	const char *name;
	conf_check *title; /* NULL: there is one such section and it has no title */
	const char *help;
};

struct conf_key {
	const char *section, *name;
	enum conf_kind kind;
	bool list;	    /* several values; bounds and checks hold for each */
	double min, max;    /* numbers */
	const char *words;  /* CONF_CHOICE: "off|ask|on" */
	const char *preset; /* the default; a list's items stand in lines; NULL: "" or the empty list */
	const char *refers; /* each value is the title of such a section, or "" */
	conf_check *check;  /* beyond the kind; never asked about "" */
	bool later;	    /* known and checked, and nothing acts on it yet */
	bool whole;	    /* "" is a mistake (in a list it always is) */
	const char *help;   /* one line */
};

extern const struct conf_section conf_sections[];
extern const size_t conf_sections_count;
extern const struct conf_key conf_keys[]; /* in the order of their sections */
extern const size_t conf_keys_count;

#endif
