/* The call folder's journal of tools: a line is written when a tool is called, before it runs and when it has ended, so
 * that whoever comes after a crash knows what must not be done twice. Append-only JSON lines on tmpfs; of each id the
 * last line counts. By hand there is no folder, and the same memory lasts as long as the process. */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tool.h"

#define JOURNAL_ENTRIES_MAX 2000 /* of one call */

struct cJSON;

enum journal_state {
	JOURNAL_TAKEN, /* waits for its turn: whoever comes after runs it */
	JOURNAL_BEGUN, /* it may have run, or run still */
	JOURNAL_DONE,  /* it has ended; nobody may have been told */
	JOURNAL_TOLD,  /* its result has gone round the ring */
};

struct journal_entry {
	char *id, name[TOOL_NAME_MAX + 1];
	enum journal_state state;
	enum tool_effect effect;
	pid_t pid;			  /* 0: not yet started, or unknown */
	uint64_t started_ms;		  /* clock_boot_ms */
	struct cJSON *arguments, *result; /* result: {"event","say"} */
};

struct journal { /* zeroed is closed */
	int fd;
	bool torn; /* the last line has no end: a full disk */
	struct journal_entry *entries;
	size_t count, room;
	unsigned unread; /* lines that could not be understood */
};

/* Reads what is there. dir NULL: by hand. 0, or -1 with errno: then it is as by hand. */
int journal_open(struct journal *j, const char *dir);
void journal_close(struct journal *j);

/* Borrowed until the next journal_take; NULL: never heard of. */
struct journal_entry *journal_find(const struct journal *j, const char *id);

/* A new call; arguments are copied. NULL with errno: no memory, or ENOBUFS: too many in one call. */
struct journal_entry *journal_take(struct journal *j, const char *id, const char *name, const struct cJSON *arguments);

/* Each 0, or -1 with errno if it could not be written down; the entry has changed even so. result is taken over. */
int journal_begun(struct journal *j, struct journal_entry *e, enum tool_effect effect);
int journal_running(struct journal *j, struct journal_entry *e, pid_t pid);
int journal_done(struct journal *j, struct journal_entry *e, struct cJSON *result);
int journal_told(struct journal *j, struct journal_entry *e);

/* Whether the process that an earlier life of ours started is still at work: same number, started at the same time. */
bool journal_survives(const struct journal_entry *e);

#endif
