#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "headers.h"
#include "json.h"
#include "log.h"
#include "server.h"
#include "utf8.h"

#define NOISE_MAX 1000 /* messages that answer nothing, in NOISE_US */
#define NOISE_US (10 * SECOND)
#define PING_MS 5000
#define PROGRESS_BYTES 400
#define SETTLE_US (200 * MS)

static const char *const methods[] = {
	[REQUEST_DISCOVER] = "server/discover",
	[REQUEST_INITIALIZE] = "initialize",
	[REQUEST_LIST] = "tools/list",
	[REQUEST_PING] = "ping",
	[REQUEST_LISTEN] = "subscriptions/listen",
	[REQUEST_CALL] = "tools/call",
};

/* --- what goes */

static int send_text(struct server *s, char *text, struct peer_message *m)
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

	return send_text(s, jsonrpc_notice(method, params), &m);
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

static void end_call(struct server_call *c, const struct cJSON *result, const char *text, bool cut)
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
		sent = send_text(s, jsonrpc_request(q->id, m.method, params, modern ? s->version : NULL, call), &m);
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
		end_call(c, NULL, text, false);
		return;
	}
	withdraw(s, q, "time limit");
	snprintf(text, sizeof text, "the server %s gave no answer within %g s", s->terms.name, c->timeout_ms / 1000.0);
	end_call(c, NULL, text, true);
	server_ping(s); /* does it live? */
}

static void send_call(struct server *s, struct server_call *c)
{
	struct cJSON *params = json_make("name:s arguments:j", c->tool, cJSON_Duplicate(c->arguments, true));

	if (!request_send(s, REQUEST_CALL, params, 0, c))
		end_call(c, NULL, "the server does not read what it is told", false);
}

void request_flush(struct server *s)
{
	struct server_call *c;

	while ((c = s->waiting) && s->state == SERVER_READY) {
		s->waiting = c->next;
		send_call(s, c);
	}
}

static void wait_for_it(struct server *s, struct server_call *c)
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
	wait_for_it(s, c);
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
	end_call(c, NULL, "it was cancelled", q);
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

	snprintf(text, sizeof text, "the server %s is gone: %s", s->terms.name, why);
	while (s->requests) {
		struct server_call *c = s->requests->call;
		enum request_kind kind = s->requests->kind;

		request_drop(s->requests);
		if (c)
			end_call(c, NULL, text, true);
		if (kind == REQUEST_PING && s->on_ping)
			s->on_ping(s, -1);
	}
	while (waiting_too && s->waiting)
		end_call(s->waiting, NULL, text, false);
}

/* --- what comes */

static void make_noise(struct server *s)
{
	uint64_t now = clock_us();

	if (now - s->noise_since_us > NOISE_US) {
		s->noise = 0;
		s->noise_since_us = now;
	}
	if (++s->noise > NOISE_MAX)
		server_down(s, "it floods us with messages that nobody asked for", false);
}

static void take_request(struct server *s, const struct jsonrpc *r)
{
	struct peer_message m = { .method = "" };
	char *text = strcmp(r->method, "ping") == 0
			     ? jsonrpc_answer(r->whose, cJSON_CreateObject())
			     : jsonrpc_refuse(r->whose, JSONRPC_NO_METHOD, "this client does not offer that");

	(void)send_text(s, text, &m); /* who does not read gets no answer */
}

static void take_progress(struct server *s, const struct cJSON *params)
{
	long id = json_whole(params, "progressToken", 0, 0, JSON_WHOLE_MAX);
	const char *message = json_text(params, "message");
	double total = json_number(params, "total", 0);
	char text[PROGRESS_BYTES];

	if (message)
		snprintf(text, sizeof text, "%.*s", (int)utf8_clip(message, sizeof text - 1), message);
	else if (total > 0)
		snprintf(text, sizeof text, "%g of %g", json_number(params, "progress", 0), total);
	else
		snprintf(text, sizeof text, "%g", json_number(params, "progress", 0));
	for (const struct request *q = s->requests; q; q = q->next)
		if (q->id == id && q->call) {
			q->call->on_progress(q->call, text);
			return;
		}
}

static void take_notice(struct server *s, const struct jsonrpc *r)
{
	if (strcmp(r->method, "notifications/progress") == 0)
		take_progress(s, r->params);
	else if (strcmp(r->method, "notifications/tools/list_changed") == 0 && s->state == SERVER_READY &&
		 !s->settle.set)
		timer_after(s->loop, &s->settle, SETTLE_US);
	make_noise(s);
}

