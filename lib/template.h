/* A warm template: a stage that has read its options and its configuration and waits to be forked, once for each call.
 * The fork is the supervisor's child, and goes on as if the supervisor had executed it with the words, the environment
 * and the descriptors that it is given. What it shares with the template costs no memory and no time. Both ends of the
 * line between supervisor and template (fd 3 of the template) are here. */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <sys/types.h>

#define TEMPLATE_FDS 3 /* 0, 1 and 3 of the fork; its 2 is the template's */

/* The template's side: says ready and forks as it is asked. Returns in the forks alone: the words, which are the
 * fork's to keep; the environment is in place. The template ends with its supervisor. One thread only, and nothing open
 * that forks must not share. */
char **template_serve(int *argc);

/* The supervisor's side: the pid of a fork, or -1 with errno; ETIME: the template has not answered within wait_ms,
 * blocked on for so long, and should be killed. The descriptors stay the caller's. */
pid_t template_fork(int line, const char *const *words, const char *const *environment, const int fds[TEMPLATE_FDS],
		    int wait_ms);

#endif
