#include "dav_find.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "json.h"
#include "multistatus.h"
#include "paths.h"

#define LIMIT_BYTES 8388608u
#define HOPS 5
#define CONNECT_MS 5000
#define TOTAL_MS 12000

/* All that we ask may be asked again: what changes something is conditional. */
void dav_request(struct source *s, const char *method, const char *url, const char *const *headers, const char *body,
		 struct ask_answer *a)
{
	const struct fetch_request r = { .url = url,
					 .method = method,
					 .headers = headers,
					 .body = body,
					 .body_bytes = body ? strlen(body) : 0,
					 .user = *s->login ? s->login : NULL,
					 .connect_ms = CONNECT_MS,
					 .total_ms = TOTAL_MS,
					 .limit_bytes = LIMIT_BYTES };

	ask_for(&s->ask, a, &r, NULL);
	for (int tries = 0; ask_again(&s->ask, a, tries); tries++) {
		ask_answer_close(a);
		ask_for(&s->ask, a, &r, NULL);
	}
}

/* --- where the calendar is */

/* Our password goes to the host of the settings, or to another of the same domain by TLS (large ones send one on). */
static bool is_trusted(const struct url *to, const struct url *from)
{
	const char *dot = strrchr(from->host, '.');
	size_t n, m;

	if (strcasecmp(to->host, from->host) == 0)
		return to->port == from->port && (to->tls || !from->tls);
	while (dot && dot > from->host && dot[-1] != '.')
		dot--;
	n = dot && dot > from->host ? strlen(dot) : 0;
	m = strlen(to->host);
	return to->tls && n && strspn(from->host, "0123456789.") < strlen(from->host) && m > n + 1 &&
	       strcasecmp(to->host + m - n, dot) == 0 && to->host[m - n - 1] == '.';
}

int dav_resolve(struct source *s, const char *base, const char *text, char out[URL_BYTES])
{
	struct url from, to;

	if (!text || url_read(&from, base) < 0 || url_resolve(&to, &from, text) < 0 || !is_trusted(&to, &from))
		return trouble_say(&s->trouble, "The calendar sent me to an address that I do not trust.");
	url_print(&to, out, URL_BYTES);
	return 0;
}

/* url becomes where the redirects, if any, led to. */
static int propfind(struct source *s, char url[URL_BYTES], const char *depth, const char *wanted, struct multistatus *m)
{
	const char *const headers[] = { depth, "Content-Type: application/xml; charset=utf-8", NULL };
	char body[700], next[URL_BYTES];
	struct ask_answer a;
	int failed = -1;

	*m = (struct multistatus){ .count = 0 };
	snprintf(body, sizeof body, "<d:propfind " DAV_NAMES "><d:prop>%s</d:prop></d:propfind>", wanted);
	for (int hop = 0; hop < HOPS; hop++) {
		dav_request(s, "PROPFIND", url, headers, body, &a);
		if (a.status < 300 || a.status >= 400 || !a.location)
			break;
		failed = dav_resolve(s, url, a.location, next);
		ask_answer_close(&a);
		if (failed < 0)
			return -1;
		snprintf(url, URL_BYTES, "%s", next);
	}
	if (a.status != 207)
		failed = trouble_of(&s->trouble, SOURCE_WHO, "PROPFIND", url, &a, NULL);
	else if ((failed = multistatus_read(m, a.body, a.body_bytes)) < 0)
		failed = trouble_say(&s->trouble, "The calendar's server does not answer as a calendar does.");
	ask_answer_close(&a);
	return failed;
}

/* "work" is meant by its name, or by the last part of its path. */
static bool is_meant(const struct dav_item *item, const char *name)
{
	size_t n = strlen(item->href), m;

	if (!name || (item->name && strcasecmp(item->name, name) == 0))
		return true;
	n -= n && item->href[n - 1] == '/';
	m = strlen(name);
	return n > m && item->href[n - m - 1] == '/' && strncmp(item->href + n - m, name, m) == 0;
}

