/* The heap of a process of which there are many. */
#ifndef HEAP_H
#define HEAP_H

/* Before anything is allocated: keeps what is free small, at the cost of a system call for what is large. */
void heap_lean(void);

/* Now and then: gives back what is free by now, what starting took above all. */
void heap_trim(void);

/* Before it is forked many times. Gives back what is free, and occupies for good the holes that cannot be given back:
 * else each fork's first allocations would go into holes all over the pages it shares with the others, and every fork
 * would have its own copy of nearly all of them (measured: 1.7 MB in ten calls, of 15). */
void heap_settle(void);

#endif
