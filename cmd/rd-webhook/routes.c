#include "routes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "head.h"
#include "health.h"
#include "http.h"
#include "incoming.h"
#include "log.h"
#include "ring.h"
#include "steps.h"
#include "twiml.h"
#include "webhook.h"

#define STEP_DIGITS 9

struct route {
	const char *path; /* behind its last / stands the number of a step */
	bool probe;	  /* anyone may ask, and it is not noted; else only Twilio, about a call */
	void (*serve)(struct exchange *x);
};

static const struct route routes[] = {
	{ "/twiml", false, incoming_serve },	     /* a call comes in */
	{ "/incoming-call", false, incoming_serve }, /* the same, as others name it */
	{ "/receive_call", false, incoming_serve },
	{ "/next/", false, steps_next },    /* what comes behind a stream, or a <Dial> */
	{ "/status", false, steps_status }, /* a call is over */
	{ "/healthz", true, health_serve },
	{ "/readyz", true, health_serve_ready },
};

/* Whether path is that of the route: to the byte, or with a number from 1 behind it. */
static bool leads_to(const struct route *r, struct head_slice path)
{
	size_t n = strlen(r->path);

	if (r->path[n - 1] != '/')
		return head_equal(path, r->path);
	if (path.n <= n || path.n > n + STEP_DIGITS || memcmp(path.at, r->path, n) != 0 || path.at[n] == '0')
		return false;
	while (n < path.n && path.at[n] >= '0' && path.at[n] <= '9')
		n++;
	return n == path.n;
}

static bool is_form(const struct head *h)
{
	static const char form[] = "application/x-www-form-urlencoded";
	char type[128];

	return head_text(h, "content-type", type, sizeof type) == 0 && strncasecmp(type, form, sizeof form - 1) == 0 &&
	       strchr("; \t", type[sizeof form - 1]);
}

int routes_find(const struct head *h, const struct route **route, const char **why)
{
	bool post = head_equal(h->method, "POST"), get = head_equal(h->method, "GET");
	struct head_slice path = head_path(h);
	const struct route *r = routes;

	while (r < routes + sizeof routes / sizeof *routes && !leads_to(r, path))
		r++;
	*route = r;
	if (r == routes + sizeof routes / sizeof *routes)
		return *why = "no such path", 404;
	if (!get && (!post || r->probe))
		return *why = r->probe ? "GET is expected" : "POST or GET is expected", 405;
	if (post && !is_form(h))
		return *why = "a form is expected", 415;
	if (h->content_length > FORM_BYTES)
		return *why = "the body is too long", 413;
	return 0;
}

void exchange_note(const struct exchange *x, const char *verdict, const char *detail, ...)
{
	char text[256];
	va_list args;

	va_start(args, detail);
	vsnprintf(text, sizeof text, detail, args);
	va_end(args);
	requests_note(&x->webhook->requests, x->method, x->target, verdict, "%s", text);
}

/* A reply fails without memory alone: who asked is cut off then, and asks again. */
void exchange_status(struct exchange *x, int status)
{
	(void)http_reply(x->http, status, NULL, NULL, 0);
}

void exchange_json(struct exchange *x, int status, const char *json)
{
	(void)http_reply(x->http, status, "application/json", json, strlen(json));
}

void exchange_send(struct exchange *x, const struct document *d)
{
	if (d)
		(void)http_reply(x->http, 200, TWIML_TYPE, d->text, d->n);
	else
		exchange_status(x, 500);
}

bool exchange_repeat(struct exchange *x)
{
	struct webhook *w = x->webhook;
	const struct document *d = documents_find(&w->documents, w->runtime, x->call, x->step);

	if (d) {
		exchange_note(x, "repeated", "call=%s", x->call);
		exchange_send(x, d);
	}
	return d || ring_wait(x);
}

void exchange_give(struct exchange *x, const struct twiml *t, bool folder)
{
	struct webhook *w = x->webhook;

	exchange_send(x, documents_keep(&w->documents, folder ? w->runtime : NULL, x->call, x->step, t));
}

