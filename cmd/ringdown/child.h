/* A process of ours: how it is started, what its end means, when it is started again. Exit codes are words: 0 done, 100
 * would fail again the same way, anything else: again, at once the first time, then after 50 ms, 200 ms, 1 s, 5 s. */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "loop.h"

struct cJSON;
struct super;

#define CHILD_WORDS 48
#define CHILD_SIGNAL 256

struct child { /* zeroed is not running */
	struct super *super;
	char name[64];	  /* for log lines: the program's */
	const char *call; /* or NULL */
	void *owner;	  /* a ring; NULL for a service */
	pid_t pid;
	unsigned life;		       /* how often it was started before */
	unsigned failures;	       /* in a row, without having lived 10 s in between */
	uint64_t started_us, heard_us; /* heard: when it said something last */
	uint64_t patience_us;	       /* pulse.c's: a service may be silent so long */
	bool ready, wanted_dead;       /* wanted_dead: we ended it, so its end is no failure */
	bool said_bad;		       /* that it says what is no JSON */
	struct watch line_watch;
	int line;			/* our end of its fd 3, -1 */
	struct timer again;		/* its next start */
	struct timer late;		/* it was asked to end and does not */
	bool quiet;			/* what it says on its fd 2 is nobody's */
	void (*start)(struct child *c); /* starts it (again): called by the back-off timer */
	void (*on_line)(struct child *c, const struct cJSON *message, const char *bytes, size_t n, int fd);
	void (*on_exit)(struct child *c, int code); /* 0-255, or CHILD_SIGNAL + signal */
};

/* Starts words[0] with a new line as its fd 3; in, out and extra (fd 4) may be -1. The pid, or -1 with errno. */
pid_t child_spawn(struct child *c, const char *path, const char *const *words, const char *const *environment, int in,
		  int out, int extra);

/* A process that was started otherwise: its pid, and our end of its fd 3. */
void child_adopt(struct child *c, pid_t pid, int line);

/* Sends a JSON line to its fd 3. -1: not running, or it lags. */
int child_send(struct child *c, const char *json, const void *bytes, size_t n, int fd);

/* Harmless if it is gone; mark its end as wanted. end: SIGTERM, and SIGKILL to one that is still there after 3 s. */
void child_kill(struct child *c);
void child_end(struct child *c);

/* One that does not do its work, as `what` says: SIGKILL, and its end is a failure like any other. */
void child_hung(struct child *c, const char *what);

/* Starts it again after the pause that is due, with a line that names it; false: it has failed `most` times in a row
 * (0: as often as it likes) and is given up. */
bool child_again(struct child *c, int code, unsigned most);

/* Starts it again from the loop, at once, whatever pause was due. */
void child_soon(struct child *c);

void child_close(struct child *c); /* the record: the process must be gone */

/* Takes the ends of all children: calls their on_exit. One that was stopped (SIGSTOP) is as good as dead: the call it
 * serves cannot wait. find gives the record of a pid or NULL. */
void child_reap(struct super *s, struct child *(*find)(struct super *s, pid_t pid));

#endif
