/* Google Calendar through its REST API, version 3: it expands series itself. An insertion carries our own id, so that
 * it can be looked for. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dates.h"
#include "digest.h"
#include "json.h"
#include "source.h"
#include "toolkit.h"
#include "when.h"

#define BASE "https://www.googleapis.com/calendar/v3"
#define PAGES_MAX 10
#define ID_BYTES 64
#define ADDRESS_BYTES (URL_BYTES + 3500)
#define FIELDS                                                                                                         \
	"nextPageToken%2Citems%28id%2Cetag%2Cstatus%2Csummary%2Clocation%2Cstart%2Cend%2Ctransparency%2C"              \
	"recurringEventId%2CoriginalStartTime%29"

enum { DONE, ALREADY };

static int gcal_open(struct source *s)
{
	const char *base = s->url ? s->url : BASE;
	char name[400];
	size_t n = strlen(base);

	if (strlen(s->name) > 120)
		return trouble_say(&s->trouble, "The calendar's name is too long.");
	ask_escape(s->name, name, sizeof name);
	n -= n && base[n - 1] == '/';
	snprintf(s->calendar, sizeof s->calendar, "%.*s/calendars/%s/events", (int)(n < 1024 ? n : 0), base, name);
	return 0;
}

/* --- reading */

static int time_of(const struct cJSON *when, time_t *at, bool *all_day)
{
	const char *moment = json_text(when, "dateTime"), *day = json_text(when, "date");
	struct dates d;

	*all_day = !moment;
	if (moment)
		return when_read(moment, at);
	if (!day || dates_read(day, 0, &d) < 0 || d.kind != DATES_DAY)
		return -1;
	*at = d.from;
	return 0;
}

static int read_event(const struct cJSON *event, struct appointment *a)
{
	const char *id = json_text(event, "id"), *series = json_text(event, "recurringEventId"),
		   *free_time = json_text(event, "transparency"), *title = json_text(event, "summary"),
		   *place = json_text(event, "location"), *status = json_text(event, "status");
	bool day;

	*a = (struct appointment){ .busy = !free_time || strcmp(free_time, "transparent") != 0,
				   .repeats = series != NULL,
				   .uid = (char *)(series ? series : id),
				   .href = (char *)id,
				   .etag = (char *)json_text(event, "etag") };
	if (!id || strlen(id) > 1100 || (status && strcmp(status, "cancelled") == 0) ||
	    time_of(json_object(event, "start"), &a->from, &a->all_day) < 0 ||
	    time_of(json_object(event, "end"), &a->to, &day) < 0)
		return -1;
	a->original = a->from;
	toolkit_line(title ? title : "", a->title, sizeof a->title);
	toolkit_line(place ? place : "", a->place, sizeof a->place);
	return 0;
}

static int gather(struct source *s, const struct cJSON *page, time_t from, time_t to, struct agenda *g)
{
	const struct cJSON *event;
	struct appointment a;

	cJSON_ArrayForEach(event, json_array(page, "items")) {
		if (read_event(event, &a) == 0 && agenda_add(g, &a, from, to) < 0)
			return trouble_say(&s->trouble, "I cannot read the calendar: there is no memory left.");
	}
	return 0;
}

/* A page may be short or empty: the last is the one that names no other. */
static int gcal_read(struct source *s, time_t from, time_t to, struct agenda *g)
{
	char url[URL_BYTES + 4096], begin[WHEN_BYTES], end[WHEN_BYTES], token[3000] = "";
	int failed = 0;

	when_utc(from, begin);
	when_utc(to, end);
	for (int page = 0; page < PAGES_MAX && !failed && (!page || *token); page++) {
		struct cJSON *answer;
		const char *next;

		snprintf(url, sizeof url,
			 "%s?timeMin=%s&timeMax=%s&singleEvents=true&orderBy=startTime&maxResults=250&fields=%s"
			 "%s%s",
			 s->calendar, begin, end, FIELDS, *token ? "&pageToken=" : "", token);
		answer = google_json(&s->google, "GET", url, NULL);
		if (!answer)
			return -1;
		failed = gather(s, answer, from, to, g);
		next = json_text(answer, "nextPageToken");
		ask_escape(next && strlen(next) < 990 ? next : "", token, sizeof token);
		cJSON_Delete(answer);
	}
	g->cut |= *token != 0;
	agenda_sort(g);
	return failed;
}

/* --- changing */

/* Nobody is written to because of us. */
static void address(const struct source *s, const char *id, char *url, size_t size)
{
	char escaped[3400];

	snprintf(url, size, "%s/%s?sendUpdates=none", s->calendar, ask_escape(id, escaped, sizeof escaped));
}

/* base32hex of what our key hashes to: 0-9, a-v, as an id has to be. */
static void make_id(const char *key, char out[ID_BYTES])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	uint8_t hash[DIGEST_BYTES];
	size_t n = 0;

	digest_sha256(key, strlen(key), hash);
	for (size_t bit = 0; bit + 5 <= 8 * DIGEST_BYTES; bit += 5) {
		unsigned two = (unsigned)hash[bit / 8] << 8 | (bit / 8 + 1 < DIGEST_BYTES ? hash[bit / 8 + 1] : 0);

		out[n++] = digits[two >> (11 - bit % 8) & 31];
	}
	out[n] = 0;
}