/* The fields of the body, or of the query. 0, or the status that refuses them. */
static int read_fields(struct exchange *x, const struct http_request *r)
{
	const char *query = strchr(r->target, '?');
	bool post = strcmp(r->method, "POST") == 0;
	const char *text = post ? r->body : query ? query + 1 : "";
	size_t n = post ? r->body_bytes : strlen(text);

	x->text = malloc(n + 1);
	if (!x->text)
		return 500;
	memcpy(x->text, text, n);
	x->text[n] = '\0';
	if (form_read(&x->form, x->text, n) == 0)
		return 0;
	return errno == EMSGSIZE ? 413 : 400;
}

static bool is_signed(struct exchange *x, const struct http_request *r, char hint[TRUST_HINT_BYTES])
{
	char given[TRUST_SIGNATURE_BYTES], host[TRUST_HOST_BYTES];
	const struct trust_claim claim = { .target = r->target,
					   .given = given,
					   .host = host,
					   .address = x->address,
					   .form = strcmp(r->method, "POST") == 0 ? &x->form : NULL };

	(void)http_header(x->http, "X-Twilio-Signature", given, sizeof given); /* "" if it is not there */
	(void)http_header(x->http, "Host", host, sizeof host);
	return trust_signed(&x->webhook->trust, &claim, hint);
}

/* Why a request is refused. */
struct refusal {
	const char *verdict; /* a word for rd-ctl */
	char why[TRUST_HINT_BYTES];
};

static int fail(struct refusal *f, int status, const char *verdict, const char *why)
{
	f->verdict = verdict;
	snprintf(f->why, sizeof f->why, "%s", why);
	return status;
}

/* Everything that a request of Twilio has to prove. 0, or the status that refuses it. */
static int prove(struct exchange *x, const struct http_request *r, struct refusal *f)
{
	struct trust *trust = &x->webhook->trust;
	int refused;

	if (!trust_ready(trust))
		return fail(f, 500, "no-token", "without twilio.auth-token no signature can be checked");
	refused = read_fields(x, r);
	if (refused)
		return fail(f, refused, "form", refused == 413 ? "more than 256 fields" : "not a form");
	f->verdict = "signature";
	if (!is_signed(x, r, f->why))
		return 403;
	if (!trust_account(trust, form_get(&x->form, "AccountSid")))
		return fail(f, 403, "account", "AccountSid is not the one of twilio.account-sid");
	x->call = form_get(&x->form, "CallSid");
	return x->call && paths_call_id(x->call) ? 0 : fail(f, 400, "call", "no CallSid as Twilio writes them");
}

/* Those of trust.c, who has written its line already, are rd-ctl's in any case: they are how a first call fails. */
static void refuse(struct exchange *x, int status, const struct refusal *f)
{
	if (strcmp(f->verdict, "signature") == 0 || strcmp(f->verdict, "account") == 0)
		exchange_note(x, f->verdict, "%d: %s", status, f->why);
	else
		refusals_say(&x->webhook->refusals, f->verdict, status, f->why,
			     &(struct refused){ x->method, x->target, x->address });
	exchange_status(x, status);
}

/* The number behind /next/, as routes_find saw it; 0 for other paths. */
static unsigned step_of(const struct exchange *x)
{
	size_t n = strlen(x->route->path);

	return x->route->path[n - 1] == '/' ? (unsigned)strtoul(x->target + n, NULL, 10) : 0;
}

void routes_serve(struct exchange *x, const struct http_request *r)
{
	struct refusal f;
	int refused;

	x->method = r->method;
	x->target = r->target;
	x->step = step_of(x);
	refused = x->route->probe ? 0 : prove(x, r, &f);
	if (refused)
		refuse(x, refused, &f);
	else
		x->route->serve(x);
}

void routes_over(struct exchange *x)
{
	ring_lost(x);
	free(x->text);
	x->text = NULL;
}
