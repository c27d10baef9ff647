#include "ics.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "dates.h"
#include "ics_parts.h"
#include "toolkit.h"
#include "utf8.h"

#define DEPTH_MAX 6
#define PARTS_MAX 3000
#define STEPS_MAX 40000	     /* of a rule: a day's for a century */
#define ALL_STEPS_MAX 400000 /* of all rules: some tenths of a second */

/* --- reading */

/* libical frees and walks what is nested by calling itself: too deep a text is not shown to it. */
static bool is_bounded(const char *text)
{
	int depth = 0, parts = 0;

	if (strlen(text) > ICS_MAX_BYTES)
		return false;
	for (const char *line = text, *next; line; line = next) {
		if (strncasecmp(line, "BEGIN:", 6) == 0 && (++depth > DEPTH_MAX || ++parts > PARTS_MAX))
			return false;
		if (strncasecmp(line, "END:", 4) == 0)
			depth--;
		next = strchr(line, '\n');
		next = next ? next + 1 : NULL;
	}
	return parts > 0;
}

icalcomponent *ics_parse(const char *text)
{
	icalerror_set_errors_are_fatal(false);
	return is_bounded(text) ? icalparser_parse_string(text) : NULL;
}

/* A day begins at the owner's midnight, and a time of no zone is the owner's. */
static time_t moment_of(struct icaltimetype t)
{
	struct tm local = { .tm_year = t.year - 1900,
			    .tm_mon = t.month - 1,
			    .tm_mday = t.day,
			    .tm_hour = t.is_date ? 12 : t.hour,
			    .tm_min = t.is_date ? 0 : t.minute,
			    .tm_sec = t.is_date ? 0 : t.second,
			    .tm_isdst = -1 };

	if (t.is_date)
		return dates_midnight(mktime(&local), 0);
	return t.zone ? icaltime_as_timet_with_zone(t, t.zone) : mktime(&local);
}

static struct icaltimetype time_in(icalproperty *p, icalcomponent *c)
{
	return icalproperty_get_datetime_with_component(p, c);
}

static bool same_time(struct icaltimetype a, struct icaltimetype b)
{
	if (a.is_date || b.is_date)
		return icaltime_compare_date_only(a, b) == 0;
	return moment_of(a) == moment_of(b);
}

/* A clean line of what somebody typed elsewhere. */
static void copy_line(char out[AGENDA_TITLE_BYTES], const char *text)
{
	char clean[4 * AGENDA_TITLE_BYTES];
	size_t n = text ? strnlen(text, sizeof clean - 1) : 0;

	memcpy(clean, text ? text : "", n);
	clean[n] = 0;
	utf8_clean(clean, n);
	toolkit_line(clean, out, AGENDA_TITLE_BYTES);
}

/* What of a part (VEVENT) is the same for all of its times. */
struct part {
	icalcomponent *event, *calendar;
	struct icaltimetype start;
	int days;    /* all day */
	long length; /* seconds, else */
	struct appointment a;
};

static bool is_cancelled(icalcomponent *event)
{
	return icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED;
}

static bool is_busy(icalcomponent *event)
{
	icalproperty *p = icalcomponent_get_first_property(event, ICAL_TRANSP_PROPERTY);

	return !p || (icalproperty_get_transp(p) != ICAL_TRANSP_TRANSPARENT &&
		      icalproperty_get_transp(p) != ICAL_TRANSP_TRANSPARENTNOCONFLICT);
}

static int part_open(struct part *p, icalcomponent *event, icalcomponent *calendar, const char *href, const char *etag)
{
	struct icaltimetype end = icalcomponent_get_dtend(event);
	const char *uid = icalcomponent_get_uid(event);

	*p = (struct part){ .event = event, .calendar = calendar, .start = icalcomponent_get_dtstart(event) };
	if (icaltime_is_null_time(p->start) || !icaltime_is_valid_time(p->start) || p->start.year < 1900 ||
	    p->start.year > 9999)
		return -1;
	p->a.all_day = p->start.is_date;
	p->a.busy = is_busy(event);
	p->a.uid = (char *)(uid ? uid : "");
	p->a.href = (char *)href;
	p->a.etag = (char *)etag;
	p->days = 1;
	copy_line(p->a.title, icalcomponent_get_summary(event));
	copy_line(p->a.place, icalcomponent_get_location(event));
	if (icaltime_is_null_time(end))
		return 0;
	if (p->a.all_day)
		p->days =
			icaltime_is_valid_time(end) ? (int)((moment_of(end) - moment_of(p->start) + 43200) / 86400) : 1;
	else
		p->length = (long)(moment_of(end) - moment_of(p->start));
	p->days = p->days < 1 ? 1 : p->days;
	p->length = p->length < 0 ? 0 : p->length;
	return 0;
}

static int add_at(struct part *p, struct icaltimetype start, struct icaltimetype original, time_t from, time_t to,
		  struct agenda *g)
{
	p->a.from = moment_of(start);
	p->a.original = moment_of(original);
	p->a.to = p->a.all_day ? dates_midnight(p->a.from + 43200, p->days) : p->a.from + p->length;
	return agenda_add(g, &p->a, from, to);
}

static bool is_excepted(icalcomponent *event, struct icaltimetype at)
{
	for (icalproperty *p = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY); p;
	     p = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY))
		if (same_time(time_in(p, event), at))
			return true;
	return false;
}

