/* What a server says, as it comes from its peer: requests, notices, answers, faults, noise. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "server.h"
#include "utf8.h"

#define NOISE_MAX 1000 /* messages that answer nothing, in NOISE_US */
#define NOISE_US (10 * SECOND)
#define TEXT_BYTES 400
#define SETTLE_US (200 * MS)

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

	(void)request_send_text(s, text, &m); /* who does not read gets no answer */
}

static void take_progress(struct server *s, const struct cJSON *params)
{
	long id = json_whole(params, "progressToken", 0, 0, JSON_WHOLE_MAX);
	const char *message = json_text(params, "message");
	double total = json_number(params, "total", 0);
	char text[TEXT_BYTES];

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
	char text[TEXT_BYTES];

	request_drop(q);
	if (r->kind == JSONRPC_ERROR) {
		snprintf(text, sizeof text, "the server answered with an error: %.*s", (int)utf8_clip(r->message, 300),
			 r->message);
		request_end_call(c, NULL, text, false);
	} else if (type && strcmp(type, "complete") != 0) {
		request_end_call(c, NULL, "the server wants more input than can be given", false);
	} else {
		request_end_call(c, r->result, NULL, false);
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
		request_wait(s, c);
		if (gone && s->state == SERVER_READY)
			reopen(s);
		else
			request_flush(s);
		return;
	}
	snprintf(text, sizeof text, "the server %s failed: %s", s->terms.name, f->why);
	request_end_call(c, NULL, text, f->sent);
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

const struct peer_user receive_user = { on_message, on_failed, on_noise, on_down, NULL };
