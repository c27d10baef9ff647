/* The folder of a call, RUNTIME/calls/CALL (ringdown(7)): what the supervisor reads and writes in it, and its end. */
#ifndef FOLDER_H
#define FOLDER_H

#include <stdbool.h>
#include <stddef.h>

struct call;

/* Writes into call.json who has the call from now on: a supervisor that comes later goes on with that agent, and so
 * does the carrier stage's successor. -1 with errno. */
int folder_agent(const struct call *c, const char *agent);

/* The number of the person at the other end, "" if it is withheld. Returns out. */
const char *folder_person(const struct call *c, char *out, size_t size);

/* From call.json: the agent, the configuration that the call began with, the tail of its number. -1 with errno. */
int folder_read(struct call *c);

/* The first life of the stages of another ring: behind those of the rings that the call had under supervisors that were
 * killed, as the folder counts them. So nobody takes for his own, or drops as known, what their stages had said. */
unsigned folder_next_life(const struct call *c);

void folder_end(const struct call *c); /* writes `ended` */
bool folder_ended(const struct call *c);

/* With what is in it: plain files and sockets, one level, nothing followed. Where a stranger has put a folder into it,
 * both stay, and a line says so. */
void folder_remove(const struct call *c);

#endif
