/* The ring of a call belongs to the supervisor, at the other end of fd 3. Here it is asked for (prepare), with a stream
 * as the answer of the step when it is there and a polite refusal when it is not; given its stream; and told that it is
 * over. The supervisor has RING_ANSWER_US to answer. */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>

#include "clock.h"

#define RING_ANSWER_US (2 * SECOND) /* a carrier waits for 15; a machine may stand still for one */

struct cJSON;
struct exchange;
struct webhook;

/* Asks for the ring of x->call; x and all who come for this step meanwhile are answered when the supervisor has. digits
 * (or NULL) are pressed before the stream. */
void ring_ask(struct exchange *x, const char *digits, const char *agent);

/* Lets x wait if the same step is being asked for already. */
bool ring_wait(struct exchange *x);

/* The connection of x is over: it waits no more. What was asked goes on, for the answer is kept and asked for again. */
void ring_lost(struct exchange *x);

/* {"do":"prepared"} of the supervisor. */
void ring_prepared(struct webhook *w, const struct cJSON *message);

/* Tells the supervisor that no step of the call will be asked any more. */
void ring_ended(struct webhook *w, const char *call, const char *status);

/* Passes a WebSocket on: the bytes that were read of it, and its descriptor, which stays the caller's. -1: errno. */
int ring_stream(struct webhook *w, const char *call, unsigned step, const void *bytes, size_t n, int fd);

/* Whether there is a supervisor; by hand there is none. */
bool ring_reachable(const struct webhook *w);

/* Answers all that wait, now that the supervisor is gone: they come back in a second. */
void ring_close(struct webhook *w);

#endif
