/* What a tool says about itself (`TOOL --schema`, ringdown-tools(7)), checked: the description a model reads, the
 * schema of its arguments, what it does to the world, which secrets it wants, which events it may have said for it. */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "event.h"

#define TOOL_NAME_MAX 64
#define TOOL_OUTPUT_MAX_BYTES 24576u /* of its standard output: answer or description */
#define TOOL_TIMEOUT_S 10	     /* when it names none */
#define TOOL_TIMEOUT_MAX_S 3600
#define TOOL_WHY_BYTES 256 /* of a reason, with its NUL */

enum tool_effect { TOOL_NONE, TOOL_LOCAL, TOOL_OUTSIDE }; /* outside: what it did cannot be undone by us */

struct tool {
	struct cJSON *document;			       /* owns all that is borrowed below */
	const char *name, *description, *instructions; /* instructions NULL: none */
	const struct cJSON *parameters;
	const char *unavailable;     /* not NULL: why it cannot be used; then only the name is known */
	enum tool_effect effect;     /* of a call that `effects` does not know; see tool_effect_of */
	const struct cJSON *effects; /* by the argument `do`, or NULL */
	bool sensitive, network;
	unsigned timeout_s;
	unsigned says;		     /* bits, see tool_may_say */
	const struct cJSON *secrets; /* names, or NULL */
};

/* A letter, digits, _ and -, at most TOOL_NAME_MAX: what a model's interface takes, and never a path. */
bool tool_is_name(const char *name);

/* Reads a description; document is taken over, also on failure. 0, or -1: what is wrong in why. */
int tool_read(struct tool *t, struct cJSON *document, char *why, size_t size);
void tool_close(struct tool *t); /* zeroed is closed */

/* An entry of tools.list, the caller's; NULL without memory. */
struct cJSON *tool_entry(const struct tool *t);

/* What a call with these arguments does to the world: a tool that reads and writes says it for each value of `do`. */
enum tool_effect tool_effect_of(const struct tool *t, const struct cJSON *arguments);

const char *tool_effect_name(enum tool_effect effect);
int tool_effect_find(const char *name); /* -1: no such */

/* Whether says (of a tool) holds an event type. Only what lib allows any tool can be in it: call.next, assistant.note,
 * agent.switch, job.add. */
bool tool_may_say(unsigned says, enum event_type type);

#endif
