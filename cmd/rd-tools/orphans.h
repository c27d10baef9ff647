/* What tools leave behind outside their process groups: a process that called setsid, or whose parent has ended. As a
 * subreaper we become its parent, so it can be found and ended when no tool is at work. And what a predecessor that was
 * killed left. */
#ifndef ORPHANS_H
#define ORPHANS_H

#include <stdint.h>
#include <sys/types.h>

/* From now on orphans come to us. 0, or -1 with errno. */
int orphans_adopt(void);

/* Kills every child there is, and reaps (*ended) those that are dead: call it when none is wanted. Returns how many
 * there were; until there are none, come again: dying takes them a moment, and their own children come to us then.
 * Never blocks. */
unsigned orphans_end(unsigned *ended);

/* The same at our end, which is the last occasion: blocks until they are dead. */
void orphans_close(void);

/* A process that a predecessor started for this call of a tool, not before begun_ms (clock_boot_ms) and hardly later,
 * but did not live to note: it leads a group and has both calls in its environment. 0: there is none. Reads /proc once.
 */
pid_t orphans_find(const char *call, const char *id, uint64_t begun_ms);

#endif
