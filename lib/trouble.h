/* Why a service did not do what a tool asked of it: one line for the log, and a sentence that a caller can use. */
#ifndef TROUBLE_H
#define TROUBLE_H

#include "ask.h"

#define TROUBLE_BYTES 240

struct trouble {
	enum fetch_outcome outcome; /* FETCH_UNKNOWN: it may have been done all the same */
	int status;		    /* of the answer; 0: there was none */
	char text[TROUBLE_BYTES];
};

/* Logs "cannot VERB URL: reason" (of the URL no query, nothing of a body) and finds the sentence: who is "The
 * calendar". detail: what the service calls its reason, or NULL. Returns -1. */
int trouble_of(struct trouble *t, const char *who, const char *verb, const char *url, const struct ask_answer *a,
	       const char *detail);

/* A sentence of its own, nothing was done; the log has it too. Returns -1. */
int trouble_say(struct trouble *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The answer of a tool, the caller's: failed or unknown. */
struct cJSON *trouble_answer(const struct trouble *t);

#endif
