#include "ring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "folder.h"
#include "json.h"
#include "log.h"
#include "routes.h"
#include "token.h"
#include "twiml.h"
#include "webhook.h"

struct ask {
	struct webhook *webhook;
	char call[36], agent[FOLDER_AGENT_BYTES], digits[64];
	unsigned step;
	struct timer limit;
	struct exchange *waiting; /* in the order in which they came */
	struct ask *next;
};

static struct ask *find(const struct webhook *w, const char *call, unsigned step)
{
	struct ask *a = w->asks;

	while (a && (a->step != step || strcmp(a->call, call) != 0))
		a = a->next;
	return a;
}

static void wait_in(struct ask *a, struct exchange *x)
{
	struct exchange **p = &a->waiting;

	while (*p)
		p = &(*p)->next;
	*p = x;
	x->ask = a;
	x->next = NULL;
}

bool ring_wait(struct exchange *x)
{
	struct ask *a = find(x->webhook, x->call, x->step);

	if (a)
		wait_in(a, x);
	return a;
}

void ring_lost(struct exchange *x)
{
	struct exchange **p = x->ask ? &x->ask->waiting : NULL;

	while (p && *p && *p != x)
		p = &(*p)->next;
	if (p && *p)
		*p = x->next;
	x->ask = NULL;
}

/* Sends a line to the supervisor. -1: ENOTCONN there is none, or it lags behind by a whole buffer. */
static int tell(struct webhook *w, struct cJSON *message, const void *bytes, size_t n, int fd)
{
	char *json = json_print(message);
	int rc = json ? service_line_send(&w->service, json, bytes, n, fd) : -1;

	free(json);
	return rc;
}

bool ring_reachable(const struct webhook *w)
{
	return w->service.line.watch.watched;
}

void ring_ended(struct webhook *w, const char *call, const char *status)
{
	if (tell(w, json_make("do:s call:s status:s", "ended", call, status), NULL, 0, -1) < 0 && errno != ENOTCONN)
		log_warn("cannot tell the supervisor that a call is over: %s", strerror(errno));
}

int ring_stream(struct webhook *w, const char *call, unsigned step, const void *bytes, size_t n, int fd)
{
	return tell(w, json_make("do:s call:s step:n", "stream", call, (long long)step), bytes, n, fd);
}

/* Gives the document to all that wait, and forgets what was asked. NULL: there is none to give. */
static void give(struct ask *a, const struct document *d, const char *verdict)
{
	struct webhook *w = a->webhook;
	struct ask **p = &w->asks;

	for (struct exchange *x; (x = a->waiting); verdict = "repeated") {
		a->waiting = x->next;
		x->ask = NULL;
		exchange_note(x, verdict, "call=%s agent=%s", a->call, a->agent);
		exchange_send(x, d);
	}
	while (*p != a)
		p = &(*p)->next;
	*p = a->next;
	timer_stop(&w->service.loop, &a->limit);
	free(a);
}

/* The same with one that is kept. */
static void finish(struct ask *a, const struct twiml *t, bool folder, const char *verdict)
{
	struct webhook *w = a->webhook;

	give(a, t ? documents_keep(&w->documents, folder ? w->runtime : NULL, a->call, a->step, t) : NULL, verdict);
}

/* Answers all that wait with a document that is not kept: the same step shall be asked again. */
static void put_off(struct ask *a, const char *why)
{
	char next[24], shown[16];
	struct twiml t;

	log_warn("step put off, the supervisor is to come back why=%s call=%s step=%u", why,
		 log_short_call(a->call, shown), a->step);
	snprintf(next, sizeof next, a->step ? "/next/%u" : "/twiml", a->step);
	(void)twiml_again(&t, next); /* it fits */
	give(a, &(struct document){ .text = t.text, .n = t.n }, "put-off");
}

/* Whether it is worth a second: a supervisor that was there will be there again. */
static bool may_put_off(struct webhook *w, const struct ask *a, const char *why)
{
	char key[GUARD_KEY_BYTES];

	if (!w->supervised ||
	    (strcmp(why, "gone") != 0 && strcmp(why, "unreachable") != 0 && strcmp(why, "lagging") != 0))
		return false;
	snprintf(key, sizeof key, "again %s", a->call);
	return guard_allow(&w->resumes, key, GUARD_AGAIN, GUARD_RESUMES_MS, clock_us() / MS);
}