/* The first calendar of the home that is meant. */
static int choose(struct source *s, const char *home)
{
	char url[URL_BYTES];
	struct multistatus m;
	int failed;

	snprintf(url, sizeof url, "%s", home);
	if (propfind(s, url, "Depth: 1", "<d:resourcetype/><d:displayname/><c:supported-calendar-component-set/>", &m) <
	    0) {
		multistatus_close(&m);
		return -1;
	}
	failed = -1;
	for (size_t i = 0; i < m.count && failed; i++)
		if (m.all[i].calendar && m.all[i].events && m.all[i].href && is_meant(&m.all[i], s->name))
			failed = dav_resolve(s, url, m.all[i].href, s->calendar) < 0 ? 1 : 0;
	multistatus_close(&m);
	if (failed < 0 && s->name)
		return trouble_say(&s->trouble, "There is no calendar called %.60s.", s->name);
	if (failed < 0)
		return trouble_say(&s->trouble, "There is no calendar at the address that I was given.");
	return failed ? -1 : 0;
}

/* The address may be a calendar's, its home's, or that of a person who has one. */
static int discover_at(struct source *s, char url[URL_BYTES], int depth)
{
	struct multistatus m;
	const struct dav_item *one;
	char next[URL_BYTES];
	int failed = propfind(s, url, "Depth: 0",
			      "<d:resourcetype/><d:current-user-principal/><c:calendar-home-set/>"
			      "<c:supported-calendar-component-set/>",
			      &m);

	one = failed == 0 && m.count ? &m.all[0] : NULL;
	if (one && one->calendar) {
		snprintf(s->calendar, sizeof s->calendar, "%s", url);
	} else if (one && one->home) {
		failed = dav_resolve(s, url, one->home, next) < 0 ? -1 : choose(s, next);
	} else if (one && one->principal && depth == 0) {
		failed = dav_resolve(s, url, one->principal, next) < 0 ? -1 : discover_at(s, next, 1);
	} else if (failed == 0) {
		failed = choose(s, url);
	}
	multistatus_close(&m);
	return failed;
}

static int discover(struct source *s)
{
	char url[URL_BYTES];
	struct url base, known;

	snprintf(url, sizeof url, "%s", s->url);
	if (url_read(&base, s->url) < 0)
		return trouble_say(&s->trouble, "The calendar's address is no address.");
	if (discover_at(s, url, 0) == 0)
		return 0;
	if (s->trouble.status != 404 && s->trouble.status != 405)
		return -1;
	if (url_resolve(&known, &base, "/.well-known/caldav") < 0)
		return -1;
	return discover_at(s, url_print(&known, url, sizeof url), 0);
}

/* --- what was found out is kept: it costs three requests */

static int memory_name(const struct source *s, char *out, size_t size)
{
	const char *folder = getenv("RINGDOWN_TOOL_DIR"), *name = s->name ? s->name : "";
	size_t user = strcspn(s->login, ":");
	uint64_t hash = hash_bytes(HASH_BEGIN, s->url, strlen(s->url) + 1);

	hash = hash_bytes(hash_bytes(hash, s->login, user), name, strlen(name) + 1);
	return folder && *folder ? paths_format(out, size, "%s/calendar-%016" PRIx64 ".json", folder, hash) : -1;
}

bool dav_remember(struct source *s)
{
	char path[PATHS_MAX_BYTES], text[URL_BYTES + 100];
	ssize_t n = memory_name(s, path, sizeof path) == 0 ? paths_read_bounded(path, text, sizeof text) : -1;
	struct cJSON *kept = n > 0 ? json_parse(text, (size_t)n) : NULL;
	struct trouble none = s->trouble;

	s->remembered = kept && dav_resolve(s, s->url, json_text(kept, "calendar"), s->calendar) == 0;
	s->trouble = none;
	cJSON_Delete(kept);
	return s->remembered;
}

static void note_down(const struct source *s)
{
	char path[PATHS_MAX_BYTES], *text;

	if (memory_name(s, path, sizeof path) < 0 || paths_mkdir(getenv("RINGDOWN_TOOL_DIR")) < 0)
		return;
	text = json_print(json_make("calendar:s", s->calendar));
	if (text && paths_write_atomically(path, text, strlen(text)) < 0)
		fprintf(stderr, "cannot write %s: %s\n", path, strerror(errno));
	free(text);
}

int dav_find(struct source *s)
{
	size_t n;

	if (discover(s) < 0)
		return -1;
	n = strlen(s->calendar);
	if (s->calendar[n - 1] != '/' && n + 1 < sizeof s->calendar)
		memcpy(s->calendar + n, "/", 2);
	note_down(s);
	return 0;
}
