#include "calendar.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "json.h"
#include "moment.h"
#include "request.h"
#include "telling.h"
#include "toolkit.h"
#include "when.h"

#define TOLD_MAX 12
#define ENTRIES_MAX 40
#define TEXT_BYTES 2000
#define AHEAD_DAYS 60 /* where no day is said, one is looked for */
#define RANGE_MAX_S (400 * 86400L)
#define LENGTH_MIN 30 /* of an appointment, where nobody says it */

/* --- what was asked for */

const char *request_said(const struct cJSON *arguments, const char *name)
{
	const char *text = json_text(arguments, name);

	return text && text[strspn(text, " \t\r\n")] ? text : NULL;
}

struct cJSON *request_dates(const struct request *r, const char *name, const char *text, struct dates *d)
{
	if (dates_read(text, r->now, d) < 0) {
		if (errno == ERANGE)
			return toolkit_failed("There is no such time on that day: the clocks are put forward.");
		if (errno == EDOM)
			return toolkit_failed("That ends before it begins.");
		return toolkit_failed("%s: there is no such date or time, or I do not understand it; 2026-11-21T20:00, "
				      "2026-11-21 or tomorrow at eight would do.",
				      name);
	}
	if (d->to - d->from > RANGE_MAX_S)
		return toolkit_failed("That is too long a time to look at: a year at most.");
	if (d->kind == DATES_MOMENT)
		d->to = d->from + 60;
	return NULL;
}

time_t request_minute(time_t midnight, long minute)
{
	struct tm t;

	localtime_r(&midnight, &t);
	t.tm_hour = (int)(minute / 60);
	t.tm_min = (int)(minute % 60);
	t.tm_isdst = -1;
	return mktime(&t);
}

static struct cJSON *entry(const struct appointment *a)
{
	char id[AGENDA_ID_BYTES], from[MOMENT_TEXT_BYTES], to[MOMENT_TEXT_BYTES];

	return json_make("id:s title:s from:s to:s all_day:b place:s? repeats:b busy:b", agenda_id(a, id), a->title,
			 moment_print(a->from, from), moment_print(a->to, to), a->all_day, *a->place ? a->place : NULL,
			 a->repeats, a->busy);
}

static struct cJSON *entries(const struct agenda *g)
{
	struct cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < g->count && i < ENTRIES_MAX; i++)
		cJSON_AddItemToArray(list, entry(&g->all[i]));
	return json_make("count:i appointments:j", (int)g->count, list);
}

/* --- list */

static struct cJSON *list(struct request *r)
{
	struct dates d;
	char text[TEXT_BYTES];
	struct cJSON *wrong = request_dates(r, "when", r->when ? r->when : "today", &d);

	if (wrong)
		return wrong;
	if (r->source.kind->read(&r->source, d.from, d.to, &r->agenda) < 0)
		return trouble_answer(&r->source.trouble);
	telling_agenda(&r->agenda, &d, r->now, TOLD_MAX, text, sizeof text);
	return toolkit_data(toolkit_ok("%s", text), entries(&r->agenda));
}

/* --- create */

/* When it is, from `text` and minutes. NULL, or the answer that says what is wrong. */
static struct cJSON *read_time(const struct request *r, const char *name, const char *text, struct appointment *a)
{
	struct dates d;
	struct cJSON *wrong = request_dates(r, name, text, &d);

	if (wrong)
		return wrong;
	a->from = d.from;
	a->to = d.to;
	a->all_day = d.kind == DATES_DAY;
	if (d.kind == DATES_MOMENT || (d.kind == DATES_PART && r->minutes))
		a->to = a->from + 60 * (r->minutes ? r->minutes : LENGTH_MIN);
	if (a->to <= r->now)
		return toolkit_failed("That time is over.");
	return NULL;
}

/* Of this one call; by hand, of what it is: the same appointment is not entered twice. */
static void make_key(const struct appointment *a, char out[DIGEST_HEX_BYTES + 12])
{
	const char *call = getenv("RINGDOWN_TOOL_CALL");
	char key[2 * AGENDA_TITLE_BYTES + 80], hex[DIGEST_HEX_BYTES];

	if (call && *call)
		snprintf(key, sizeof key, "call %.300s", call);
	else
		snprintf(key, sizeof key, "hand %lld %lld %d %s", (long long)a->from, (long long)a->to, a->all_day,
			 a->title);
	snprintf(out, DIGEST_HEX_BYTES + 12, "%.32s@ringdown", digest_hex(key, hex));
}

