/* A call as the supervisor knows it: a folder, and a ring while it lives.
 *
 *   prepare ─> ringing ─> talking ⇄ waiting ─> ending ─> ended ─> (folder removed, record gone)
 *
 * The carrier stage says the middle states; its exit 0 ends the call. */
#ifndef CALL_H
#define CALL_H

#include "agent.h"
#include "paths.h"
#include "ring.h"
#include "stream.h"

struct call {
	struct call *next;
	struct super *super;
	char id[40], dir[PATHS_MAX_BYTES], agent[128], from_tail[8], since[32];
	char state[12], reason[16];
	bool has_ring; /* until its last process is gone */
	bool extra;    /* one more than may be: it has voicemail, and takes nobody's place */
	bool answered; /* the last document was given: nobody will ask for the folder again */
	struct ring ring;
	struct agent_change change; /* agent.c's */
	struct stream stream;	    /* that waits for its carrier stage */
	struct timer start_timer, end_timer, gone_timer;
};

/* Opens the ring of a call whose folder rd-webhook has made, and starts its stages soon: rd-webhook has its answer
 * meanwhile. Harmless if it is open. -1: why is busy, draining or failed. */
int call_prepare(struct super *s, const char *id, const char **why);

/* A WebSocket for the call: to its carrier stage, of a new ring if the call outlived its own. The descriptor stays the
 * caller's. -1 with errno: no such call, or its stage lags. */
int call_stream(struct super *s, const char *id, long step, const char *bytes, size_t n, int fd);

/* rd-webhook has given the last document, or the carrier says that the call is over. */
void call_over(struct super *s, const char *id, const char *status);

/* Ends a call through its carrier stage; say is what the caller hears by the carrier's own voice, or NULL. */
void call_end(struct call *c, const char *reason, const char *say);

struct call *call_find(struct super *s, const char *id);
struct child *call_find_child(struct super *s, pid_t pid);
size_t calls_with_ring(const struct super *s);

/* At the start: folders of calls that outlived a supervisor wait for their next step, ended ones are removed. */
void calls_scan(struct super *s);
void calls_end_all(struct super *s, const char *reason);
void calls_kill_all(struct super *s);		    /* the drain's limit: rings are closed now */
void calls_tell(struct super *s, const char *json); /* to every stage */
void calls_close(struct super *s);

#endif
