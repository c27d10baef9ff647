/* The secrets of the agent's tools: taken from the environment once, given to the one tool that each is configured for.
 */
#ifndef SECRETS_H
#define SECRETS_H

#include <stddef.h>

#include "secret.h"

struct conf;

struct secrets { /* zeroed is empty */
	struct {
		char name[80];
		char value[SECRET_MAX_BYTES];
	} * all;
	size_t count;
};

/* Takes every secret that a tool section names out of the environment. -1 without memory. */
int secrets_open(struct secrets *s, const struct conf *c);
void secrets_close(struct secrets *s); /* wipes */

/* NULL: it was not there. */
const char *secrets_find(const struct secrets *s, const char *name);

#endif
