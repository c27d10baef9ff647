/* How a tool's end becomes an answer: its exit status, what it printed and why it was ended, as one tool.result. */
#ifndef ANSWER_H
#define ANSWER_H

#include "tool.h"
#include "worker.h"

struct answer_of {
	const char *id, *name;
	enum tool_effect effect;
	unsigned timeout_s;
	enum worker_why why;
	int status;   /* as waitpid gives it */
	char *output; /* NUL behind it; cleaned in place */
	size_t n;
	const char *reason; /* why it was stopped; WORKER_STOPPED */
};

/* The event, the caller's; NULL without memory. *say: the list of events that the tool wants said, the caller's, or
 * NULL; only a tool that has done its work gets one. */
struct cJSON *answer_event(const struct answer_of *a, struct cJSON **say);

/* An answer that no tool gave: ok false. outcome: "failed" or "unknown". */
struct cJSON *answer_refusal(const char *id, const char *name, const char *outcome, const char *text);

#endif