static void log_refusal(const struct ask *a, const char *why)
{
	bool usual = strcmp(why, "busy") == 0 || strcmp(why, "draining") == 0;
	char shown[16];

	(usual ? log_info : log_warn)("call refused: no ring why=%s call=%s step=%u", why,
				      log_short_call(a->call, shown), a->step);
}

/* Once a call was answered a busy tone comes too late: then the apology is all there is. */
static void refuse(struct ask *a, const char *why)
{
	struct webhook *w = a->webhook;
	bool first = a->step == 0, silent = strcmp(why, "silent") == 0;
	struct twiml t;
	int rc;

	if (may_put_off(w, a, why)) {
		put_off(a, why);
		return;
	}
	log_refusal(a, why);
	if (first && strcmp(why, "busy") == 0)
		rc = twiml_reject(&t, true);
	else
		rc = twiml_say(&t, conf_text(w->service.conf, "agent", a->agent, "apology"));
	ring_ended(w, a->call, "failed"); /* a supervisor who is late must not wait for a caller who is gone */
	if (first && !silent)
		(void)folder_remove(w->runtime, a->call); /* else it is the supervisor's, whom nobody sends a caller */
	finish(a, rc == 0 ? &t : NULL, !first || silent, why);
}

static int write_stream(const struct ask *a, struct twiml *t)
{
	struct webhook *w = a->webhook;
	char token[TOKEN_CHARS + 1], target[64], url[sizeof w->public_url + sizeof target], next[24];

	if (token_make(w->runtime, a->call, a->step, clock_boot_ms(), token) < 0)
		return -1;
	snprintf(target, sizeof target, "/media/%s", token);
	snprintf(next, sizeof next, "/next/%u", a->step + 1);
	if (signature_url(url, sizeof url, w->public_url, target, true) < 0)
		return errno = ENAMETOOLONG, -1;
	return twiml_stream(t, a->digits[0] ? a->digits : NULL, url, next);
}

static void give_stream(struct ask *a)
{
	char shown[16];
	struct twiml t;

	if (write_stream(a, &t) < 0) {
		log_error("cannot make a token: %s", strerror(errno));
		refuse(a, "failed");
		return;
	}
	log_info("stream offered call=%s step=%u agent=%s", log_short_call(a->call, shown), a->step, a->agent);
	finish(a, &t, true, a->step == 0 ? "answered" : a->digits[0] ? "press" : "resumed");
}

static void on_limit(void *ctx)
{
	refuse(ctx, "silent");
}

void ring_ask(struct exchange *x, const char *digits, const char *agent)
{
	struct webhook *w = x->webhook;
	struct ask *a = calloc(1, sizeof *a);

	if (!a) {
		exchange_status(x, 500);
		return;
	}
	a->webhook = w;
	a->step = x->step;
	snprintf(a->call, sizeof a->call, "%s", x->call);
	snprintf(a->agent, sizeof a->agent, "%s", agent);
	snprintf(a->digits, sizeof a->digits, "%s", digits ? digits : "");
	a->limit = (struct timer){ .name = "prepare", .on = on_limit, .ctx = a };
	a->next = w->asks;
	w->asks = a;
	wait_in(a, x);
	if (tell(w, json_make("do:s call:s step:n", "prepare", a->call, (long long)a->step), NULL, 0, -1) < 0) {
		refuse(a, errno == ENOTCONN ? "unreachable" : "lagging");
		return;
	}
	timer_after(&w->service.loop, &a->limit, RING_ANSWER_US);
}

void ring_prepared(struct webhook *w, const struct cJSON *message)
{
	const char *call = json_text(message, "call"), *why = json_text(message, "why");
	double step = json_number(message, "step", 0);
	struct ask *a = call && step >= 0 && step <= UINT32_MAX ? find(w, call, (unsigned)step) : NULL;

	if (!a)
		log_debug("the supervisor answers what is not asked any more");
	else if (json_flag(message, "ok", false))
		give_stream(a);
	else
		refuse(a, why ? why : "failed");
}

void ring_close(struct webhook *w)
{
	for (struct ask *a = w->asks, *next; a; a = next) {
		next = a->next;
		refuse(a, "gone");
	}
}