/* What it is in the way of, or "". */
static void say_clash(const struct request *r, const struct appointment *a, char *out, size_t size)
{
	for (size_t i = 0; i < r->agenda.count; i++) {
		const struct appointment *other = &r->agenda.all[i];

		if (other->busy && strcmp(other->uid, a->uid) != 0 && other->from < a->to && other->to > a->from &&
		    !(strcmp(other->title, a->title) == 0 && other->from == a->from)) {
			snprintf(out, size, " At that time you also have: %s.", telling_title(other));
			return;
		}
	}
	*out = 0;
}

static struct cJSON *make(struct request *r, struct appointment *a)
{
	char time[TELLING_TIME_BYTES], clash[AGENDA_TITLE_BYTES + 60];
	int made;

	if (r->source.kind->read(&r->source, a->from, a->to, &r->agenda) < 0)
		return trouble_answer(&r->source.trouble);
	made = r->source.kind->make(&r->source, a);
	if (made < 0)
		return trouble_answer(&r->source.trouble);
	say_clash(r, a, clash, sizeof clash);
	return toolkit_data(toolkit_ok("%s is %sin your calendar, %s.%s", a->title, made ? "already " : "",
				       telling_time(a, r->now, time), clash),
			    entry(a));
}

static struct cJSON *create(struct request *r)
{
	struct appointment a = { .busy = true };
	char key[DIGEST_HEX_BYTES + 12];
	struct cJSON *wrong;

	if (!r->title)
		return toolkit_failed("What shall I call the appointment?");
	if (!r->when)
		return toolkit_failed("When is the appointment?");
	wrong = read_time(r, "when", r->when, &a);
	if (wrong)
		return wrong;
	toolkit_line(r->title, a.title, sizeof a.title);
	toolkit_line(r->place ? r->place : "", a.place, sizeof a.place);
	make_key(&a, key);
	a.uid = key;
	return make(r, &a);
}

/* --- the one that is meant */

static bool is_meant(const struct request *r, const struct appointment *a)
{
	char id[AGENDA_ID_BYTES];

	if (r->id)
		return strcmp(agenda_id(a, id), r->id) == 0;
	return !r->title || strcasestr(a->title, r->title);
}

/* Which days to look at. NULL, or the answer that says what is wrong. */
static struct cJSON *where_to_look(const struct request *r, struct dates *d)
{
	time_t at;

	if (r->id) {
		if (agenda_id_time(r->id, &at) < 0)
			return toolkit_failed("id: one of the ids of list expected.");
		*d = (struct dates){ .from = at, .to = at + 60 };
		return NULL;
	}
	if (r->when)
		return request_dates(r, "when", r->when, d);
	*d = (struct dates){ .from = dates_midnight(r->now, 0), .to = dates_midnight(r->now, AHEAD_DAYS) };
	return NULL;
}

/* Several that are one series are meant as its next; else the caller has to choose. */
static struct cJSON *ask_which(struct request *r, const struct agenda *found)
{
	char text[TEXT_BYTES], time[TELLING_TIME_BYTES];
	size_t used = (size_t)snprintf(text, sizeof text, "Which one do you mean?");

	for (size_t i = 0; i < found->count && i < 4; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, " %s %s.", telling_title(&found->all[i]),
					 telling_time(&found->all[i], r->now, time));
	return toolkit_data(toolkit_failed("%s", text), entries(found));
}

static struct cJSON *none(const struct request *r)
{
	char title[AGENDA_TITLE_BYTES];

	toolkit_line(r->title ? r->title : "", title, sizeof title);
	if (r->id)
		return toolkit_failed("That appointment is not in the calendar any more.");
	if (*title)
		return toolkit_failed("I find no appointment called %s %s.", title,
				      r->when ? "at that time" : "in the next two months");
	return toolkit_failed("I find no appointment at that time.");
}

/* NULL and *one, which lives with the agenda; or an answer. */
static struct cJSON *choose(struct request *r, const struct appointment **one)
{
	struct agenda found = { 0 };
	struct cJSON *answer;
	struct dates d = { .from = 0 };
	bool same = true;

	if (!r->id && !r->title && !r->when)
		return toolkit_failed("Which appointment?");
	answer = where_to_look(r, &d);
	if (answer)
		return answer;
	if (r->source.kind->read(&r->source, d.from, d.to, &r->agenda) < 0)
		return trouble_answer(&r->source.trouble);
	*one = NULL;
	for (size_t i = 0; i < r->agenda.count; i++) {
		const struct appointment *a = &r->agenda.all[i];

		if (!is_meant(r, a) || (r->id && a->from < d.from))
			continue;
		same &= !*one || (a->repeats && strcmp((*one)->uid, a->uid) == 0);
		if (!*one || (*one)->from < r->now) /* of a series the next */
			*one = a;
		(void)agenda_add(&found, a, d.from, d.to);
	}
	answer = !*one ? none(r) : !same && !r->id ? ask_which(r, &found) : NULL;
	agenda_close(&found);
	return answer;
}

