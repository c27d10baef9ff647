/* Tool calls: the model's wish goes round the ring as tool.call, the result goes back to the model, and when all of a
 * response's results are there it is asked to go on. What was called on a connection that is no more, or by a brain
 * before this one, is told as a note. */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>

#include "loop.h"
#include "realtime.h"

struct bridge;
struct cJSON;

#define CALLS_MAX 32
#define CALLS_NAME_BYTES 64
#define CALLS_NOTE_BYTES 400

struct call {
	char id[REALTIME_ID_BYTES + 24]; /* on the ring; "": a free place */
	char call_id[REALTIME_ID_BYTES], response[REALTIME_ID_BYTES];
	char name[CALLS_NAME_BYTES];
	unsigned connection;
	bool done;     /* its output was sent */
	bool over;     /* its response is */
	bool answered; /* the model was asked to go on */
};

struct calls {
	unsigned next;
	struct timer timer;	/* until a tool has said what it does to the call */
	struct timer recovered; /* until those of a brain before us are not waited for any more */
	struct call all[CALLS_MAX];
};

void calls_open(struct bridge *b);
/* What a brain before this one called and was not answered: their answers are waited for, for a while. */
void calls_recover(struct bridge *b);
/* What the memory knows to be answered is not waited for. */
void calls_settle(struct bridge *b);
bool calls_recovered(const struct bridge *b, const char *id); /* it is one of those */
/* What a session is told of a tool that another one has called and that is at work: without it, it would call the tool
 * once more for the same wish. Written to out, which it returns. */
const char *calls_note(char out[CALLS_NOTE_BYTES], const char *name, const char *arguments);

/* The model calls a tool; a call that is known already is no new one. */
void calls_begin(struct bridge *b, const char *response, const struct realtime_item *item);
/* The response is over: when all its results are there, the model goes on. spoke: it has said something, too. */
void calls_response_over(struct bridge *b, const char *response);
void calls_result(struct bridge *b, const struct cJSON *event);
bool calls_pending(const struct bridge *b);

#endif
