/* The calls of tools: admitted, checked, run beside the conversation, at most eight at once, and answered each exactly
 * once; after a crash, what the journal says. */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stddef.h>

#include "journal.h"
#include "secrets.h"
#include "stage.h"
#include "toolbox.h"

#define CALLS_RUNNING_MAX 8
#define CALLS_WAITING_MAX 32
#define CALLS_ID_MAX_BYTES 200u

struct call;
struct mcp;

struct calls { /* zeroed is closed */
	struct stage *stage;
	struct toolbox *box; /* the agent's; it may be closed and opened again between two events */
	const struct secrets *secrets;
	struct mcp *mcp; /* the tools of MCP servers; NULL: none */
	struct journal journal;
	char id[40], person[24]; /* of the telephone call, as call.setup said */
	bool set_up;		 /* both are known, or waited for long enough */
	struct call *first;	 /* in order of arrival, running and waiting ones */
	size_t running, waiting;
	size_t recovered;     /* so many entries of the journal are of an earlier life */
	bool ending, patient; /* patient: what is there is still run to its end */
	struct timer setup_timer, leftover_timer, orphan_timer, end_timer;
};

/* Reads the journal of s->dir. A journal that cannot be used is said in the log; the tools run without it. */
void calls_open(struct calls *c, struct stage *s, struct toolbox *box, const struct secrets *secrets);
/* Kills what still runs. */
void calls_close(struct calls *c);

/* What an earlier life left: what had not begun, or has no effects, is run; of anything else that was cut off the
 * outcome is unknown; what was finished and perhaps not told is told. */
void calls_recover(struct calls *c);

/* id of call.setup, and the number of whom we talk to. */
void calls_set_up(struct calls *c, const char *id, const char *person);

/* A tool.call for a tool of the box. Its arguments are copied. One that is known is not run again; who asks for it
 * anew, and not only says AGAIN what may have been lost, is told its result another time if it was told. */
void calls_take(struct calls *c, const char *id, const char *name, const struct cJSON *arguments, bool again);

/* The result with this id has gone round the ring: it is told. */
void calls_home(struct calls *c, const char *id);

/* A tool.cancel; harmless if there is no such call. */
void calls_cancel(struct calls *c, const char *id, const char *why);

/* Starts what may start: the box has changed, or a tool has ended. */
void calls_go(struct calls *c);

/* What a tool left outside its group has no work any more when none is running: ends it. A tool has ended. */
void calls_end_orphans(struct calls *c);

/* No more calls: tools with effects may finish within half a second (by hand and at the end of the input: within their
 * own limit), then all are ended and stage_end() is called. */
void calls_end(struct calls *c);

#endif
