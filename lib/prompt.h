/* The instructions of a call: what the agent's own file says, what its tools ask for, what is known of the caller and
 * of this call, and manners that every telephone voice needs. One text for every brain, and for `ringdown -t`. */
#ifndef PROMPT_H
#define PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct cJSON;
struct conf;

#define PROMPT_FILE_MAX_BYTES 32768u

struct prompt {			     /* what is NULL or "" is left out */
	const char *instructions;    /* the agent's own words; without them it is a plain, friendly assistant */
	const struct cJSON *tools;   /* array of tools.list entries, for their `instructions` */
	const struct cJSON *context; /* {caller, facts, summary} */
	const char *caller_name;     /* as configured; the context's own goes before it */
	const char *language, *task;
	bool outbound; /* we have called them */
	bool written;  /* the answer is read out by another program, not spoken by the model */
	time_t now;    /* shown in the zone of the process; 0: left out */
};

/* The whole text, malloced, the caller's. NULL without memory. */
char *prompt_join(const struct prompt *p);

/* The agent's instructions file, bounded, NUL-terminated; malloced, the caller's; "" if none is configured. NULL: error
 * holds "cannot read FILE: why". Blocks on a disk. */
char *prompt_read(const struct conf *c, const char *agent, char *error, size_t size);

#endif
