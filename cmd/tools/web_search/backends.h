/* The services that search the web: how each is asked, and its answer as results of one form. Pure. */
#ifndef BACKENDS_H
#define BACKENDS_H

#include <stdbool.h>
#include <stddef.h>

#define BACKENDS_PATH_BYTES 2600
#define BACKENDS_RESULTS_MAX 10
#define BACKENDS_QUERY_BYTES 400u

struct cJSON;

struct search {
	const char *query, *time, *language; /* time: day, week, month or year; time, language NULL: any */
	int count;
};

struct backend {
	const char *name, *base, *secret; /* base, secret NULL: the owner's own server, without a key */
	const char *key_header;		  /* "Name: " before the key; NULL: it goes as a bearer */
	const char *within;		  /* the object that has the results; NULL: the answer itself */
	bool posts;			  /* the question is a body rather than a query */
	bool one_a_second;
	struct cJSON *(*ask)(const struct search *s, char *path); /* backends_ask */
};

/* By its name; NULL: there is none. */
const struct backend *backends_find(const char *name);

/* What goes behind the base; and the body of one that posts, the caller's, else NULL. */
struct cJSON *backends_ask(const struct backend *b, const struct search *s, char path[BACKENDS_PATH_BYTES]);

/* A service's answer as {results: [{n, title, url, snippet, date?, source}], answer?}, the caller's: plain text, one
 * for each address, HTTP and HTTPS only. dumb: it has nothing to say because its own sources do not answer. NULL
 * without memory. */
struct cJSON *backends_read(const struct backend *b, const struct cJSON *answer, int count, bool *dumb);

#endif
