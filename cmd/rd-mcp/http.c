#include "http.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "headers.h"
#include "json.h"
#include "jsonrpc.h"
#include "log.h"
#include "sse.h"

#define CONNECT_MS 5000
#define NOTICE_MS 10000 /* what nobody waits for */
#define HEADER_BYTES (HEADERS_VALUE_BYTES + 64)
#define HEADERS 24
#define LISTEN_US (5 * SECOND)		    /* between two streams of what nobody asked for, at least */
#define STREAM_BYTES_MAX ((size_t)32 << 20) /* of one answer, all events together */
#define RETRIES_MAX 20
#define LINGER_US (2 * SECOND) /* an answered stream is left open so long, for its connection \ is worth something */

enum post_kind { POST_MESSAGE, POST_LISTEN, POST_DELETE };

struct post {
	struct post *next;
	struct http *http;
	enum post_kind kind;
	long id;
	struct fetch *fetch;
	struct sse sse;
	struct timer retry;
	char *body;
	size_t body_bytes, body_size, seen;
	int status;
	unsigned retries;
	bool streams, answered, listens, resumable;
};

static void on_answer(void *ctx, const struct fetch_answer *a);
static void on_head(void *ctx, const struct fetch_answer *a);
static void on_bytes(void *ctx, const char *bytes, size_t n);
static int ask(struct post *p, const char *method, const char *body, char (*headers)[HEADER_BYTES], size_t count);

static void drop(struct post *p)
{
	struct http *h = p->http;

	for (struct post **at = &h->posts; *at; at = &(*at)->next)
		if (*at == p) {
			*at = p->next;
			break;
		}
	if (p->fetch)
		fetch_cancel(p->fetch);
	timer_stop(h->loop, &p->retry);
	sse_close(&p->sse);
	free(p->body);
	free(p);
}

static bool is_there(const struct http *h, const struct post *p)
{
	const struct post *at = h->posts;

	while (at && at != p)
		at = at->next;
	return at;
}

/* Whoever is told may close everything. */
static bool pass_on(struct post *p, const char *text, size_t n)
{
	struct http *h = p->http;
	struct cJSON *message = json_parse(text, n);
	struct jsonrpc r;
	bool there;

	if (message) {
		jsonrpc_read(&r, message);
		p->answered |= (r.kind == JSONRPC_RESULT || r.kind == JSONRPC_ERROR) && r.id == p->id;
		h->user.on_message(h->user.ctx, message);
	} else {
		h->user.on_noise(h->user.ctx);
	}
	cJSON_Delete(message);
	there = is_there(h, p);
	if (there && p->answered && p->kind == POST_MESSAGE)
		timer_after(h->loop, &p->retry, LINGER_US);
	return there;
}

static bool on_event(struct sse *s, const struct sse_event *e)
{
	struct post *p = s->ctx;

	if (e->data_bytes == 0 || strcmp(e->name, "message") != 0)
		return true;
	return pass_on(p, e->data, e->data_bytes);
}

/* --- how it ends */

static void fail(struct post *p, const char *why, bool sent, const struct cJSON *answer)
{
	struct http *h = p->http;
	struct peer_fault fault = { .status = p->status, .answer = answer, .why = why, .sent = sent };
	long id = p->kind == POST_MESSAGE && !p->answered ? p->id : 0;

	drop(p);
	if (id)
		h->user.on_failed(h->user.ctx, id, &fault);
}

static void add_header(char (*headers)[HEADER_BYTES], size_t *count, const char *name, const char *value)
{
	if (*count < HEADERS && value && *value)
		snprintf(headers[(*count)++], HEADER_BYTES, "%s: %s", name, value);
}

static void add_session(const struct http *h, char (*headers)[HEADER_BYTES], size_t *count)
{
	add_header(headers, count, "MCP-Protocol-Version", h->version);
	add_header(headers, count, "Mcp-Session-Id", h->session);
}

/* By GET: what comes behind the last event, or what nobody asked for. */
static int open_stream(struct post *p)
{
	char headers[HEADERS][HEADER_BYTES];
	size_t count = 0;

	add_header(headers, &count, "Accept", "text/event-stream");
	add_session(p->http, headers, &count);
	add_header(headers, &count, "Last-Event-ID", p->sse.last_id);
	sse_begin(&p->sse);
	p->streams = false;
	return ask(p, "GET", NULL, headers, count);
}

