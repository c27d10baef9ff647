/* The one function that starts a process: a program, its words, its environment and its descriptors, all given, none
 * inherited. posix_spawn behind it, so the cost does not grow with the parent. */
#ifndef SPAWN_H
#define SPAWN_H

#include <sys/types.h>

#define SPAWN_FDS 8

struct spawn {
	const char *path;	 /* absolute, or searched for nowhere */
	const char *const *argv; /* NULL-terminated */
	const char *const *envp; /* NULL-terminated: the whole environment */
	int fds[SPAWN_FDS];	 /* fds[n] becomes descriptor n of the child, n below `count`; -1: closed, /dev/null
				  * for 0 to 2, which a later open() must not get */
	int count;
	int own_group; /* a process group of its own, so that all of it can be killed */
};

/* The pid, or -1 with errno. Every other descriptor must be close-on-exec. Signals are unblocked and default in the
 * child. Does not block beyond the exec. */
pid_t spawn(const struct spawn *s);

#endif
