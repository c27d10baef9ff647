/* The connection to the model: made before anybody speaks, made again when it is lost (0, 50 ms, 200 ms, 1 s, 5 s),
 * replaced at a silence before the service ends it (standby.h), given up when that is the honest thing to do.
 *
 *   WAITING --timer--> CONNECTING --open--> OPEN --all is known--> CONFIGURING --session.updated--> RUNNING
 *      ^------------------ lost: any of them -------------------------------------------------------+ */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "loop.h"
#include "term.h"

struct bridge;
struct realtime_event;
struct ws;

enum session_state {
	SESSION_WAITING,
	SESSION_CONNECTING,
	SESSION_OPEN,
	SESSION_CONFIGURING,
	SESSION_RUNNING,
	SESSION_OVER,
};

struct session {
	enum session_state state;
	const char *model; /* as the usage is counted */
	struct ws *ws;
	unsigned number;       /* which connection of this life it is */
	unsigned attempts;     /* since one ran for a while */
	bool ran;	       /* ever */
	bool bare;	       /* the server refused what not all know */
	bool throttled;	       /* the last handshake was refused for now */
	bool broken;	       /* the last one was lost, not replaced; or it was another brain's */
	uint64_t lost_us;      /* since when there is none that runs */
	uint64_t running_us;   /* since when this one runs */
	uint64_t heard_us;     /* when the server last said anything of its own */
	uint64_t asked_us;     /* when it was last asked for an answer */
	struct term term;      /* until it is replaced */
	unsigned silences;     /* connections on which nothing answered, in a row */
	unsigned failures;     /* responses that failed, in a row */
	unsigned long strange; /* and those of the server that cannot be read */
	char why[160];	       /* the last one was lost */
	struct timer timer, tick;
	struct timer patience; /* patience.h */
	char url[2048], host[128], headers[4352];
};

/* Settings from the configuration; the key is copied. As settings_read. */
const char *session_open(struct bridge *b, const char *key, long most_s, char *error, size_t size);
void session_close(struct bridge *b);

void session_begin(struct bridge *b); /* connects, from the loop */
void session_ready(struct bridge *b); /* all is known: configure if it is open */
void session_tools(struct bridge *b); /* instructions and tools have changed */
void session_updated(struct bridge *b, const struct realtime_event *e);
void session_expires(struct bridge *b, double unix_s);
void session_over(struct bridge *b); /* the call is over */
/* A connection as this one is made, for who stands by; what comes on it is asked there. NULL: none can be made. */
struct ws *session_connect(struct bridge *b);
/* Who stands by is ready and takes over from this one, now. */
void session_hand_over(struct bridge *b, const char *why);

bool session_running(const struct bridge *b);
/* The caller waits from now on, or hears us from now on: for that there are limits. */
void session_waited_for(struct bridge *b);
/* This connection is of no more use: another one, at once at first. */
void session_lost(struct bridge *b, const char *why);
/* Model, voice or language are to be others (NULL: as they are): a connection of that kind at the first silence. */
void session_switch(struct bridge *b, const char *model, const char *voice, const char *language);
/* The settings were refused: once more without what not every server knows. */
void session_refused(struct bridge *b, const char *code, const char *param);
/* Nothing will help: says brain.failed, ends the stage with 100. text is for the log, without secrets. */
void session_fail(struct bridge *b, const char *why, const char *text);

#endif
