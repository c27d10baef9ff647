/* A calendar on a CalDAV server (RFC 4791). Servers differ: what they expand or filter themselves is not relied upon,
 * and any 2xx is a success. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "ics.h"
#include "json.h"
#include "multistatus.h"
#include "paths.h"
#include "source.h"

#define LIMIT_BYTES 8388608u
#define HOPS 5
#define CONNECT_MS 5000
#define TOTAL_MS 12000
#define NAMES "xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\""

enum { DONE, ALREADY };

static void request(struct source *s, const char *method, const char *url, const char *const *headers, const char *body,
		    struct ask_answer *a)
{
	ask_for(&s->ask, a,
		&(struct fetch_request){ .url = url,
					 .method = method,
					 .headers = headers,
					 .body = body,
					 .body_bytes = body ? strlen(body) : 0,
					 .user = *s->login ? s->login : NULL,
					 .connect_ms = CONNECT_MS,
					 .total_ms = TOTAL_MS,
					 .limit_bytes = LIMIT_BYTES },
		NULL);
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

/* What `text` means beside `base`, into out. -1: nothing that we may ask. */
static int resolve(struct source *s, const char *base, const char *text, char out[URL_BYTES])
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
	snprintf(body, sizeof body, "<d:propfind " NAMES "><d:prop>%s</d:prop></d:propfind>", wanted);
	for (int hop = 0; hop < HOPS; hop++) {
		request(s, "PROPFIND", url, headers, body, &a);
		if (a.status < 300 || a.status >= 400 || !a.location)
			break;
		failed = resolve(s, url, a.location, next);
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
			failed = resolve(s, url, m.all[i].href, s->calendar) < 0 ? 1 : 0;
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
		failed = resolve(s, url, one->home, next) < 0 ? -1 : choose(s, next);
	} else if (one && one->principal && depth == 0) {
		failed = resolve(s, url, one->principal, next) < 0 ? -1 : discover_at(s, next, 1);
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

static bool remember(struct source *s)
{
	char path[PATHS_MAX_BYTES], text[URL_BYTES + 100];
	ssize_t n = memory_name(s, path, sizeof path) == 0 ? paths_read_bounded(path, text, sizeof text) : -1;
	struct cJSON *kept = n > 0 ? json_parse(text, (size_t)n) : NULL;
	struct trouble none = s->trouble;

	s->remembered = kept && resolve(s, s->url, json_text(kept, "calendar"), s->calendar) == 0;
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

static int find_calendar(struct source *s)
{
	size_t n;

	if (discover(s) < 0)
		return -1;
	n = strlen(s->calendar);
	if (s->calendar[n - 1] != '/' && n + 1 < sizeof s->calendar)
		strcpy(s->calendar + n, "/");
	note_down(s);
	return 0;
}

static int dav_open(struct source *s)
{
	return remember(s) ? 0 : find_calendar(s);
}

/* --- reading */

static char *utc_basic(time_t at, char out[20])
{
	struct tm t;

	gmtime_r(&at, &t);
	strftime(out, 20, "%Y%m%dT%H%M%SZ", &t);
	return out;
}

/* A text that cannot be read is one appointment less, not a calendar less. */
static int gather(struct source *s, const struct multistatus *m, time_t from, time_t to, struct agenda *g)
{
	size_t bad = 0;

	for (size_t i = 0; i < m->count; i++) {
		const struct dav_item *one = &m->all[i];

		if (one->data && one->href && ics_read(one->data, one->href, one->etag, from, to, g) < 0)
			bad++;
	}
	if (bad)
		fprintf(stderr, "cannot read %zu of %zu objects of %s: no calendar texts\n", bad, m->count,
			s->calendar);
	agenda_sort(g);
	return 0;
}

static void report(struct source *s, time_t from, time_t to, struct ask_answer *a)
{
	static const char *const headers[] = { "Depth: 1", "Content-Type: application/xml; charset=utf-8", NULL };
	char body[900], begin[20], end[20];

	snprintf(
		body, sizeof body,
		"<c:calendar-query " NAMES "><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter>"
		"<c:comp-filter name=\"VCALENDAR\"><c:comp-filter name=\"VEVENT\">"
		"<c:time-range start=\"%s\" end=\"%s\"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>",
		utc_basic(from, begin), utc_basic(to, end));
	request(s, "REPORT", s->calendar, headers, body, a);
}

/* Floating times and whole days are the owner's, which the server does not know: a day more on both sides is asked for.
 * What was remembered may have moved. */
static int dav_read(struct source *s, time_t from, time_t to, struct agenda *g)
{
	struct multistatus m = { 0 };
	struct ask_answer a;
	int failed;

	report(s, from - 86400, to + 86400, &a);
	if (s->remembered && a.status >= 300) {
		s->remembered = false;
		ask_answer_close(&a);
		if (find_calendar(s) < 0)
			return -1;
		report(s, from - 86400, to + 86400, &a);
	}
	if (a.status != 207)
		failed = trouble_of(&s->trouble, SOURCE_WHO, "REPORT", s->calendar, &a, NULL);
	else if (multistatus_read(&m, a.body, a.body_bytes) < 0)
		failed = trouble_say(&s->trouble, "The calendar's server does not answer as a calendar does.");
	else
		failed = gather(s, &m, from, to, g);
	multistatus_close(&m);
	ask_answer_close(&a);
	return failed;
}

/* --- changing */

/* Whether the text there has this appointment, at its time. */
static bool holds(const struct ask_answer *there, const char *uid, time_t from, time_t to)
{
	struct agenda g = { 0 };
	bool found = false;

	if (there->status == 200 && ics_read(there->body, "", "", from, to > from ? to : from + 1, &g) == 0)
		for (size_t i = 0; i < g.count; i++)
			found |= strcmp(g.all[i].uid, uid) == 0 && g.all[i].from == from;
	agenda_close(&g);
	return found;
}

static bool is_there(struct source *s, const char *url, const char *uid, time_t from, time_t to)
{
	struct ask_answer there;
	bool found;

	request(s, "GET", url, NULL, NULL, &there);
	found = holds(&there, uid, from, to);
	ask_answer_close(&there);
	return found;
}

static void put(struct source *s, const char *url, const char *condition, const char *text, struct ask_answer *a)
{
	const char *const headers[] = { condition, "Content-Type: text/calendar; charset=utf-8", NULL };

	request(s, "PUT", url, headers, text, a);
}

/* The file is named by the key: the second of two finds the first. Whether one whose end we did not see was done is
 * seen by looking; if it was not, it is safe to do it again. */
static int dav_make(struct source *s, const struct appointment *a)
{
	char url[URL_BYTES + 80], *text = ics_make(a, time(NULL));
	struct ask_answer answer = { 0 };
	int made = -1;

	snprintf(url, sizeof url, "%s%.*s.ics", s->calendar, (int)strcspn(a->uid, "@"), a->uid);
	for (int tries = 0; text && tries < 2 && made < 0; tries++) {
		put(s, url, "If-None-Match: *", text, &answer);
		if (answer.status >= 200 && answer.status < 300)
			made = DONE;
		else if ((answer.status == 412 || answer.status == 409 || answer.outcome == FETCH_UNKNOWN) &&
			 is_there(s, url, a->uid, a->from, a->to))
			made = answer.outcome == FETCH_UNKNOWN ? DONE : ALREADY;
		else
			(void)trouble_of(&s->trouble, SOURCE_WHO, "PUT", url, &answer, NULL);
		if (made < 0 && answer.outcome != FETCH_UNKNOWN)
			tries = 2;
		ask_answer_close(&answer);
	}
	free(text);
	return made;
}

/* The object as it is now, and its etag as a condition. */
static int get(struct source *s, const struct appointment *a, char url[URL_BYTES], struct ask_answer *there,
	       char condition[ASK_WORDS_BYTES + 20])
{
	*there = (struct ask_answer){ .status = 0 };
	if (resolve(s, s->calendar, a->href, url) < 0)
		return -1;
	request(s, "GET", url, NULL, NULL, there);
	if (there->status != 200)
		return trouble_of(&s->trouble, SOURCE_WHO, "GET", url, there, NULL);
	snprintf(condition, ASK_WORDS_BYTES + 20, "If-Match: %s", *there->etag ? there->etag : "*");
	return 0;
}

enum { MOVED, TAKEN_OUT };

/* Reads, changes and writes it back, once more if somebody else was quicker. */
static int change(struct source *s, const struct appointment *a, const struct appointment *to, int what)
{
	char url[URL_BYTES], condition[ASK_WORDS_BYTES + 20], *text;
	struct ask_answer there, answer;
	int done = -1;

	for (int tries = 0; tries < 2 && done < 0; tries++) {
		done = get(s, a, url, &there, condition);
		text = done < 0	       ? NULL
		       : what == MOVED ? ics_move(there.body, a, to, time(NULL))
				       : ics_except(there.body, a, time(NULL));
		ask_answer_close(&there);
		if (!text)
			return done < 0 ? -1
					: trouble_say(&s->trouble, "That appointment is not in the calendar any more.");
		put(s, url, condition, text, &answer);
		free(text);
		done = answer.status >= 200 && answer.status < 300 ? DONE : -1;
		if (done < 0 && answer.outcome == FETCH_UNKNOWN &&
		    is_there(s, url, a->uid, what == MOVED ? to->from : a->from, what == MOVED ? to->to : a->to) ==
			    (what == MOVED))
			done = DONE;
		else if (done < 0)
			(void)trouble_of(&s->trouble, SOURCE_WHO, "PUT", url, &answer, NULL);
		if (answer.status != 412)
			tries = 2;
		ask_answer_close(&answer);
	}
	return done;
}

static int dav_move(struct source *s, const struct appointment *a, const struct appointment *to)
{
	return change(s, a, to, MOVED);
}

static int delete_object(struct source *s, const struct appointment *a)
{
	char url[URL_BYTES], condition[ASK_WORDS_BYTES + 20];
	const char *const headers[] = { condition, NULL };
	struct ask_answer answer, there;
	int done = -1;

	if (resolve(s, s->calendar, a->href, url) < 0)
		return -1;
	snprintf(condition, sizeof condition, "If-Match: %.120s", *a->etag ? a->etag : "*");
	request(s, "DELETE", url, headers, NULL, &answer);
	if (answer.status >= 200 && answer.status < 300)
		done = DONE;
	else if (answer.status == 404 || answer.status == 410)
		done = ALREADY;
	else
		(void)trouble_of(&s->trouble, SOURCE_WHO, "DELETE", url, &answer, NULL);
	if (done < 0 && answer.outcome == FETCH_UNKNOWN) {
		request(s, "GET", url, NULL, NULL, &there);
		done = there.status == 404 || there.status == 410 ? DONE : -1;
		ask_answer_close(&there);
	}
	ask_answer_close(&answer);
	return done;
}

static int dav_delete(struct source *s, const struct appointment *a, bool series)
{
	return a->repeats && !series ? change(s, a, NULL, TAKEN_OUT) : delete_object(s, a);
}

const struct source_kind source_dav = { dav_open, dav_read, dav_make, dav_move, dav_delete };
