/* A warm template: a stage that has read its options and its configuration and waits to be forked, once for each call.
 * The fork is the supervisor's child, and goes on as if the supervisor had executed it with the words, the environment
 * and the descriptors that it is given. What it shares with the template costs no memory and no time. Both ends of the
 * line between supervisor and template (fd 3 of the template) are here. */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stdint.h>
#include <sys/types.h>

#define TEMPLATE_FDS 4 /* 0 to 3 of the fork */

/* The template's side: says ready and forks as it is asked. Returns in the forks alone: the words, which are the
 * fork's to keep; the environment is in place. The template ends with its supervisor. One thread only, and nothing open
 * that forks must not share. */
char **template_serve(int *argc);

/* The supervisor's side. Asks for a fork: the request's number, or -1 with errno. The descriptors stay the caller's.
 * Never blocks. */
long template_ask(int line, const char *const *words, const char *const *environment, const int fds[TEMPLATE_FDS]);

/* The pid of the fork that was asked for, or -1 with errno; ETIME: no answer before until_us, for which it blocks. The
 * fork waits on its descriptor 3 until this, by fork_line, the other end, lets it go on; it ends itself if that is
 * closed instead: one whose answer came too late, or never, has touched nothing. The next call skips a late answer. */
pid_t template_take(int line, long number, int fork_line, uint64_t until_us);

#endif
