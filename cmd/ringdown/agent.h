/* Which agent has a call, and how it comes to be another: the caller or an operator wants it so, or a stage of the one
 * that has it will not run. The stages behind the carrier stage are replaced (ring_replace), the call goes on; the new
 * ring's rd-monitor says agent.switched in it. */
#ifndef AGENT_H
#define AGENT_H

#include <stdbool.h>
#include <stddef.h>

#include "loop.h"

struct call;
struct cJSON;
struct conf;
struct ring_stage;
struct super;

#define AGENT_LAST_RESORT "voicemail"
#define AGENT_FAILURES 16 /* agents that a call may use up */

struct agent_change {  /* of a call; zeroed is none */
	char by[16];   /* the last one: caller, operator, fallback */
	char told[16]; /* ... and what had failed before it; "": nothing */
	char why[16];  /* what has failed since, as the brain said it */
	bool untold;   /* the new ring has not run for a second: its rd-monitor is told, and again if it dies */
	struct timer proof, fallback;
	const char *first;		    /* the call's own choice, whose fallbacks count */
	const char *failed[AGENT_FAILURES]; /* titles of the call's configuration */
	size_t failed_count;
};

/* The call is c->agent's: nobody has failed yet. */
void agent_open(struct call *c);
void agent_close(struct call *c);

/* Lays the ring of the agent (ring_open), or of the next whose programs are all there. -1: error says what is wrong. */
int agent_lay(struct call *c, char *error, size_t size);

/* Gives the call to another agent. by: caller (then only agents that this caller may switch to) or operator. -1: error
 * says why not. */
int agent_switch(struct call *c, const char *agent, const char *by, char *error, size_t size);

/* A stage will not come back: soon, another agent, or an apology. */
void agent_failed(struct call *c, const char *stage, int code);

/* agent.switch, or brain.failed, by way of rd-monitor. */
void agent_asked(struct call *c, struct ring_stage *monitor, const struct cJSON *message);
void agent_brain_failed(struct call *c, const struct cJSON *message);

/* A process of the ring has started. */
void agent_started(struct call *c, struct ring_stage *stage);

/* Whether a call could be given to an agent: it is there, and so is every program of its pipeline. */
bool agent_usable(struct super *s, const struct conf *conf, const char *agent);

#endif
