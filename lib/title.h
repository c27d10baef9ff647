/* The command line as others see it (ps, /proc/PID/cmdline): a process that was forked, not executed, says there what
 * it has become. */
#ifndef TITLE_H
#define TITLE_H

/* Moves arguments and environment elsewhere, so that their place is free. The copy of argv, or NULL (errno). Call it
 * first of all: what points into argv or the environment would see the title later. */
char **title_open(int argc, char **argv);

/* Words with a NULL behind the last; cut to the room there is. Without title_open nothing happens. */
void title_set(char *const *words);

#endif
