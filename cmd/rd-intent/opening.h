/* The begin: who calls, what is known of the call so far, and the first words: a greeting, what is due, or the honest
 * word of why another assistant answers. */
#ifndef OPENING_H
#define OPENING_H

#include <stdbool.h>

#include "loop.h"
#include "parts.h"

struct cJSON;
struct intent;

struct opening {
	bool setup, started, resumed, context, turns; /* turns: something was said in this call before us */
	bool ready, switched;
	char why[32];	 /* of a fallback */
	char stream[64]; /* the carrier's, at last */
	struct parts parts;
	struct timer timer;
};

void opening_open(struct intent *i);
void opening_close(struct opening *o);

void opening_setup(struct intent *i);
void opening_start(struct intent *i, const struct cJSON *event);
void opening_context(struct intent *i, const struct cJSON *event);
void opening_tools(struct intent *i);
void opening_switched(struct intent *i, const struct cJSON *event);

#endif
