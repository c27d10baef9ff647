/* The tools remember and recall: listed for callers who can be known, carried out by the store, answered within two
 * seconds or honestly not. */
#ifndef NOTES_H
#define NOTES_H

#include "memory.h"

/* Which of them the agent has; list: the names that a switch brought, or NULL. */
void notes_choose(struct memory *m, const struct cJSON *list);

/* tools.list of those that the agent has. notes_list: after call.setup or a switch; notes_say: for a hello. */
void notes_list(struct memory *m);
void notes_say(struct memory *m);

/* A tool.call. Ours are taken and go on round the ring when they are answered: coming home is the receipt, so whoever
 * comes after us is told again what we did not finish. */
enum stage_verdict notes_call(struct memory *m, const struct frame *f, const struct cJSON *event);

void notes_close(struct memory *m);

#endif
