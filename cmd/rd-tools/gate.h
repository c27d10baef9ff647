/* What a tool may have said for it: only events of the types that it declared and lib allows any tool, completed with
 * what the tool cannot know, checked like everybody's, and with the agent's numbers and the caller's agents only. */
#ifndef GATE_H
#define GATE_H

#include <stddef.h>

struct cJSON;

#define GATE_EVENTS_MAX 4 /* of one answer */
#define GATE_TEXT_MAX_BYTES 4096u

struct gate {
	const char *id, *name; /* of the call, of the tool */
	unsigned says;
	const char *const *transfer_to;
	size_t transfer_count;
	const char *const *agents; /* to which the caller may be switched */
	size_t agent_count;
};

/* Completes each event of the list in place. 0 if all may be said, or -1: why names the first that may not. */
int gate_check(const struct gate *g, struct cJSON *list, char *why, size_t size);

#endif
