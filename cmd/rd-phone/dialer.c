#include "dialer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define CONNECT_MS 5000 /* Twilio's */
#define TOTAL_MS 15000
#define ANSWER_BYTES (65536 + 1) /* one more than allowed: for the reader to say so */

static void on_retry(void *ctx);

static int read_connect(struct url *real, const char *connect)
{
	char text[300];

	snprintf(text, sizeof text, "http://%.280s", connect);
	return url_read(real, text);
}

int dialer_open(struct dialer *d, const char *url, const char *public_url, const char *connect, char *error,
		size_t size)
{
	if (url_read(&d->real, url) < 0)
		return snprintf(error, size, "--url %s: http://, https://, ws:// or wss:// expected", url), -1;
	if (url_read(&d->public, public_url ? public_url : url) < 0)
		return snprintf(error, size, "--public-url %s: a URL expected", public_url), -1;
	if (connect && read_connect(&d->real, connect) < 0)
		return snprintf(error, size, "--connect %s: HOST:PORT expected", connect), -1;
	d->mapped = public_url || connect;
	d->base = d->public;
	d->retry = (struct timer){ .name = "webhook retry", .on = on_retry, .ctx = d };
	if (!d->call[0] && sid_make(d->call, "CA") < 0)
		return snprintf(error, size, "cannot make a call id"), -1;
	return 0;
}

void dialer_cancel(struct dialer *d)
{
	timer_stop(d->loop, &d->retry);
	if (d->fetch)
		fetch_cancel(d->fetch);
	d->fetch = NULL;
}

void dialer_close(struct dialer *d)
{
	dialer_cancel(d);
	for (size_t i = 0; i < DIALER_SIDES; i++) {
		if (d->sides[i].fetch)
			fetch_cancel(d->sides[i].fetch);
		d->sides[i].fetch = NULL;
	}
	free(d->request.form);
	d->request.form = NULL;
}

bool dialer_busy(const struct dialer *d)
{
	for (size_t i = 0; i < DIALER_SIDES; i++)
		if (d->sides[i].fetch)
			return true;
	return false;
}

/* The same request, sent to where the host really is. */
static struct url dialled(const struct dialer *d, const struct url *u)
{
	struct url v = *u;
	bool stream = u->scheme[0] == 'w';

	if (!d->mapped || strcmp(u->host, d->public.host) != 0)
		return v;
	snprintf(v.scheme, sizeof v.scheme, "%s%s", stream ? "ws" : "http", d->real.tls ? "s" : "");
	snprintf(v.host, sizeof v.host, "%s", d->real.host);
	v.port = d->real.port;
	v.port_given = d->real.port_given;
	v.tls = d->real.tls;
	return v;
}

/* The URL that is signed: Twilio leaves the port out with https, whatever it is. */
static void signed_url(const struct url *u, char *out, size_t size)
{
	struct url v = *u;

	if (strcmp(u->scheme, "https") == 0)
		v.port_given = false;
	url_print(&v, out, size);
}

static size_t encode(char *out, const char *text)
{
	size_t n = 0;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || strchr("-._*", c))
			out[n++] = (char)c;
		else if (c == ' ')
			out[n++] = '+';
		else
			n += (size_t)snprintf(out + n, 4, "%%%02X", c);
	}
	return n;
}

/* As a form body; the caller's to free. */
static char *encode_all(const struct field *fields, size_t count)
{
	size_t size = 1, n = 0;
	char *out;

	for (size_t i = 0; i < count; i++)
		size += 3 * (strlen(fields[i].name) + strlen(fields[i].value)) + 2;
	out = malloc(size);
	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (i)
			out[n++] = '&';
		n += encode(out + n, fields[i].name);
		out[n++] = '=';
		n += encode(out + n, fields[i].value);
	}
	out[n] = '\0';
	return out;
}

