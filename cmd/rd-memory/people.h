/* Whose memory it is: a caller's own, shared within a household of the configuration, and nobody's where the number is
 * withheld. */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "memory.h"

/* Fills caller and name from call.setup: whom we talk to, whoever has called. */
void people_take(struct memory *m, const struct cJSON *setup);

/* The numbers whose notes this caller may know, as a JSON array, the caller's to delete. */
struct cJSON *people_sharing(const struct memory *m);

/* How a note begins that another of the household left: "Anna said: ", or "" for the caller's own. Returns out. */
const char *people_author(const struct memory *m, const char *number, char out[80]);

/* Whether the caller has a section of their own. */
bool people_is_known(const struct memory *m);
/* The numbers of all that have one: an array, the caller's. */
struct cJSON *people_known(const struct memory *m);

#endif
