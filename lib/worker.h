/* A program that does one thing for us beside the loop: in a process group of its own, its input given whole, its
 * output gathered up to a cap, its other words line by line, its time limited. However it goes, on_end is called once,
 * and then nothing of it is left: group killed, reaped, descriptors closed. */
#ifndef WORKER_H
#define WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "loop.h"

#define WORKER_LINE_MAX 512	       /* of a line on fd 2 or 3; what is longer is cut */
#define WORKER_KILL_US (1000u * 1000u) /* from SIGTERM to SIGKILL */

enum worker_why { WORKER_EXITED, WORKER_LATE, WORKER_LOUD, WORKER_STOPPED }; /* loud: more output than its cap */

struct worker;

struct worker_order { /* borrowed until worker_start returns */
	const char *path;
	const char *const *argv, *const *envp;
	const void *input; /* what it finds on fd 0, a file at its beginning; n 0: an empty one */
	size_t n;
	size_t output_max;
	uint64_t limit_us;
};

struct worker_lines {
	int fd;
	size_t n;
	char text[WORKER_LINE_MAX];
	struct watch watch;
};

struct worker { /* zeroed is not running */
	struct loop *loop;
	pid_t pid;
	int pidfd, out;
	enum worker_why why;
	char *output; /* NUL behind it, n bytes */
	size_t n, output_max;
	struct worker_lines errors, progress; /* fd 2 and fd 3 */
	struct watch out_watch, pid_watch;
	struct timer limit, kill;
	/* fd is 2 or 3; the line is borrowed. NULL: both are /dev/null. */
	void (*on_line)(struct worker *w, int fd, const char *line);
	/* status as waitpid gives it; output is w->output until worker_close, which on_end or its owner calls. */
	void (*on_end)(struct worker *w, int status);
	void *ctx;
};

/* Set on_line, on_end and ctx before. 0, or -1 with errno: then nothing is running and on_end is not called. */
int worker_start(struct worker *w, struct loop *loop, const struct worker_order *order);

/* SIGTERM to the group now, SIGKILL a second later; the first reason counts. on_end follows. Harmless if it has ended.
 */
void worker_stop(struct worker *w, enum worker_why why);

/* SIGKILL, waited for (it takes microseconds), without on_end; frees the output. */
void worker_close(struct worker *w);

#endif