/* What a voice request of Twilio holds, then more, then what the user gave; the last of a name wins. */
static size_t gather(const struct dialer *d, struct field out[DIALER_FIELDS], const char *status,
		     const struct field *more, size_t count)
{
	const struct field standard[] = {
		{ "AccountSid", d->account },
		{ "ApiVersion", "2010-04-01" },
		{ "CallSid", d->call },
		{ "CallStatus", status },
		{ "Called", d->to },
		{ "Caller", d->from },
		{ "Direction", "inbound" },
		{ "From", d->from },
		{ "FromCity", "" },
		{ "FromCountry", "US" },
		{ "FromState", "" },
		{ "FromZip", "" },
		{ "StirVerstat", "TN-Validation-Passed-A" },
		{ "To", d->to },
		{ "ToCountry", "US" },
	};
	const struct {
		const struct field *fields;
		size_t count;
	} parts[] = { { standard, sizeof standard / sizeof standard[0] },
		      { more, count },
		      { d->extra, d->extra_count } };
	size_t n = 0;

	for (size_t p = 0; p < 3; p++)
		for (size_t i = 0; i < parts[p].count; i++) {
			size_t at = 0;

			while (at < n && strcmp(out[at].name, parts[p].fields[i].name) != 0)
				at++;
			if (at < DIALER_FIELDS)
				out[at] = parts[p].fields[i];
			n += at == n && n < DIALER_FIELDS;
		}
	return n;
}

static void record(struct dialer *d, const char *what, const char *asked, uint64_t begun_us,
		   const struct fetch_answer *a)
{
	const struct dialer_record r = { .what = what,
					 .url = asked,
					 .status = a->status,
					 .ms = (clock_us() - begun_us) / MS,
					 .body = a->body,
					 .body_bytes = a->body_bytes };

	d->on_record(d->ctx, &r);
}

static void on_answer(void *ctx, const struct fetch_answer *a)
{
	struct dialer *d = ctx;

	d->fetch = NULL;
	record(d, d->what, d->request.asked, d->begun_us, a);
	d->on_answer(d->ctx, a);
}

static void on_side(void *ctx, const struct fetch_answer *a)
{
	struct dialer_side *side = ctx;

	side->fetch = NULL;
	record(side->dialer, side->what, side->asked, side->begun_us, a);
	if (!dialer_busy(side->dialer) && !side->dialer->fetch)
		side->dialer->on_idle(side->dialer->ctx);
}

/* On the way back it was lost: nobody hears of it, and on_retry asks again. */
static void on_lost(void *ctx, const struct fetch_answer *a)
{
	struct dialer *d = ctx;

	d->fetch = NULL;
	record(d, "lost", d->request.asked, d->begun_us, a);
}

static struct fetch *start(struct dialer *d, const struct dialer_request *q,
			   void (*on)(void *ctx, const struct fetch_answer *a), void *ctx)
{
	const char *headers[] = { q->host,  "User-Agent: TwilioProxy/1.1",	   "Accept: */*",
				  q->token, q->signature[0] ? q->signature : NULL, NULL };
	const struct fetch_request r = { .url = q->url,
					 .headers = headers,
					 .body = q->get ? NULL : q->form,
					 .body_bytes = q->get ? 0 : q->form_bytes,
					 .connect_ms = CONNECT_MS,
					 .total_ms = TOTAL_MS,
					 .limit_bytes = ANSWER_BYTES };

	d->sent++;
	return fetch_start(d->loop, &r, on, ctx);
}

static int start_side(struct dialer *d, const struct dialer_request *q, const char *what)
{
	for (size_t i = 0; i < DIALER_SIDES; i++) {
		struct dialer_side *side = &d->sides[i];

		if (side->fetch)
			continue;
		side->dialer = d;
		side->what = what;
		side->begun_us = clock_us();
		snprintf(side->asked, sizeof side->asked, "%s", q->asked);
		side->fetch = start(d, q, on_side, side);
		return side->fetch ? 0 : -1;
	}
	return -1;
}

static int start_main(struct dialer *d)
{
	d->begun_us = clock_us();
	if (d->retry_ms && !d->retrying) {
		d->retrying = true;
		timer_after(d->loop, &d->retry, d->retry_ms * MS);
		d->fetch = start(d, &d->request, on_lost, d);
		return d->fetch ? 0 : -1;
	}
	d->fetch = start(d, &d->request, on_answer, d);
	if (d->fetch && d->twice)
		(void)start_side(d, &d->request, "duplicate"); /* as many as there is room for */
	return d->fetch ? 0 : -1;
}

static void on_retry(void *ctx)
{
	struct dialer *d = ctx;
	const struct fetch_answer none = { .why = "no memory" };

	dialer_cancel(d);
	d->what = "retry";
	if (start_main(d) < 0)
		d->on_answer(d->ctx, &none);
}

