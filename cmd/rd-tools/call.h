/* One call of a tool at work: arguments checked, process started, its lines passed on, its end answered. calls.c orders
 * them. */
#ifndef CALL_H
#define CALL_H

#include "calls.h"
#include "worker.h"

struct call {
	struct call *next;
	struct calls *calls;
	char *id, name[TOOL_NAME_MAX + 1];
	struct cJSON *arguments;
	bool running;
	enum tool_effect effect;
	unsigned says, timeout_s, lines; /* lines: of log and progress so far */
	uint64_t started_us;
	char reason[200]; /* why it was cancelled */
	struct worker worker;
	long remote;	   /* its number at rd-mcp; 0: it is a process of ours */
	struct timer late; /* of one at rd-mcp */
};

/* Writes down that it is about to run. -1: it cannot be, and one with effects must not run then. */
int call_note_begun(struct call *k);

/* Starts it. What cannot be started is answered and freed. */
void call_start(struct call *k, const struct toolbox_tool *t);

/* Says the answer (taken over; NULL is fine) and what the tool wants said, as the journal allows: once. */
void call_answer(struct calls *c, const char *id, struct cJSON *event, struct cJSON *say);

/* The same with a refusal, and frees it. */
void call_refuse(struct call *k, const char *outcome, const char *text);

/* Out of the list, and freed with its process. */
void call_drop(struct call *k);

/* Says what the journal holds; once it is home, calls_home notes that it was told. */
void call_tell(struct calls *c, struct journal_entry *e);

/* The result alone, if it is still known. */
void call_tell_again(struct calls *c, const struct journal_entry *e);

#endif
