/* The supervisor's one struct, and what each file of it does to it. It carries no audio and speaks no HTTP: it forks,
 * restarts, holds links open, passes descriptors on, and answers the operator.
 *
 *      generation.c  the checked configuration, numbered        service.c  rd-webhook, rd-store, rd-mcp
 *      child.c       a process: start, exit, back-off           ring.c     the stages of one call and their links
 *      call.c        a call's folder and life                   control.c  the operator's socket
 *      door.c        the listening socket                       feed.c     events for the operator, from rd-monitor
 *      client.c      an operator's connection                   watch.c    who watches and injects events
 *      stream.c      a connection that waits for its stage      launch.c   a stage's process: forked or executed
 *      pulse.c       who lives and does not work                templates.c what stages are forked from
 *      folder.c      what a call's folder says                  pipeline.c a pipeline's text as stages
 *      agent.c       whose call it is, and who takes over       replace.c  other stages in a running ring
 *      keyless.c     who answers where there is no key
 */
#ifndef SUPER_H
#define SUPER_H

#include <stdbool.h>

#include "child.h"
#include "loop.h"
#include "paths.h"

struct call;
struct control;
struct generation;
struct template;

#define SUPER_SERVICES 3
enum { SERVICE_STORE, SERVICE_MCP, SERVICE_WEBHOOK };

struct super {
	struct loop loop;
	const char *config_option; /* -c */
	char runtime[PATHS_MAX_BYTES];
	char bin[PATHS_MAX_BYTES];     /* the folder of our own binary, where the others lie */
	struct generation *generation; /* the newest; older ones live as long as somebody uses them */
	struct generation *proven;     /* the newest that rd-webhook runs with; NULL: none yet */
	int folder;		       /* the runtime folder, locked */
	struct child services[SUPER_SERVICES];
	uint64_t mcp_terms; /* of the servers that rd-mcp was started with */
	struct call *calls;
	struct template *templates;
	int templates_of; /* the generation that they were made for; 0: none */
	struct control *control;
	int door;	    /* the listening socket, rd-webhook's fd 4 */
	char address[80];   /* where it listens, with the port that it really has */
	char log_order[48]; /* what rd-ctl log has set, for children that start later; empty: as configured */
	char health[512];   /* the last word on it, as rd-webhook gets it; empty: nothing is known to be wrong */
	bool ready, draining, stopping;
	int status; /* of our own exit */
	uint64_t started_us;
	struct timer drain_timer, watchdog_timer, beat_timer;
	unsigned beats;
};

/* service.c */
void services_start(struct super *s);
void services_reload(struct super *s);			 /* with the newest configuration */
bool service_wanted(const struct super *s, int service); /* false: with this configuration nobody needs it */
bool service_restart(struct super *s, const char *name); /* false: there is none of that name */
void services_drain(struct super *s);			 /* no new calls */
void services_stop(struct super *s);			 /* ends those that run */
bool services_stopped(const struct super *s);
void services_tell(struct super *s, const char *json); /* to all of them */
int services_webhook_send(struct super *s, const char *json);

/* main.c */
int super_reload(struct super *s, char *error, size_t size); /* -1: refused, error says why */
void super_drain(struct super *s, long seconds); /* no new calls; ends when the last is over or the time is up */
void super_step(struct super *s);		 /* something ended: is it time to say ready, or to go? */

#endif
