/* Who is calling, and which agent answers. A number is an identity only as exact E.164; a withheld caller, also where
 * the word is typed on a keypad and looks like a number, is nobody and matches no section but "*". (From can be forged
 * all the same: it picks a greeting and keeps cost out, it is no authority.) */
#ifndef CALLER_H
#define CALLER_H

#include <stdbool.h>

struct conf;

/* from itself if it identifies a caller; NULL if it is withheld, an address, or not a number. */
const char *caller_identity(const char *from);

/* StirVerstat (NULL: absent) as `attestation` has it: "A", "B", "C", "failed" or "none". Exact: "-Diverted" is none. */
const char *caller_attestation(const char *verstat);

/* What the configuration says of a caller and of the number called; an agent is NULL or "" where it names none. */
struct caller_facts {
	bool listed;		   /* caller "+…" of this identity ... */
	const char *own_agent;	   /* ... and its agent */
	bool anyone;		   /* caller "*" */
	const char *anyones_agent; /* of "*" */
	const char *number_agent;  /* number "+…" */
	const char *default_agent;
};

struct caller_verdict {
	const char *agent;   /* borrowed from the facts; NULL: refused ... */
	const char *refused; /* ... because, a few words for the log */
	bool listed;
};

struct caller_verdict caller_decide(const struct caller_facts *f);

/* The same, asked of the configuration. The agent is borrowed from it. */
struct caller_verdict caller_agent(const struct conf *c, const char *from, const char *to);

/* calls-per-hour of the section that lets this caller in; 0: any number. */
long caller_calls_per_hour(const struct conf *c, const char *from);

#endif