static void take_call_answer(struct request *q, const struct jsonrpc *r)
{
	const char *type = json_text(r->result, "resultType");
	struct server_call *c = q->call;
	char text[PROGRESS_BYTES];

	request_drop(q);
	if (r->kind == JSONRPC_ERROR) {
		snprintf(text, sizeof text, "the server answered with an error: %.*s", (int)utf8_clip(r->message, 300),
			 r->message);
		end_call(c, NULL, text, false);
	} else if (type && strcmp(type, "complete") != 0) {
		end_call(c, NULL, "the server wants more input than can be given", false);
	} else {
		end_call(c, r->result, NULL, false);
	}
}

static void take_answer(struct server *s, const struct jsonrpc *r)
{
	struct request *q = s->requests, was;

	while (q && q->id != r->id)
		q = q->next;
	if (!q) { /* late, or never asked for */
		make_noise(s);
		return;
	}
	if (q->kind == REQUEST_CALL) {
		take_call_answer(q, r);
		return;
	}
	was = *q;
	request_drop(q);
	if (was.kind == REQUEST_PING) {
		s->ping_ms = (long)((clock_us() - was.begun_us) / MS);
		if (s->on_ping)
			s->on_ping(s, s->ping_ms);
	} else if (was.kind != REQUEST_LISTEN) {
		opening_answer(s, &was, r);
	}
}

static void on_message(void *ctx, const struct cJSON *message)
{
	struct server *s = ctx;
	struct jsonrpc r;

	jsonrpc_read(&r, message);
	switch (r.kind) {
	case JSONRPC_REQUEST:
		take_request(s, &r);
		make_noise(s);
		break;
	case JSONRPC_NOTICE: take_notice(s, &r); break;
	case JSONRPC_RESULT:
	case JSONRPC_ERROR: take_answer(s, &r); break;
	default: make_noise(s); break;
	}
}

static void on_noise(void *ctx)
{
	make_noise(ctx);
}

static void on_down(void *ctx, const char *why)
{
	struct server *s = ctx;

	/* some end when they are asked what they do not know */
	if (s->state == SERVER_STARTING && s->era == ERA_MODERN && !s->terms.era && !s->listing)
		s->era = ERA_LEGACY;
	server_down(s, why, false);
}

/* A session that the server does not know any more is opened again, once; nothing was carried out then. */
static bool session_is_gone(const struct server *s, const struct peer_fault *f)
{
	return s->era == ERA_LEGACY && s->http.session[0] && (f->status == 404 || (f->status == 400 && f->answer));
}

static void reopen(struct server *s)
{
	log_info("server has forgotten its session, opening it again name=%s", s->terms.name);
	http_end(&s->http, false);
	server_start(s);
}

static void call_failed(struct server *s, struct request *q, const struct peer_fault *f)
{
	struct server_call *c = q->call;
	bool gone = session_is_gone(s, f) && !c->again;
	bool harmless = json_flag(catalogue_find(&s->tools, c->tool), "readOnly", false);
	char text[PEER_WHY_BYTES + 60];

	request_drop(q);
	if (gone || (f->sent && harmless && !c->again && f->status < 400)) {
		c->again = true;
		wait_for_it(s, c);
		if (gone && s->state == SERVER_READY)
			reopen(s);
		else
			request_flush(s);
		return;
	}
	snprintf(text, sizeof text, "the server %s failed: %s", s->terms.name, f->why);
	end_call(c, NULL, text, f->sent);
}

static void on_failed(void *ctx, long id, const struct peer_fault *f)
{
	struct server *s = ctx;
	struct request *q = s->requests, was;

	while (q && q->id != id)
		q = q->next;
	if (!q)
		return;
	was = *q;
	if (q->kind == REQUEST_CALL) {
		call_failed(s, q, f);
	} else {
		request_drop(q);
		if (was.kind == REQUEST_PING && s->on_ping)
			s->on_ping(s, -1);
		if (s->state == SERVER_READY && session_is_gone(s, f))
			reopen(s);
		else if (was.kind == REQUEST_PING)
			server_down(s, f->why, false);
		else if (was.kind != REQUEST_LISTEN && f->status != 401 && f->status != 403)
			opening_fault(s, &was, f);
	}
	if (f->status == 401 || f->status == 403)
		server_down(s,
			    f->status == 401 ? "its token is refused (HTTP 401)" : "its token is not enough (HTTP 403)",
			    true);
}

const struct peer_user request_user = { on_message, on_failed, on_noise, on_down, NULL };
