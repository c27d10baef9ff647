/* Whether the model is there: it was asked for an answer, or has noticed that the caller speaks, and then sends nothing
 * at all. (A line that is dead is found by pings.) */
#ifndef ALIVE_H
#define ALIVE_H

#include <stdint.h>

struct bridge;

/* It has answered something. */
void alive_found(struct bridge *b);

/* Acts on what it finds: another connection, or the end of this brain. */
void alive_check(struct bridge *b, uint64_t now_us);

#endif
