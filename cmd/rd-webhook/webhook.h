/* rd-webhook's one struct, and what each of its files does with it:
 *
 *      door.c       connections: how many of whom              listener.c address.c guard.c
 *      visitor.c    one of them: its head, and what becomes of it                    head.c
 *      media.c      a WebSocket: spends its token, passes it to the supervisor           token.c
 *      routes.c     a request: its path, its fields, its proof              trust.c signature.c form.c
 *      incoming.c   /twiml: a new call                                              caller.c
 *      steps.c      /next/N and /status: a call goes on, or is over                  folder.c
 *      ring.c       the ring of a call, which is the supervisor's: asked for, and let go
 *      documents.c  what a step was answered with, kept and repeated                twiml.c
 *      health.c     /healthz and /readyz
 *      requests.c   what rd-ctl shows                      refusals.c  what the log says of those who are refused */
#ifndef WEBHOOK_H
#define WEBHOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "documents.h"
#include "door.h"
#include "guard.h"
#include "health.h"
#include "paths.h"
#include "refusals.h"
#include "requests.h"
#include "service.h"
#include "trust.h"

struct ask;

struct webhook {
	struct service service;
	char runtime[PATHS_MAX_BYTES];
	char public_url[256]; /* that Twilio calls */
	int generation;	      /* of the configuration, for call.json */
	bool supervised;      /* by hand: not */
	struct door door;
	struct trust trust;
	struct guard_marks calls, resumes; /* of a caller in an hour, of a call in a minute */
	struct refusals refusals;
	struct requests requests;
	struct documents documents;
	struct ask *asks; /* what the supervisor was asked and has not answered */
	struct health health;
	struct timer sweep, end_limit;
};

#endif
