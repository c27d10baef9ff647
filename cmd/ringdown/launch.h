/* A process of a stage: forked from its template where there is one, else executed; and the command line that it has
 * either way. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include <stddef.h>
#include <stdint.h>

struct ring;
struct ring_stage;

/* Asks the stage's template for a fork, if there is one. launch must follow before the loop goes on. */
void launch_ask(struct ring *r, struct ring_stage *stage);

/* Starts it: as the fork that was asked for, if that comes in time; blocks until then. 0, or -1 with errno. */
int launch(struct ring *r, struct ring_stage *stage, uint64_t until_us);

/* The command line of a stage as it can be pasted. Returns out. */
char *launch_command(const struct ring *r, const struct ring_stage *stage, char *out, size_t size);

#endif