/* --- move, delete */

/* Where only a day is said, the time of day stays; and the length does. */
static struct cJSON *read_target(const struct request *r, const struct appointment *one, struct appointment *to)
{
	time_t length = one->to - one->from;
	struct cJSON *wrong = read_time(r, "to", r->to, to);
	struct tm clock;

	if (wrong)
		return wrong;
	if (one->all_day && !to->all_day)
		return NULL;
	if (to->all_day && !one->all_day) {
		localtime_r(&one->from, &clock);
		to->from = request_minute(to->from, clock.tm_hour * 60 + clock.tm_min);
		to->all_day = false;
	}
	if (to->all_day && one->all_day)
		to->to = dates_midnight(to->from + 43200, (int)((length + 43200) / 86400));
	else if (!r->minutes)
		to->to = to->from + length;
	else
		to->to = to->from + r->minutes * 60;
	return NULL;
}

static struct cJSON *move(struct request *r)
{
	char time[TELLING_TIME_BYTES], clash[AGENDA_TITLE_BYTES + 60];
	const struct appointment *one = NULL;
	struct appointment to = { 0 };
	struct cJSON *answer;

	if (!r->to)
		return toolkit_failed("To when shall I move it?");
	answer = choose(r, &one);
	if (!answer && one)
		answer = read_target(r, one, &to);
	if (answer || !one)
		return answer;
	if (r->source.kind->move(&r->source, one, &to) < 0)
		return trouble_answer(&r->source.trouble);
	to.uid = one->uid;
	to.repeats = one->repeats;
	snprintf(to.title, sizeof to.title, "%s", one->title);
	snprintf(to.place, sizeof to.place, "%s", one->place);
	say_clash(r, &to, clash, sizeof clash);
	return toolkit_data(toolkit_ok("%s is now %s.%s", telling_title(one), telling_time(&to, r->now, time),
				       one->repeats ? " The others of the series stay." : clash),
			    entry(&to));
}

static struct cJSON *delete (struct request *r)
{
	bool series = json_flag(r->arguments, "series", false);
	char time[TELLING_TIME_BYTES];
	const struct appointment *one = NULL;
	struct cJSON *answer = choose(r, &one);
	int done;

	if (answer || !one)
		return answer;
	done = r->source.kind->delete (&r->source, one, series);
	if (done < 0)
		return trouble_answer(&r->source.trouble);
	telling_time(one, r->now, time);
	if (done)
		return toolkit_ok("%s %s was deleted before.", telling_title(one), time);
	if (one->repeats && series)
		return toolkit_data(toolkit_ok("The whole series %s is deleted.", telling_title(one)), entry(one));
	return toolkit_data(toolkit_ok("%s %s is deleted.%s", telling_title(one), time,
				       one->repeats ? " The others of the series stay." : ""),
			    entry(one));
}

static const struct {
	const char *name;
	struct cJSON *(*run)(struct request *r);
} deeds[] = {
	{ "list", list }, { "free", request_free }, { "create", create }, { "move", move }, { "delete", delete }
};

struct cJSON *calendar_run(const struct cJSON *arguments)
{
	const char *deed = json_text(arguments, "do");
	struct request r = { .arguments = arguments,
			     .when = request_said(arguments, "when"),
			     .title = request_said(arguments, "title"),
			     .place = request_said(arguments, "place"),
			     .to = request_said(arguments, "to"),
			     .id = request_said(arguments, "id"),
			     .minutes = json_whole(arguments, "minutes", 0, 0, CALENDAR_MINUTES_MAX),
			     .now = time(NULL) };
	struct cJSON *answer = NULL;

	if (source_missing())
		return toolkit_unavailable("There is no calendar that I could look into: %s.", source_missing());
	if (when_zone(getenv("RINGDOWN_TZ")) < 0)
		return toolkit_failed("I cannot tell the time: there is no memory left.");
	for (size_t i = 0; deed && !answer && i < sizeof deeds / sizeof deeds[0]; i++)
		if (strcmp(deed, deeds[i].name) == 0) {
			answer = source_open(&r.source) < 0 ? trouble_answer(&r.source.trouble) : deeds[i].run(&r);
			agenda_close(&r.agenda);
			source_close(&r.source);
		}
	return answer ? answer : toolkit_failed("do: list, free, create, move or delete expected.");
}