bool ics_is_of(icalcomponent *event, const char *uid)
{
	const char *its = icalcomponent_get_uid(event);

	return strcmp(its ? its : "", uid) == 0;
}

icalcomponent *ics_override(icalcomponent *calendar, const char *uid, struct icaltimetype at)
{
	icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);

	for (icalcomponent *e = icalcompiter_deref(&i); e; e = icalcompiter_next(&i)) {
		icalproperty *p = icalcomponent_get_first_property(e, ICAL_RECURRENCEID_PROPERTY);

		if (p && ics_is_of(e, uid) && same_time(time_in(p, e), at))
			return e;
	}
	return NULL;
}

/* One time of a series, unless it was taken out or is said elsewhere. */
static int add_one(struct part *p, struct icaltimetype at, time_t from, time_t to, struct agenda *g)
{
	time_t begins = moment_of(at);

	if (begins >= to || begins + p->length + p->days * 90000L < from)
		return 0; /* what follows costs more */
	if (is_excepted(p->event, at) || ics_override(p->calendar, p->a.uid, at))
		return 0;
	return add_at(p, at, at, from, to, g);
}

static int add_rule(struct part *p, struct icalrecurrencetype rule, time_t from, time_t to, struct agenda *g)
{
	icalrecur_iterator *i = icalrecur_iterator_new(rule, p->start);
	int failed = 0, steps = 0;

	if (!i)
		return 0; /* a rule that is none: nothing repeats */
	for (struct icaltimetype at = icalrecur_iterator_next(i); !icaltime_is_null_time(at) && !failed && !g->cut;
	     at = icalrecur_iterator_next(i)) {
		if (moment_of(at) >= to || ++steps > STEPS_MAX)
			break;
		g->cut |= ++g->steps > ALL_STEPS_MAX;
		if (!same_time(at, p->start))
			failed = add_one(p, at, from, to, g);
	}
	icalrecur_iterator_free(i);
	return failed;
}

/* Finer than a day nobody's appointments are; such a rule, and one whose days never come, would cost without end. */
static bool is_sane(const struct icalrecurrencetype *rule)
{
	return rule->freq == ICAL_DAILY_RECURRENCE || rule->freq == ICAL_WEEKLY_RECURRENCE ||
	       rule->freq == ICAL_MONTHLY_RECURRENCE || rule->freq == ICAL_YEARLY_RECURRENCE;
}

/* The first is always one, whatever the rules say. */
static int add_series(struct part *p, time_t from, time_t to, struct agenda *g)
{
	icalproperty *each;
	int failed;

	p->a.repeats = true;
	failed = add_one(p, p->start, from, to, g);
	for (each = icalcomponent_get_first_property(p->event, ICAL_RRULE_PROPERTY); each && !failed;
	     each = icalcomponent_get_next_property(p->event, ICAL_RRULE_PROPERTY)) {
		struct icalrecurrencetype rule = icalproperty_get_rrule(each);

		if (is_sane(&rule))
			failed = add_rule(p, rule, from, to, g);
	}
	for (each = icalcomponent_get_first_property(p->event, ICAL_RDATE_PROPERTY); each && !failed;
	     each = icalcomponent_get_next_property(p->event, ICAL_RDATE_PROPERTY)) {
		struct icaltimetype at = icalproperty_get_rdate(each).time;

		at.zone = at.zone ? at.zone : p->start.zone;
		if (!icaltime_is_null_time(at) && icaltime_is_valid_time(at))
			failed = add_one(p, at, from, to, g);
	}
	return failed;
}

static bool is_series(icalcomponent *event)
{
	return icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY) ||
	       icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY);
}

static int add_event(struct part *p, time_t from, time_t to, struct agenda *g)
{
	icalproperty *instead = icalcomponent_get_first_property(p->event, ICAL_RECURRENCEID_PROPERTY);

	if (is_cancelled(p->event))
		return 0;
	if (instead) {
		p->a.repeats = true;
		return add_at(p, p->start, time_in(instead, p->event), from, to, g);
	}
	return is_series(p->event) ? add_series(p, from, to, g) : add_at(p, p->start, p->start, from, to, g);
}

static int read_calendar(icalcomponent *calendar, const char *href, const char *etag, time_t from, time_t to,
			 struct agenda *g)
{
	icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
	struct part p;
	int failed = 0;

	for (icalcomponent *e = icalcompiter_deref(&i); e && !failed; e = icalcompiter_next(&i))
		if (part_open(&p, e, calendar, href, etag) == 0)
			failed = add_event(&p, from, to, g);
	return failed;
}

int ics_read(const char *text, const char *href, const char *etag, time_t from, time_t to, struct agenda *g)
{
	icalcomponent *root = ics_parse(text);
	int failed = 0;

	if (!root)
		return -1;
	if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT)
		failed = read_calendar(root, href, etag, from, to, g);
	else if (icalcomponent_isa(root) != ICAL_XROOT_COMPONENT)
		failed = -1;
	else /* several in one text */
		for (icalcomponent *c = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT); c && !failed;
		     c = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT))
			failed = read_calendar(c, href, etag, from, to, g);
	icalcomponent_free(root);
	return failed;
}