static void on_retry(void *ctx)
{
	struct post *p = ctx;

	if (p->answered && p->kind == POST_MESSAGE) /* it was left open long enough */
		drop(p);
	else if (open_stream(p) < 0)
		fail(p, "no memory", true, NULL);
}

/* A stream that broke off, or ended too early. */
static void take_up_again(struct post *p, const char *why)
{
	long ms = p->sse.retry_ms ? p->sse.retry_ms : 1000;

	if (p->retries++ == RETRIES_MAX || ms > 60000) {
		fail(p, why, true, NULL);
		return;
	}
	timer_after(p->http->loop, &p->retry, (uint64_t)ms * MS);
}

static void end_listening(struct post *p, bool offered)
{
	uint64_t us = (uint64_t)p->sse.retry_ms * MS;

	if (offered)
		timer_after(p->http->loop, &p->retry, us > LISTEN_US ? us : LISTEN_US);
	else
		drop(p);
}

/* A body of JSON: the answer, or the error that came with a bad status. */
static void take_body(struct post *p)
{
	struct cJSON *message = p->body ? json_parse(p->body, p->body_bytes) : NULL;
	struct jsonrpc r;
	char why[PEER_WHY_BYTES];

	if (p->status == 200 && message) {
		if (pass_on(p, p->body, p->body_bytes))
			fail(p, "its answer is none to what was asked", true, NULL);
		cJSON_Delete(message);
		return;
	}
	jsonrpc_read(&r, message);
	if (p->status >= 200 && p->status < 300)
		snprintf(why, sizeof why, "it gave no answer (HTTP %d)", p->status);
	else if (r.kind == JSONRPC_ERROR)
		snprintf(why, sizeof why, "HTTP %d, %.120s", p->status, r.message);
	else
		snprintf(why, sizeof why, "HTTP %d", p->status);
	fail(p, why, p->status < 400 || p->status >= 500, r.kind == JSONRPC_ERROR ? message : NULL);
	cJSON_Delete(message);
}

static void on_answer(void *ctx, const struct fetch_answer *a)
{
	struct post *p = ctx;
	bool whole = a->status && a->status < 300;
	char why[PEER_WHY_BYTES];

	p->fetch = NULL;
	if (p->kind == POST_DELETE || (p->kind == POST_MESSAGE && (p->answered || !p->id))) {
		fail(p, a->why, false, NULL);
		return;
	}
	if (p->kind == POST_LISTEN) {
		end_listening(p, p->streams);
		return;
	}
	snprintf(why, sizeof why, "%s", a->why ? a->why : "its stream ended before the answer");
	if (p->streams && p->resumable && p->sse.last_id[0])
		take_up_again(p, why);
	else if (p->streams)
		fail(p, why, true, NULL);
	else if (a->why && !whole)
		fail(p, why, a->outcome == FETCH_UNKNOWN, NULL);
	else
		take_body(p);
}

static void on_head(void *ctx, const struct fetch_answer *a)
{
	struct post *p = ctx;
	const char *session = fetch_header(a, "Mcp-Session-Id");

	p->status = a->status;
	p->streams = a->status == 200 && a->type && strncasecmp(a->type, "text/event-stream", 17) == 0;
	if (!p->http->modern && session && !p->http->session[0] && strlen(session) < sizeof p->http->session)
		snprintf(p->http->session, sizeof p->http->session, "%s", session);
}

static int gather(struct post *p, const char *bytes, size_t n)
{
	if (n > PEER_MESSAGE_MAX - p->body_bytes)
		return -1;
	if (p->body_bytes + n > p->body_size) {
		size_t size = (p->body_bytes + n) * 2;
		char *grown = realloc(p->body, size);

		if (!grown)
			return -1;
		p->body = grown;
		p->body_size = size;
	}
	memcpy(p->body + p->body_bytes, bytes, n);
	p->body_bytes += n;
	return 0;
}

