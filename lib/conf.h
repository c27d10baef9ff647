/* ringdown.conf: read, checked against the one schema (conf_schema.c) and held with every default filled in. What is
 * relative in it is absolute here, what is included is flattened, and three agents and four pipelines always exist. */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CONF_FILE_MAX_BYTES 262144u /* of one file */
#define CONF_TEXT_MAX_BYTES 16384u  /* of one value */

struct conf;

/* Reads path, or takes all defaults if it is NULL; the caller's to conf_close. NULL: error holds one line a
 * mistake, "FILE:LINE: what stood there, what was expected". Blocks on files; not for threads (libconfuse's
 * scanner is global). */
struct conf *conf_open(const char *path, char *error, size_t size);
void conf_close(struct conf *c); /* NULL is fine */

/* The value in effect: set, or the schema's default (also where no section has that title). title is NULL for sections
 * without one. Never NULL, borrowed until conf_set of the same key or conf_close. Kinds: text also reads choices, names
 * of secrets and file names (absolute); a key the schema does not know, or of another kind, is our own bug: assert. */
const char *conf_text(const struct conf *c, const char *section, const char *title, const char *key);
long conf_number(const struct conf *c, const char *section, const char *title, const char *key);
double conf_real(const struct conf *c, const char *section, const char *title, const char *key);
bool conf_flag(const struct conf *c, const char *section, const char *title, const char *key);

/* How many; *items is the borrowed array, which has a NULL behind its last. */
size_t conf_list(const struct conf *c, const char *section, const char *title, const char *key,
		 const char *const **items);

/* The titled sections of a kind, in the order of the file. conf_title: NULL behind the last. */
size_t conf_count(const struct conf *c, const char *section);
const char *conf_title(const struct conf *c, const char *section, size_t i);
bool conf_has(const struct conf *c, const char *section, const char *title);

/* Whether a section that exists stands in no file: ringdown brings it. */
bool conf_builtin(const struct conf *c, const char *section, const char *title);

/* An override from outside the file, checked by the same schema; a list is separated by commas, file names are
 * relative to the working folder. 0, or -1 with error ("model = …: expected …"), also if no section has that
 * title. */
int conf_set(struct conf *c, const char *section, const char *title, const char *key, const char *value, char *error,
	     size_t size);

/* The overrides of untitled sections in the environment: RINGDOWN_GENERAL_LISTEN, RINGDOWN_LIMITS_CALLS. Names of
 * secrets have none (RINGDOWN_OPERATOR_TOKEN may be the secret itself). 0, or -1 with error. */
int conf_environment(struct conf *c, char *error, size_t size);

/* All that is in effect, in a form that conf_open reads back to the same: `-t`, and the checked copy RUNTIME/config.N.
 * 0, or -1 with errno when the stream failed. */
int conf_print(const struct conf *c, FILE *out);

/* A file name as the configuration means it: beside the configuration file, unless absolute. 0, or -1 ENAMETOOLONG. */
int conf_path(const struct conf *c, const char *name, char *out, size_t size);

/* "FILE:LINE: " of what stands for a key, for a complaint about it; "" where it is a default or an override. Returns
 * out. */
const char *conf_where(const struct conf *c, const char *section, const char *title, const char *key, char *out,
		       size_t size);

/* The file it was read from, as it was named; NULL for defaults. */
const char *conf_file(const struct conf *c);

#endif
