/* A calendar on a CalDAV server (RFC 4791). Servers differ: what they expand or filter themselves is not relied upon,
 * and any 2xx is a success. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dav_find.h"
#include "ics.h"
#include "multistatus.h"

enum { DONE, ALREADY };

static int dav_open(struct source *s)
{
	return dav_remember(s) ? 0 : dav_find(s);
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
		"<c:calendar-query " DAV_NAMES "><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter>"
		"<c:comp-filter name=\"VCALENDAR\"><c:comp-filter name=\"VEVENT\">"
		"<c:time-range start=\"%s\" end=\"%s\"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>",
		utc_basic(from, begin), utc_basic(to, end));
	dav_request(s, "REPORT", s->calendar, headers, body, a);
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
		if (dav_find(s) < 0)
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

	dav_request(s, "GET", url, NULL, NULL, &there);
	found = holds(&there, uid, from, to);
	ask_answer_close(&there);
	return found;
}

static void put(struct source *s, const char *url, const char *condition, const char *text, struct ask_answer *a)
{
	const char *const headers[] = { condition, "Content-Type: text/calendar; charset=utf-8", NULL };

	dav_request(s, "PUT", url, headers, text, a);
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
	if (dav_resolve(s, s->calendar, a->href, url) < 0)
		return -1;
	dav_request(s, "GET", url, NULL, NULL, there);
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

	if (dav_resolve(s, s->calendar, a->href, url) < 0)
		return -1;
	snprintf(condition, sizeof condition, "If-Match: %.120s", *a->etag ? a->etag : "*");
	dav_request(s, "DELETE", url, headers, NULL, &answer);
	if (answer.status >= 200 && answer.status < 300)
		done = DONE;
	else if (answer.status == 404 || answer.status == 410)
		done = ALREADY;
	else
		(void)trouble_of(&s->trouble, SOURCE_WHO, "DELETE", url, &answer, NULL);
	if (done < 0 && (answer.outcome == FETCH_UNKNOWN || answer.status == 412)) { /* 412: changed, or not there */
		dav_request(s, "GET", url, NULL, NULL, &there);
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
