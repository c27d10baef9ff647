/* The operator's socket, RUNTIME/control: JSON objects, one a line, both ways; an answer has the request's id. A client
 * that does not read what it asked for is dropped, with a line. `watch` turns the connection into a stream of events:
 * the supervisor connects to the rd-monitor of each call and passes its lines on. */
#ifndef CONTROL_H
#define CONTROL_H

#include <stddef.h>

struct cJSON;
struct call;
struct control;
struct super;

struct control *control_open(struct super *s, char *error, size_t size); /* NULL: error says why */
void control_close(struct control *c);

/* rd-webhook's answer to {"do":"requests"}: to the client whose id it has. */
void control_requests(struct control *c, const struct cJSON *answer);

/* What came of a swap, to the client that waits for it; why not, or NULL: the new program runs. */
void control_swapped(struct control *c, const struct call *call, unsigned place, const char *why);

/* What came of `agent`, to the client that waits for it; why not, or NULL: the new agent has the call. */
void control_agent(struct control *c, const struct call *call, const char *why);

/* For those who watch (watch.c), or wait for something in that call. */
void control_call_opened(struct control *c, struct call *call);
void control_call_closed(struct control *c, struct call *call);

#endif
