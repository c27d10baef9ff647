/* What tools leave behind outside their process groups: a process that called setsid, or whose parent has ended. As a
 * subreaper we become its parent, so it can be found and ended when no tool is at work. */
#ifndef ORPHANS_H
#define ORPHANS_H

/* From now on orphans come to us. 0, or -1 with errno. */
int orphans_adopt(void);

/* Ends and reaps every child there is: call it when none is wanted. Returns how many. Blocks until they are dead. */
unsigned orphans_end(void);

#endif
