/* The processes of servers on pipes: each leads a group of its own, and ends in steps: its input is closed, two seconds
 * later it gets SIGTERM, two more and its whole group gets SIGKILL. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "loop.h"

struct process {
	struct process *next;
	struct processes *all;
	pid_t pid;
	int pidfd, steps;
	struct watch watch;
	struct timer step;
	void (*on_exit)(void *ctx, int status); /* NULL: nobody asks any more */
	void *ctx;
};

struct processes { /* set loop; the rest zeroed is empty */
	struct loop *loop;
	struct process *first;
	void (*on_empty)(void *ctx); /* the last one has gone. May be NULL */
	void *ctx;
};

/* NULL with errno. fds become its 0, 1 and 2. */
struct process *process_start(struct processes *all, const char *const *argv, const char *const *envp, const int fds[3],
			      void (*on_exit)(void *ctx, int status), void *ctx);

/* process_start starts ourselves with PROCESS_WORD before the words, and main then comes here: who dies with us becomes
 * the program. Returns only on failure, the exit status. */
#define PROCESS_WORD "--program"
int process_become(char **words);

/* Its input was closed: ends it in steps, and nobody is told. at_once: with SIGKILL, soon. */
void process_end(struct process *p, bool at_once);

/* Kills and reaps all that are left. */
void processes_close(struct processes *all);

#endif
