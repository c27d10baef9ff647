/* The tools that can be called in this call: each stage that runs some says a list, perhaps in parts; the newest whole
 * list of each counts. */
#ifndef TOOLBOX_H
#define TOOLBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "parts.h"

#define TOOLBOX_STAGES 8

struct toolbox { /* zeroed is empty */
	struct toolbox_list {
		uint8_t origin; /* 0: a free place */
		struct parts parts;
		struct cJSON *tools; /* the newest whole list; NULL: none yet */
	} lists[TOOLBOX_STAGES];
};

void toolbox_close(struct toolbox *t);

/* A tools.list of the stage at this place. true: what can be called has changed. */
bool toolbox_take(struct toolbox *t, uint8_t origin, const struct cJSON *list);

bool toolbox_has(const struct toolbox *t, const char *name);

/* All of them as an array of their own, for the prompt: the caller's, NULL without memory. */
struct cJSON *toolbox_all(const struct toolbox *t);
/* As the model is told: {type: function, name, description, parameters}. The caller's. */
struct cJSON *toolbox_functions(const struct toolbox *t);

#endif
