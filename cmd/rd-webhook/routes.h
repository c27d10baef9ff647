/* Requests of HTTP: which paths there are, and what a request has to prove before it is served. An exchange is one
 * request in hand, from the head to the end of its connection. */
#ifndef ROUTES_H
#define ROUTES_H

#include <stdbool.h>

#include "form.h"

struct ask;
struct document;
struct head;
struct http;
struct http_request;
struct route;
struct twiml;
struct webhook;

struct exchange { /* embedded in its connection (door.c); zeroed it has nothing to be closed */
	struct webhook *webhook;
	const struct route *route;
	struct http *http;
	const char *address;	     /* of who asks, borrowed from the connection */
	const char *method, *target; /* borrowed from http */
	char *text;		     /* the form's bytes, malloced */
	struct form form;
	const char *call; /* CallSid, a good one */
	unsigned step;
	struct ask *ask; /* it waits for the supervisor's answer, with others */
	struct exchange *next;
};

/* Of a head: 0 and its route, or the status that refuses it and why. */
int routes_find(const struct head *h, const struct route **route, const char **why);

/* Serves a request of x->route, of x->http: it is answered now, or waits in x->ask. */
void routes_serve(struct exchange *x, const struct http_request *r);

/* Its connection is over. */
void routes_over(struct exchange *x);

/* Notes the verdict for rd-ctl; detail is printf-like. */
void exchange_note(const struct exchange *x, const char *verdict, const char *detail, ...)
	__attribute__((format(printf, 3, 4)));

/* Answers: a status without a body, JSON, or a document (NULL: there was no memory for it). */
void exchange_status(struct exchange *x, int status);
void exchange_json(struct exchange *x, int status, const char *json);
void exchange_send(struct exchange *x, const struct document *d);

/* Answers with the document that this step was given before, or waits with those that wait for it. false: it is new. */
bool exchange_repeat(struct exchange *x);

/* Answers with a document, kept in the call's folder too if there is one. */
void exchange_give(struct exchange *x, const struct twiml *t, bool folder);

#endif
