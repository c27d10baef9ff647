#include "dialer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_MS 5000 /* Twilio's */
#define TOTAL_MS 15000
#define ANSWER_BYTES (65536 + 1) /* one more than allowed: for the reader to say so */

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
	if (!d->call[0] && sid_make(d->call, "CA") < 0)
		return snprintf(error, size, "cannot make a call id"), -1;
	return 0;
}

void dialer_close(struct dialer *d)
{
	if (d->fetch)
		fetch_cancel(d->fetch);
	d->fetch = NULL;
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

static void on_answer(void *ctx, const struct fetch_answer *a)
{
	struct dialer *d = ctx;

	d->fetch = NULL;
	d->on_answer(d->ctx, a);
}

/* u: as Twilio knows it. */
static int send_request(struct dialer *d, struct url *u, bool get, const struct field *fields, size_t count)
{
	char *form = encode_all(fields, count), whole[2 * URL_BYTES], signature[SIGN_BYTES];
	char host[200] = "Host: ", header[64];
	const char *headers[5] = { host, "User-Agent: TwilioProxy/1.1", "Accept: */*", NULL, NULL };
	struct fetch_request r = { .url = whole,
				   .headers = headers,
				   .connect_ms = CONNECT_MS,
				   .total_ms = TOTAL_MS,
				   .limit_bytes = ANSWER_BYTES };
	size_t n = strlen(u->target);
	struct url to;

	if (!form)
		return -1;
	if (get)
		snprintf(u->target + n, sizeof u->target - n, "%c%s", strchr(u->target, '?') ? '&' : '?', form);
	signed_url(u, whole, sizeof whole);
	if (d->token && sign(signature, d->token, whole, fields, get ? 0 : count) == 0) {
		snprintf(header, sizeof header, "X-Twilio-Signature: %s", signature);
		headers[3] = header;
	}
	url_authority(u, host + 6, sizeof host - 6);
	if (!get) {
		r.body = form;
		r.body_bytes = strlen(form);
	}
	to = dialled(d, u);
	url_print(&to, whole, sizeof whole);
	d->fetch = fetch_start(d->loop, &r, on_answer, d);
	free(form);
	return d->fetch ? 0 : -1;
}

int dialer_ask(struct dialer *d, const char *url, const char *method, const char *status, const struct field *more,
	       size_t count, bool move, char *error, size_t size)
{
	struct field fields[DIALER_FIELDS];
	struct url u;

	dialer_close(d);
	if (url_resolve(&u, &d->base, url) < 0 || u.scheme[0] != 'h')
		return snprintf(error, size, "cannot ask %.200s: no http(s) URL", url), -1;
	if (move)
		d->base = u;
	if (send_request(d, &u, strcmp(method, "GET") == 0, fields, gather(d, fields, status, more, count)) < 0)
		return snprintf(error, size, "cannot ask %.200s: no memory", url), -1;
	return 0;
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
