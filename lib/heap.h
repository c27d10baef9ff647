/* The heap of a process that is about to be forked many times. */
#ifndef HEAP_H
#define HEAP_H

/* Gives back what is free, and occupies for good the holes that cannot be given back: else each fork's first
 * allocations would go into holes all over the pages it shares with the others, and every fork would have its own copy
 * of nearly all of them (measured: 1.7 MB in ten calls, of 15). */
void heap_settle(void);

#endif
