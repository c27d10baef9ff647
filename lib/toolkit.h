/* What the tools that ship have in common: `--schema`, `--help`, `--version`, arguments on standard input, an answer on
 * standard output, exit status 0 or 1. See ringdown-tools(7); a tool in another language needs none of this. */
#ifndef TOOLKIT_H
#define TOOLKIT_H

#include <stddef.h>

struct cJSON;

struct toolkit {
	const char *name;
	struct cJSON *(*describe)(void);		     /* what --schema prints; printed and deleted */
	struct cJSON *(*run)(const struct cJSON *arguments); /* toolkit_ok or toolkit_failed, perhaps with more added */
};

/* What main returns. */
int toolkit_main(const struct toolkit *t, int argc, char **argv);

/* Answers, the caller's; text as printf. NULL without memory. */
struct cJSON *toolkit_ok(const char *format, ...) __attribute__((format(printf, 1, 2)));
struct cJSON *toolkit_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* It cannot work here at all, for want of a key or a setting: exit status 100. */
struct cJSON *toolkit_unavailable(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* It may have been done or not, nobody can say: an outcome `unknown`. */
struct cJSON *toolkit_unknown(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What takes time, said meanwhile, a short sentence: to whoever listens on descriptor 3, if anyone does. */
void toolkit_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As toolkit_ok, but a text of any length (an answer has its limit: 24 KiB in all). */
struct cJSON *toolkit_text(const char *text);

/* Has an event said when the tool has ended: adds it to the answer's `say`. Takes event over; returns answer. */
struct cJSON *toolkit_say(struct cJSON *answer, struct cJSON *event);

/* Adds what a program wants to know rather than a caller to hear. Takes data over; returns answer. */
struct cJSON *toolkit_data(struct cJSON *answer, struct cJSON *data);

/* "one" to "twelve", then digits: a count inside a sentence. Returns out, or a word that lives for ever. */
#define TOOLKIT_COUNT_BYTES 24
const char *toolkit_count(long n, char out[TOOLKIT_COUNT_BYTES]);
const char *toolkit_count_begin(long n, char out[TOOLKIT_COUNT_BYTES]); /* "One", as a sentence begins */

/* A text in one line: no control characters, no spaces around it, cut to size without cutting a character. */
void toolkit_line(const char *text, char *out, size_t size);

/* The full stop that a text lacks at its end: "." or "". */
const char *toolkit_stop(const char *text);

/* A list of one name: for `required`, `says`, `secrets`. The caller's; NULL without memory. */
struct cJSON *toolkit_list(const char *name);

#endif
