/* What a configuration holds, for the files conf*.c only: sections ("parts") in which every key of the schema has
 * its values, given or preset, and where each was written. Plain text all of it; conf_check.c saw it before it
 * came here. */
#ifndef CONF_STORE_H
#define CONF_STORE_H

#include <limits.h>
#include <stddef.h>

#include "complaint.h"
#include "conf.h"
#include "conf_schema.h"

#define CONF_PARTS_MAX 1024
#define CONF_FILES_MAX 64

struct conf_value {
	char **items; /* NULL-terminated */
	size_t n;
	const char *file; /* one of conf->files; NULL: preset, or an override */
	int line;
};

struct conf_part {
	const struct conf_section *section;
	char *title;	  /* NULL: the section without one, or the presets of those with */
	const char *file; /* where it begins; NULL: built in */
	int line;
	struct conf_value *values; /* one for each key of the section */
};

struct conf {
	char *file;	     /* as it was named, or NULL */
	char base[PATH_MAX]; /* the folder that relative names mean */
	char *files[CONF_FILES_MAX];
	size_t file_count;
	struct conf_part *parts; /* first one for each row of conf_sections, then the titled ones as they came */
	size_t part_count;
};

/* Rows of the schema; NULL: there is none of that name, or beyond the last. */
const struct conf_section *conf_section_of(const char *name);
const struct conf_key *conf_key_of(const char *section, const char *name);
const struct conf_key *conf_key_at(const struct conf_section *s, size_t i);

/* The part with that title, NULL if there is none; title NULL: the one without. Borrowed until the next
 * conf_part_add. */
struct conf_part *conf_part_of(const struct conf *c, const struct conf_section *s, const char *title);
/* A new part, its values preset. NULL without memory (ENOMEM) or beyond CONF_PARTS_MAX (E2BIG). */
struct conf_part *conf_part_add(struct conf *c, const struct conf_section *s, const char *title);

struct conf_value *conf_value_of(const struct conf_part *part, const struct conf_key *key);
void conf_value_clear(struct conf_value *v);
/* One more item, copied; a file name is made absolute beside base, a flag becomes yes or no. 0 or -1 with errno. */
int conf_value_add(struct conf_value *v, const struct conf_key *key, const char *base, const char *item);

void conf_store_free(struct conf *c);

/* conf_read.c: reads a file and what it includes into c. 0; -1: what was read is not whole, complaints say why. */
int conf_read(struct conf *c, const char *path, struct complaint *out);

/* conf_scan.c: looks a file's bytes over before libconfuse sees them, which has blind spots: quotes, braces, comments
 * (blanked, its line numbers go wrong over them), ${…}, bytes that are no text. openings gets the line of each
 * section's brace, at most max. How many there are, or -1 after complaining. text must have its NUL at n. */
int conf_scan(char *text, size_t n, const char *file, int *openings, int max, struct complaint *out);

/* conf_whole.c: adds what is built in, and checks what only the whole tells: titles, and what refers to them. */
int conf_complete(struct conf *c, struct complaint *out);
/* Whether item is what key may refer to; expected as in conf_value_good. */
bool conf_refers(const struct conf *c, const struct conf_key *key, const char *item, char *expected, size_t size);

#endif