/* u: as Twilio knows it. -1 with errno. */
static int make_request(const struct dialer *d, struct dialer_request *q, struct url *u, bool get,
			const struct field *fields, size_t count)
{
	char whole[2 * URL_BYTES], signature[SIGN_BYTES], id[SID_BYTES];
	size_t n = strlen(u->target);
	struct url to;

	free(q->form);
	q->form = encode_all(fields, count);
	if (!q->form || sid_make(id, "ID") < 0)
		return -1;
	q->form_bytes = strlen(q->form);
	q->get = get;
	snprintf(q->asked, sizeof q->asked, "%s", u->target);
	if (get && snprintf(u->target + n, sizeof u->target - n, "%c%s", strchr(u->target, '?') ? '&' : '?', q->form) >=
			   (int)(sizeof u->target - n))
		return errno = ENAMETOOLONG, -1;
	signed_url(u, whole, sizeof whole);
	q->signature[0] = '\0';
	if (d->token && sign(signature, d->token, whole, fields, get ? 0 : count) == 0)
		snprintf(q->signature, sizeof q->signature, "X-Twilio-Signature: %s", signature);
	snprintf(q->token, sizeof q->token, "I-Twilio-Idempotency-Token: %s", id + 2);
	snprintf(q->host, sizeof q->host, "Host: ");
	url_authority(u, q->host + 6, sizeof q->host - 6);
	to = dialled(d, u);
	url_print(&to, q->url, sizeof q->url);
	return 0;
}

int dialer_ask(struct dialer *d, const char *url, const char *method, const char *status, const struct field *more,
	       size_t count, bool move, char *error, size_t size)
{
	struct field fields[DIALER_FIELDS];
	struct url u;

	dialer_cancel(d);
	if (url_resolve(&u, &d->base, url) < 0 || u.scheme[0] != 'h')
		return snprintf(error, size, "cannot ask %.200s: no http(s) URL", url), -1;
	if (move)
		d->base = u;
	d->what = move ? "webhook" : "status";
	d->retrying = false;
	count = gather(d, fields, status, more, count);
	errno = ENOMEM;
	if (make_request(d, &d->request, &u, strcmp(method, "GET") == 0, fields, count) < 0 || start_main(d) < 0)
		return snprintf(error, size, "cannot ask %.200s: %s", url, strerror(errno)), -1;
	return 0;
}

int dialer_beside(struct dialer *d, const char *what, const char *url, const char *status, const struct field *more,
		  size_t count)
{
	struct dialer_request q = { .form = NULL };
	struct field fields[DIALER_FIELDS];
	struct url u;
	int ok = -1;

	count = gather(d, fields, status, more, count);
	if (url_resolve(&u, &d->base, url) == 0 && u.scheme[0] == 'h' &&
	    make_request(d, &q, &u, false, fields, count) == 0)
		ok = start_side(d, &q, what);
	free(q.form);
	return ok;
}

int dialer_stream(struct dialer *d, const char *url, char *to, size_t to_size, char *headers, size_t headers_size,
		  char *error, size_t size)
{
	char whole[URL_BYTES], signature[SIGN_BYTES];
	struct url u, v;

	if (url_read(&u, url) < 0)
		return snprintf(error, size, "cannot open stream %.200s: malformed URL (31923)", url), -1;
	if (strcmp(u.scheme, "wss") != 0 && d->base.scheme[0] == 'h')
		return snprintf(error, size, "cannot open stream %.200s: wss:// expected (31922)", url), -1;
	url_print(&u, whole, sizeof whole);
	if (strchr(u.target, '?'))
		*strchr(u.target, '?') = '\0'; /* as Twilio does; what stands there is lost */
	snprintf(headers, headers_size, "User-Agent: Twilio.TmeWs/1.0\r\n");
	if (d->token && sign(signature, d->token, url_print(&u, whole, sizeof whole), NULL, 0) == 0)
		snprintf(headers, headers_size, "User-Agent: Twilio.TmeWs/1.0\r\nX-Twilio-Signature: %s\r\n",
			 signature);
	v = dialled(d, &u);
	url_print(&v, to, to_size);
	return 0;
}
