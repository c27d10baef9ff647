/* Who speaks: the caller's turns, what he has heard, and the state of the assistant that follows from it. */
#ifndef TURN_H
#define TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "loop.h"
#include "realtime.h"

struct bridge;
struct cJSON;

struct turn {
	bool speaking;		      /* the caller */
	bool waiting;		      /* his words wait for an answer */
	uint64_t since_us;	      /* he speaks, or waits */
	bool again;		      /* he spoke when the connection was lost: that he begins to was said */
	uint64_t words_us;	      /* when the words began that are being written down */
	char told[REALTIME_ID_BYTES]; /* the turn whose words are said and may not be on the link yet */
	bool greeted;		      /* that is done, or was done before us */
	bool greeting;		      /* by us */
	bool owed;   /* a brain before us was lost: the caller waits for the rest, once what it said was heard */
	bool prompt; /* this server creates its response at once when he has finished */
	bool armed;  /* the carrier will hang up or transfer when all was heard */
	const char *state, *on; /* as last said */
	struct timer hold_timer, owed_timer;
};

void turn_open(struct bridge *b);

/* The model's word. */
void turn_speech_started(struct bridge *b, const struct realtime_event *e);
void turn_speech_stopped(struct bridge *b, const struct realtime_event *e);
void turn_committed(struct bridge *b, const struct realtime_event *e);
void turn_transcribed(struct bridge *b, const struct realtime_event *e);
void turn_answered(struct bridge *b); /* a response has begun */
void turn_taken_in(struct bridge *b); /* what was said is being answered: it need not be answered again */
void turn_unwritten(struct bridge *b, const char *id); /* its words will never be known */

/* The ring's word. */
void turn_heard(struct bridge *b, const struct cJSON *event);
void turn_next(struct bridge *b, const char *verb);
void turn_next_done(struct bridge *b, const struct cJSON *event);
/* Another stage listens for the caller's turns (turn-detection = none). */
void turn_by_other(struct bridge *b, bool started);

/* Asks for nothing, not even what waits, for so long. */
void turn_hold(struct bridge *b, uint64_t us);

/* Goes on where a brain before this one was lost, when the caller has heard what is still played of it. */
void turn_owe(struct bridge *b);

/* What was told again (opening.h) was too short to be taken. */
void turn_not_committed(struct bridge *b);

/* The connection was lost: nobody speaks there. */
void turn_restart(struct bridge *b);

bool turn_by_server(const struct bridge *b); /* the server finds the caller's turns */
bool turn_quiet(const struct bridge *b);     /* nobody speaks, nothing is under way */
void turn_say_state(struct bridge *b);	     /* assistant.state as it is */
void turn_change(struct bridge *b);	     /* the same if it is another than was said */
void turn_tick(struct bridge *b);

#endif
