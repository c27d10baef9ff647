/* Requests by libcurl for a program that has nothing else to do meanwhile, a tool: what fetch.h does, waited for, one
 * after the other over connections that are kept. */
#ifndef ASK_H
#define ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fetch.h"

#define ASK_WORDS_BYTES 128

struct ask { /* zeroed is closed */
	struct loop loop;
	struct fetch_pool *pool;
	uint64_t until_us; /* of clock_us(), set by the owner: no request is begun or waited for after it; 0: no such
			      limit */
};

struct ask_answer { /* zeroed is empty */
	int status;
	enum fetch_outcome outcome;
	char type[ASK_WORDS_BYTES], why[ASK_WORDS_BYTES], etag[ASK_WORDS_BYTES]; /* "" for none */
	char *body, *location; /* body always, with a NUL behind its bytes; location or NULL */
	size_t body_bytes;
	bool cut;
	long retry_after_s;
};

/* 0, or -1 with errno; close it in both cases. */
int ask_open(struct ask *s);
void ask_close(struct ask *s);

/* Blocks until it is answered or too late, by the limits of the request; its callbacks get ctx, its pool is ours. The
 * answer is the caller's to close, whatever became of it: without memory it is a failure like any other. */
void ask_for(struct ask *s, struct ask_answer *a, const struct fetch_request *r, void *ctx);
void ask_answer_close(struct ask_answer *a);

/* Whether the service asks to come again later, and there is time for it: then that time has passed. Blocks for as long
 * as it says, for 1, 2 s if it does not, by how often it was tried before (0: once). */
bool ask_again(const struct ask *s, const struct ask_answer *a, int tries);

/* text with all but letters, digits and -._~ as %XX: a value of a query. Cut off at size; three times its length and a
 * NUL is enough. Returns out. */
char *ask_escape(const char *text, char *out, size_t size);

#endif
