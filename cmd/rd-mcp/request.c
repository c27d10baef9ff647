#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "headers.h"
#include "json.h"
#include "server.h"

#define PING_MS 5000

static const char *const methods[] = {
	[REQUEST_DISCOVER] = "server/discover",
	[REQUEST_INITIALIZE] = "initialize",
	[REQUEST_LIST] = "tools/list",
	[REQUEST_PING] = "ping",
	[REQUEST_LISTEN] = "subscriptions/listen",
	[REQUEST_CALL] = "tools/call",
};

/* --- what goes */

int request_send_text(struct server *s, char *text, struct peer_message *m)
{
	int sent = -1;

	m->text = text;
	m->version = s->version[0] ? s->version : NULL;
	m->modern = s->era == ERA_MODERN;
	if (text)
		sent = server_is_program(s) ? stdio_send(&s->stdio, text) : http_send(&s->http, m);
	free(text);
	return sent;
}

int request_tell(struct server *s, const char *method, struct cJSON *params)
{
	struct peer_message m = { .method = method };

	return request_send_text(s, jsonrpc_notice(method, params), &m);
}

void request_drop(struct request *q)
{
	struct server *s = q->server;

	for (struct request **at = &s->requests; *at; at = &(*at)->next)
		if (*at == q) {
			*at = q->next;
			break;
		}
	timer_stop(s->loop, &q->limit);
	free(q);
}

void request_end_call(struct server_call *c, const struct cJSON *result, const char *text, bool cut)
{
	const struct server_result r = { .result = result, .text = text, .cut = cut };
	struct server *s = c->server;

	for (struct server_call **at = &s->waiting; *at; at = &(*at)->next)
		if (*at == c) {
			*at = c->next;
			break;
		}
	timer_stop(s->loop, &c->limit);
	c->server = NULL;
	c->on_result(c, &r);
}

static void on_request_late(void *ctx)
{
	struct request *q = ctx, was = *q;
	struct server *s = q->server;

	if (!server_is_program(s))
		http_forget(&s->http, q->id);
	request_drop(q);
	if (was.kind != REQUEST_PING) {
		opening_answer(s, &was, NULL);
		return;
	}
	if (s->on_ping)
		s->on_ping(s, -1);
	server_down(s, "it does not answer", false);
}

static struct request *add(struct server *s, enum request_kind kind, struct server_call *call)
{
	struct request *q = calloc(1, sizeof *q);

	if (!q)
		return NULL;
	*q = (struct request){ .next = s->requests, .server = s, .kind = kind, .id = ++s->next_id, .call = call };
	q->begun_us = clock_us();
	q->limit = (struct timer){ .name = "request", .on = on_request_late, .ctx = q };
	s->requests = q;
	return q;
}

/* The modern era repeats some of the arguments in headers, for those who route without reading. */
static int add_headers(const struct server *s, const struct server_call *c, char *lines[HEADERS_MAX + 1])
{
	const struct cJSON *tool = catalogue_find(&s->tools, c->tool);
	size_t count = 0;
	int failed = headers_make(json_object(tool, "inputSchema"), c->arguments, lines, &count);

	lines[count] = NULL;
	return failed;
}

struct request *request_send(struct server *s, enum request_kind kind, struct cJSON *params, unsigned limit_ms,
			     struct server_call *call)
{
	struct request *q = add(s, kind, call);
	char *lines[HEADERS_MAX + 1] = { NULL };
	bool modern = s->era == ERA_MODERN, marked = modern && !server_is_program(s);
	struct peer_message m = { .listens = kind == REQUEST_LISTEN,
				  .method = kind == REQUEST_PING && modern ? "server/discover" : methods[kind],
				  .name = call ? call->tool : NULL };
	int sent = -1;

