/* Tools: which of them there are, and the calls of them that have not answered. A call is in the dialog's file before
 * it is said; a successor says it again under the same id, which rd-tools runs once. */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sentences.h"

struct cJSON;
struct frame;
struct intent;

#define CALLS_MAX 16
#define CALLS_TOOLS_MAX 64
#define CALLS_NAME_BYTES 40

enum call_purpose { CALL_SENTENCE, CALL_READ, CALL_DUE, CALL_TOLD, CALL_PURPOSES };

struct call {
	char id[CALLS_NAME_BYTES];
	enum call_purpose purpose;
	char name[64];
	struct cJSON *arguments;
	struct sentences_match sentence; /* of CALL_SENTENCE */
};

struct calls {
	struct call all[CALLS_MAX];
	size_t count;
	unsigned long next;
	struct {
		char name[64];
		uint8_t origin;
	} tools[CALLS_TOOLS_MAX];
	size_t tool_count;
	bool listed; /* a list has come */
};

/* Runs a tool; arguments are taken over. -1: too many at once. */
int calls_run(struct intent *i, enum call_purpose purpose, const char *name, struct cJSON *arguments,
	      const struct sentences_match *sentence);
bool calls_has(const struct intent *i, const char *tool);
bool calls_open(const struct intent *i, enum call_purpose purpose); /* one has not answered */
bool calls_waiting(const struct intent *i);			    /* the caller waits for one */

/* The ring's word. */
void calls_list(struct intent *i, const struct frame *f, const struct cJSON *event);
void calls_result(struct intent *i, const struct cJSON *event);
/* What one before us had not heard of is called again. */
void calls_again(struct intent *i);

struct cJSON *calls_write(const struct calls *c);
void calls_read(struct intent *i, const struct cJSON *from);
void calls_close(struct calls *c);

#endif
