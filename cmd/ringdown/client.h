/* An operator's connection to the control socket, and the socket itself: who comes, who has to go, what they are sent.
 * Inside of control.h: control.c (the commands), watch.c (events) and client.c. */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>

#include "acceptor.h"
#include "lines.h"
#include "paths.h"

struct cJSON;
struct feed;
struct super;

enum client_wait { WAITS_FOR_NOTHING, WAITS_FOR_SWAP, WAITS_FOR_AGENT, WAITS_FOR_MONITOR, WAITS_FOR_WEBHOOK };

struct client {
	struct client *next;
	struct control *control;
	struct lines lines;
	unsigned number;	/* names it to rd-webhook while it waits for an answer */
	enum client_wait waits; /* for the answer to one request, asked_id; the others are answered at once */
	double asked_id;
	const struct call *swap_call;
	unsigned swap_place;
	bool watching, leaving, said_bad;
	char watched[40];	/* a call, or empty: all */
	struct feed *injection; /* to rd-monitor; it is closed soon after the answer */
};

struct control {
	struct super *super;
	char path[PATHS_MAX_BYTES];
	int fd;
	struct acceptor acceptor;
	struct client *clients;
	unsigned numbers, count, dropped; /* dropped since there were too many */
	struct feed *feeds;		  /* one a call, while somebody watches */
	struct timer sweep;		  /* frees what its own handler could not */
};

/* object is taken over. A client that does not read is dropped, from the loop. */
void client_answer(struct client *c, struct cJSON *object);
void client_answer_ok(struct client *c, double id);
void client_answer_error(struct client *c, double id, const char *error);
void client_send(struct client *c, const char *line, size_t n);
/* Its answer comes later. A request that still waits is answered with an error: another one came. */
void client_await(struct client *c, const struct cJSON *request, enum client_wait what);
/* The id of the request that waits; it waits no more: answer it. */
double client_awaited(struct client *c);
double client_id(const struct cJSON *request);

/* Soon: drops who is leaving, frees what its own handler could not. */
void client_sweep(struct control *control);

/* control.c: a request of a client; NULL if it is none. The caller's. */
void control_request(struct client *c, const struct cJSON *request);

#endif
