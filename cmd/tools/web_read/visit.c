#include "visit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "clock.h"
#include "publicnet.h"

#define HOPS_MAX 5
#define CONNECT_MS 5000u
#define IDLE_MS 4000u
#define TEXT_MAX_BYTES 2097152u
#define PDF_MAX_BYTES 10485760u

struct guard {
	const char *own;
	bool in_private, refused; /* of the hop at hand */
};

__attribute__((format(printf, 2, 3))) static int refuse(char why[VISIT_WHY_BYTES], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, VISIT_WHY_BYTES, format, args);
	va_end(args);
	return -1;
}

/* --- addresses */

/* Behind "scheme://", or NULL. */
static const char *behind_scheme(const char *text)
{
	size_t n = strcspn(text, ":/?#");

	return n && strncmp(text + n, "://", 3) == 0 ? text + n + 3 : NULL;
}

int visit_read_address(struct url *u, const char *text)
{
	char whole[URL_BYTES];
	const char *rest;
	size_t n;

	text += strspn(text, " \t\r\n");
	rest = behind_scheme(text);
	n = (size_t)snprintf(whole, sizeof whole, "%.*s", rest ? (int)(rest - text) : 8, rest ? text : "https://");
	for (char *p = whole; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + ('a' - 'A')) : *p;
	rest = rest ? rest : text;
	for (size_t host = strcspn(rest, "/?#"), i = 0; rest[i] && rest[i + strspn(rest + i, " \t\r\n")]; i++) {
		bool raw = i < host || ((unsigned char)rest[i] > ' ' && (unsigned char)rest[i] < 0x7f);

		if (n + 4 > sizeof whole)
			return -1;
		n += (size_t)snprintf(whole + n, sizeof whole - n, raw ? "%c" : "%%%02X",
				      raw ? rest[i] : (unsigned char)rest[i]);
	}
	return url_read(u, whole) < 0 || (strcmp(u->scheme, "http") != 0 && strcmp(u->scheme, "https") != 0) ? -1 : 0;
}

/* Whether the owner named this host, or host and port, as one of the own network; "yes" names all. */
static bool is_own(const char *own, const struct url *u)
{
	char with_port[160];

	if (!own)
		return false;
	snprintf(with_port, sizeof with_port, "%s:%d", u->host, u->port);
	for (size_t n; *own; own += n + (own[n] != 0)) {
		n = strcspn(own, ", ");
		if ((n == 3 && strncmp(own, "yes", 3) == 0) ||
		    (n == strlen(u->host) && strncasecmp(own, u->host, n) == 0) ||
		    (n == strlen(with_port) && strncasecmp(own, with_port, n) == 0))
			return true;
	}
	return false;
}

static bool is_usual_port(int port)
{
	return port == 80 || port == 443 || port == 8080 || port == 8443;
}

static int check(struct guard *g, const struct url *u, char why[VISIT_WHY_BYTES])
{
	g->in_private = is_own(g->own, u);
	if (g->in_private)
		return 0;
	if (!is_usual_port(u->port))
		return refuse(why, "I do not open pages at port %d.", u->port);
	if (!publicnet_may_ask_for(u->host))
		return refuse(why, "%s is not on the public internet, and I open nothing else.", u->host);
	return 0;
}

static bool on_connect(void *ctx, const struct sockaddr *a, socklen_t n)
{
	struct guard *g = ctx;
	bool may = g->in_private || (publicnet_has(a, n) && !publicnet_is_ours(a, n));

	g->refused |= !may;
	return may;
}

/* --- what came of it */

/* libcurl's reason in words for the ear. */
static int cannot_open(const struct visit *v, const struct guard *g, char why[VISIT_WHY_BYTES])
{
	static const struct {
		const char *part, *words;
	} reasons[] = {
		{ "resolve", "there is no site of that name" },
		{ "imed out", "it takes too long" },
		{ "imeout", "it takes too long" },
		{ "no time", "it takes too long" },
		{ "nothing came", "it takes too long" },
		{ "SSL", "the connection would not be safe" },
		{ "certificate", "the connection would not be safe" },
		{ "connect", "nobody answers there" },
		{ "encoding", "what it sends is garbled" },
		{ "memory", "there is no memory left" },
	};

	if (g->refused)
		return refuse(why, "%s is not on the public internet, and I open nothing else.", v->at.host);
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (strstr(v->page.why, reasons[i].part))
			return refuse(why, "I cannot open %s: %s.", v->at.host, reasons[i].words);
	return refuse(why, "I cannot open %s: the connection broke.", v->at.host);
}