static struct cJSON *time_object(time_t at, bool all_day)
{
	char text[WHEN_BYTES];
	struct cJSON *made;
	struct tm t;

	if (!all_day) {
		made = json_make("dateTime:s", when_utc(at, text));
		cJSON_AddNullToObject(made, "date");
		return made;
	}
	localtime_r(&at, &t);
	strftime(text, sizeof text, "%Y-%m-%d", &t);
	made = json_make("date:s", text);
	cJSON_AddNullToObject(made, "dateTime");
	return made;
}

static struct cJSON *event_object(const char *id, const struct appointment *a)
{
	return json_make("id:s? summary:s? location:s? start:j end:j", id, id ? a->title : NULL,
			 id && *a->place ? a->place : NULL, time_object(a->from, a->all_day),
			 time_object(a->to, a->all_day));
}

enum state { GONE, HELD, OTHER, UNSEEN };

/* What has this id, as seen from outside: nothing (or what was deleted), an appointment at that time, another one. */
static enum state look(struct source *s, const char *url, const struct appointment *a)
{
	struct trouble before = s->trouble; /* that we look because of */
	enum state state = UNSEEN;
	struct appointment there;
	struct ask_answer answer;

	if (google_ask(&s->google, "GET", url, NULL, NULL, &answer) == 0) {
		struct cJSON *event = answer.status == 200 ? json_parse(answer.body, answer.body_bytes) : NULL;

		if (answer.status == 404 || answer.status == 410)
			state = GONE;
		else if (event)
			state = read_event(event, &there) < 0 ? GONE : a && there.from == a->from ? HELD : OTHER;
		cJSON_Delete(event);
	}
	ask_answer_close(&answer);
	s->trouble = before;
	return state;
}

static int send_event(struct source *s, const char *method, const char *url, const char *etag, struct cJSON *body,
		      struct ask_answer *a)
{
	if (google_ask(&s->google, method, url, etag, body, a) < 0)
		return -1;
	return a->status < 300 ? 0 : google_refused(&s->google, method, url, a);
}

/* What was deleted keeps its id, and an insertion is refused: it is brought back to life. */
static int revive(struct source *s, const char *url, const char *id, const struct appointment *a)
{
	struct cJSON *body = event_object(id, a);
	struct ask_answer answer;
	int failed;

	cJSON_AddStringToObject(body, "status", "confirmed");
	failed = send_event(s, "PUT", url, NULL, body, &answer);
	ask_answer_close(&answer);
	return failed;
}

static int gcal_make(struct source *s, const struct appointment *a)
{
	char id[ID_BYTES], url[ADDRESS_BYTES], with[URL_BYTES + 32];
	struct ask_answer answer;
	enum state state = UNSEEN;
	int failed, status;

	make_id(a->uid, id);
	address(s, id, url, sizeof url);
	snprintf(with, sizeof with, "%s?sendUpdates=none", s->calendar);
	failed = send_event(s, "POST", with, NULL, event_object(id, a), &answer);
	status = answer.status;
	ask_answer_close(&answer);
	if (failed == 0)
		return DONE;
	if (status == 409 || s->trouble.outcome == FETCH_UNKNOWN)
		state = look(s, url, a);
	if (state == HELD || state == OTHER)
		return status == 409 ? ALREADY : DONE;
	if (status == 409 && state == GONE)
		return revive(s, url, id, a);
	if (state == GONE) /* it was looked for, and is not there */
		s->trouble.outcome = FETCH_NOT_DONE;
	return -1;
}

static int gcal_move(struct source *s, const struct appointment *a, const struct appointment *to)
{
	char url[ADDRESS_BYTES];
	struct ask_answer answer;
	int failed, status;

	address(s, a->href, url, sizeof url);
	failed = send_event(s, "PATCH", url, *a->etag ? a->etag : NULL, event_object(NULL, to), &answer);
	status = answer.status;
	ask_answer_close(&answer);
	if (failed == 0)
		return DONE;
	/* 412: somebody else was quicker, or an attempt of ours of which we heard nothing */
	return (s->trouble.outcome == FETCH_UNKNOWN || status == 412) && look(s, url, to) == HELD ? DONE : -1;
}

static int gcal_delete(struct source *s, const struct appointment *a, bool series)
{
	bool whole = series && a->repeats;
	char url[ADDRESS_BYTES];
	struct ask_answer answer;
	int failed, status;

	address(s, whole ? a->uid : a->href, url, sizeof url);
	failed = send_event(s, "DELETE", url, !whole && *a->etag ? a->etag : NULL, NULL, &answer);
	status = answer.status;
	ask_answer_close(&answer);
	if (failed == 0)
		return DONE;
	if (status == 404 || status == 410)
		return ALREADY;
	return s->trouble.outcome == FETCH_UNKNOWN && look(s, url, NULL) == GONE ? DONE : -1;
}

const struct source_kind source_google = { gcal_open, gcal_read, gcal_make, gcal_move, gcal_delete };
