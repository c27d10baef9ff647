/* The tools that can be called in this call: each stage that runs some says a list, perhaps in parts; the newest whole
 * list of each counts. */
#ifndef OFFER_H
#define OFFER_H

#include <stdbool.h>
#include <stdint.h>

#include "parts.h"

#define OFFER_STAGES 8

struct offer { /* zeroed is empty */
	struct offer_list {
		uint8_t origin; /* 0: a free place */
		struct parts parts;
		struct cJSON *tools; /* the newest whole list; NULL: none yet */
	} lists[OFFER_STAGES];
};

void offer_close(struct offer *t);

/* A tools.list of the stage at this place. true: what can be called has changed. */
bool offer_take(struct offer *t, uint8_t origin, const struct cJSON *list);

bool offer_has(const struct offer *t, const char *name);

/* All of them as an array of their own, for the prompt: the caller's, NULL without memory. */
struct cJSON *offer_all(const struct offer *t);
/* As the model is told: {type: function, name, description, parameters}. The caller's. */
struct cJSON *offer_functions(const struct offer *t);

#endif