static int judge(const struct visit *v, char why[VISIT_WHY_BYTES])
{
	int status = v->page.status;

	if (status >= 200 && status < 300)
		return 0;
	if (status == 404 || status == 410)
		return refuse(why, "There is no such page at %s.", v->at.host);
	if (status == 429)
		return refuse(why, "%s has had too many visits just now; try it again later.", v->at.host);
	if (status == 401 || status == 402)
		return refuse(why, "%s shows that page only to those who have an account.", v->at.host);
	if (status == 503)
		return refuse(why, "%s does not show the page now: it is busy, or does not let me in.", v->at.host);
	if (status >= 500)
		return refuse(why, "%s has trouble of its own and cannot show the page.", v->at.host);
	return refuse(why, "%s refuses to show me that page.", v->at.host);
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* 1: to be asked at v->at now. */
static int follow(struct visit *v, struct guard *g, char why[VISIT_WHY_BYTES])
{
	struct url next;

	if (!is_redirect(v->page.status))
		return 0;
	if (!v->page.location || visit_read_address(&next, v->page.location) < 0)
		return refuse(why, "%s sends me to an address that is none.", v->at.host);
	if (v->at.tls && !next.tls)
		return refuse(why, "%s sends me from a safe page to an unsafe one; I did not go there.", v->at.host);
	v->at = next;
	return check(g, &next, why) < 0 ? -1 : 1;
}

static void get(struct visit *v, struct ask *session, struct guard *g, size_t limit_bytes)
{
	static const char *const headers[] = { "Accept: text/html,application/xhtml+xml;q=0.9,text/plain;q=0.8,"
					       "text/markdown;q=0.8,application/pdf;q=0.5,*/*;q=0.1",
					       NULL };
	char url[URL_BYTES + 200];
	struct fetch_request request = { .url = url_print(&v->at, url, sizeof url),
					 .headers = headers,
					 .connect_ms = CONNECT_MS,
					 .idle_ms = IDLE_MS,
					 .limit_bytes = limit_bytes,
					 .cut = true,
					 .may_connect = on_connect };

	ask_answer_close(&v->page);
	ask_for(session, &v->page, &request, g);
}

static bool is_pdf(const struct visit *v)
{
	return v->page.body_bytes > 5 && memcmp(v->page.body, "%PDF-", 5) == 0;
}

static int go(struct visit *v, struct ask *session, struct guard *g, char why[VISIT_WHY_BYTES])
{
	int more = check(g, &v->at, why) < 0 ? -1 : 1;

	for (int hop = 0; more > 0; hop++) {
		if (hop > HOPS_MAX)
			return refuse(why, "%s sends me on and on and never shows a page.", v->at.host);
		get(v, session, g, TEXT_MAX_BYTES);
		if (!v->page.status)
			return cannot_open(v, g, why);
		more = follow(v, g, why);
	}
	if (more < 0 || judge(v, why) < 0)
		return -1;
	if (is_pdf(v) && v->page.cut) { /* its index is at the end: a piece of it is nothing */
		get(v, session, g, PDF_MAX_BYTES);
		if (!v->page.status)
			return cannot_open(v, g, why);
		if (v->page.cut)
			return refuse(why, "That document is too large to be read over the telephone.");
	}
	return 0;
}

int visit(struct visit *v, const struct url *address, const char *own, unsigned timeout_s, char why[VISIT_WHY_BYTES])
{
	struct guard guard = { .own = own };
	struct ask session;
	int failed;

	*v = (struct visit){ .at = *address };
	if (ask_open(&session) < 0)
		return refuse(why, "I cannot open pages now: %s.", strerror(errno));
	session.until_us = clock_us() + timeout_s * SECOND;
	failed = go(v, &session, &guard, why);
	ask_close(&session);
	return failed;
}

void visit_close(struct visit *v)
{
	ask_answer_close(&v->page);
}