	if (q && (!call || !marked || add_headers(s, call, lines) == 0)) {
		m.id = q->id;
		m.headers = (const char *const *)lines;
		sent = request_send_text(s, jsonrpc_request(q->id, m.method, params, modern ? s->version : NULL, call),
					 &m);
	} else {
		cJSON_Delete(params);
	}
	for (size_t i = 0; lines[i]; i++)
		free(lines[i]);
	if (sent == 0 && limit_ms)
		timer_after(s->loop, &q->limit, limit_ms * MS);
	if (sent == 0 || !q)
		return q;
	request_drop(q);
	return NULL;
}

/* --- calls of tools */

static struct request *request_of(const struct server *s, const struct server_call *c)
{
	struct request *q = s->requests;

	while (q && q->call != c)
		q = q->next;
	return q;
}

/* It is told, or in the modern era its stream closed, that nobody waits any more. */
static void withdraw(struct server *s, struct request *q, const char *why)
{
	if (server_is_program(s) || s->era == ERA_LEGACY)
		(void)request_tell(s, "notifications/cancelled",
				   json_make("requestId:n reason:s", (long long)q->id, why));
	if (!server_is_program(s))
		http_forget(&s->http, q->id);
	request_drop(q);
}

static void on_call_late(void *ctx)
{
	struct server_call *c = ctx;
	struct server *s = c->server;
	struct request *q = request_of(s, c);
	char text[PEER_WHY_BYTES + 60];

	if (!q) {
		snprintf(text, sizeof text, "the server %s is not there: %s", s->terms.name,
			 s->why[0] ? s->why : "it is still starting");
		request_end_call(c, NULL, text, false);
		return;
	}
	withdraw(s, q, "time limit");
	snprintf(text, sizeof text, "the server %s gave no answer within %g s", s->terms.name, c->timeout_ms / 1000.0);
	request_end_call(c, NULL, text, true);
	server_ping(s); /* does it live? */
}

static void send_call(struct server *s, struct server_call *c)
{
	struct cJSON *params = json_make("name:s arguments:j", c->tool, cJSON_Duplicate(c->arguments, true));

	if (!request_send(s, REQUEST_CALL, params, 0, c))
		request_end_call(c, NULL, "the server does not read what it is told", false);
}

void request_flush(struct server *s)
{
	struct server_call *c;

	while ((c = s->waiting) && s->state == SERVER_READY) {
		s->waiting = c->next;
		send_call(s, c);
	}
}

void request_wait(struct server *s, struct server_call *c)
{
	struct server_call **at = &s->waiting;

	while (*at)
		at = &(*at)->next;
	c->next = NULL;
	*at = c;
}

void server_call(struct server *s, struct server_call *c)
{
	c->server = s;
	c->again = false;
	c->limit = (struct timer){ .name = "call", .on = on_call_late, .ctx = c };
	timer_after(s->loop, &c->limit, c->timeout_ms * MS);
	request_wait(s, c);
	if (s->state == SERVER_DOWN && !s->refused)
		server_start(s);
	else
		request_flush(s);
}

void server_cancel(struct server_call *c, const char *why)
{
	struct request *q = request_of(c->server, c);

	if (q)
		withdraw(c->server, q, why);
	request_end_call(c, NULL, "it was cancelled", q);
}

void server_ping(struct server *s)
{
	if (s->state != SERVER_READY || !request_send(s, REQUEST_PING, NULL, PING_MS, NULL))
		if (s->on_ping)
			s->on_ping(s, -1);
}

void request_fail_all(struct server *s, const char *why, bool waiting_too)
{
	char text[PEER_WHY_BYTES + 100];
	struct request *q;

	snprintf(text, sizeof text, "the server %s is gone: %s", s->terms.name, why);
	while ((q = s->requests)) {
		struct server_call *c = q->call;
		enum request_kind kind = q->kind;

		s->requests = q->next;
		timer_stop(s->loop, &q->limit);
		free(q);
		if (c)
			request_end_call(c, NULL, text, true);
		if (kind == REQUEST_PING && s->on_ping)
			s->on_ping(s, -1);
	}
	while (waiting_too && s->waiting)
		request_end_call(s->waiting, NULL, text, false);
}