static void on_bytes(void *ctx, const char *bytes, size_t n)
{
	struct post *p = ctx;

	p->seen += n;
	if (p->kind == POST_DELETE)
		return;
	if (p->streams && !p->listens && p->kind == POST_MESSAGE && p->seen > STREAM_BYTES_MAX)
		fail(p, "its answer is longer than 32 MiB", true, NULL);
	else if (p->streams && sse_feed(&p->sse, bytes, n) < 0)
		fail(p, "it sent an event of over 4 MiB", true, NULL);
	else if (!p->streams && gather(p, bytes, n) < 0)
		fail(p, "its answer is longer than 4 MiB", true, NULL);
}

/* --- what goes */

static int ask(struct post *p, const char *method, const char *body, char (*headers)[HEADER_BYTES], size_t count)
{
	struct http *h = p->http;
	const char *lines[HEADERS + 1];
	struct fetch_request r = { .url = h->url,
				   .method = method,
				   .headers = lines,
				   .body = body,
				   .body_bytes = body ? strlen(body) : 0,
				   .user = h->basic,
				   .bearer = h->bearer,
				   .connect_ms = CONNECT_MS,
				   .total_ms = p->kind == POST_LISTEN || p->id
						       ? 0
						       : NOTICE_MS, /* else server.c limits it */
				   .pool = h->pool,
				   .on_head = on_head,
				   .on_bytes = on_bytes };

	for (size_t i = 0; i < count; i++)
		lines[i] = headers[i];
	lines[count] = NULL;
	p->fetch = fetch_start(h->loop, &r, on_answer, p);
	return p->fetch ? 0 : -1;
}

static struct post *add(struct http *h, enum post_kind kind, long id)
{
	struct post *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	p->http = h;
	p->kind = kind;
	p->id = id;
	p->sse.limit = PEER_MESSAGE_MAX;
	p->sse.on_event = on_event;
	p->sse.ctx = p;
	p->retry = (struct timer){ .name = "stream", .on = on_retry, .ctx = p };
	p->next = h->posts;
	h->posts = p;
	return p;
}

void http_begin(struct http *h, struct loop *loop, struct fetch_pool *pool, const struct peer_user *user)
{
	h->loop = loop;
	h->pool = pool;
	h->user = *user;
	h->session[0] = h->version[0] = 0;
	h->modern = false;
}

int http_send(struct http *h, const struct peer_message *m)
{
	char headers[HEADERS][HEADER_BYTES], value[HEADERS_VALUE_BYTES];
	struct post *p = add(h, POST_MESSAGE, m->id);
	size_t count = 0;

	if (!p)
		return -1;
	p->listens = m->listens;
	p->resumable = !m->modern;
	h->modern = m->modern;
	snprintf(h->version, sizeof h->version, "%s", m->version ? m->version : "");
	add_header(headers, &count, "Content-Type", "application/json");
	add_header(headers, &count, "Accept", "application/json, text/event-stream");
	add_session(h, headers, &count);
	if (m->modern) {
		add_header(headers, &count, "Mcp-Method", m->method);
		add_header(headers, &count, "Mcp-Name", m->name ? headers_value(m->name, value) : NULL);
	}
	for (size_t i = 0; m->headers && m->headers[i] && count < HEADERS; i++)
		snprintf(headers[count++], HEADER_BYTES, "%s", m->headers[i]);
	if (ask(p, "POST", m->text, headers, count) == 0)
		return 0;
	drop(p);
	return -1;
}

int http_listen(struct http *h)
{
	struct post *p = add(h, POST_LISTEN, 0);

	if (p && open_stream(p) == 0)
		return 0;
	if (p)
		drop(p);
	return -1;
}

void http_forget(struct http *h, long id)
{
	for (struct post *p = h->posts; p; p = p->next)
		if (p->kind == POST_MESSAGE && p->id == id && !p->answered) {
			drop(p);
			return;
		}
}

void http_end(struct http *h, bool politely)
{
	char headers[HEADERS][HEADER_BYTES];
	struct post *p, *next;
	size_t count = 0;

	if (!h->loop)
		return;
	for (p = h->posts; p; p = next) {
		next = p->next;
		if (p->kind != POST_DELETE || !politely)
			drop(p);
	}
	add_session(h, headers, &count);
	if (politely && h->session[0] && !h->modern && (p = add(h, POST_DELETE, 0)) &&
	    ask(p, "DELETE", NULL, headers, count) < 0)
		drop(p);
	h->session[0] = 0;
}
