#include "ics.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <libical/ical.h>

#include "dates.h"
#include "toolkit.h"
#include "utf8.h"

#define DEPTH_MAX 6
#define PARTS_MAX 3000
#define STEPS_MAX 40000 /* of a rule: a day's for a century */
#define PRODID "-//ringdown//ringdown " RD_VERSION "//EN"

/* --- reading */

/* libical frees and walks what is nested by calling itself: too deep a text is not shown to it. */
static bool is_bounded(const char *text)
{
	int depth = 0, parts = 0;

	if (strlen(text) > ICS_MAX_BYTES)
		return false;
	for (const char *line = text; line; line = strchr(line, '\n'), line += line != NULL) {
		if (strncasecmp(line, "BEGIN:", 6) == 0 && (++depth > DEPTH_MAX || ++parts > PARTS_MAX))
			return false;
		if (strncasecmp(line, "END:", 4) == 0)
			depth--;
	}
	return parts > 0;
}

static icalcomponent *parse(const char *text)
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

static bool is_of(icalcomponent *event, const char *uid)
{
	const char *its = icalcomponent_get_uid(event);

	return strcmp(its ? its : "", uid) == 0;
}

/* The part that says where this one of a series is instead; NULL: there is none. */
static icalcomponent *find_override(icalcomponent *calendar, const char *uid, struct icaltimetype at)
{
	icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);

	for (icalcomponent *e = icalcompiter_deref(&i); e; e = icalcompiter_next(&i)) {
		icalproperty *p = icalcomponent_get_first_property(e, ICAL_RECURRENCEID_PROPERTY);

		if (p && is_of(e, uid) && same_time(time_in(p, e), at))
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
	if (is_excepted(p->event, at) || find_override(p->calendar, p->a.uid, at))
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
	icalcomponent *root = parse(text);
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

/* --- writing */

static struct icaltimetype date_of(time_t at)
{
	struct icaltimetype t = icaltime_null_date();
	struct tm local;

	localtime_r(&at, &local);
	t.year = local.tm_year + 1900;
	t.month = local.tm_mon + 1;
	t.day = local.tm_mday;
	return t;
}

static struct icaltimetype utc_of(time_t at)
{
	return icaltime_from_timet_with_zone(at, 0, icaltimezone_get_utc_timezone());
}

static void drop(icalcomponent *event, icalproperty_kind kind)
{
	for (icalproperty *p; (p = icalcomponent_get_first_property(event, kind));) {
		icalcomponent_remove_property(event, p);
		icalproperty_free(p);
	}
}

/* A single time is written as UTC: no zone has to be described then. */
static void set_times(icalcomponent *event, const struct appointment *a)
{
	drop(event, ICAL_DTSTART_PROPERTY);
	drop(event, ICAL_DTEND_PROPERTY);
	drop(event, ICAL_DURATION_PROPERTY);
	icalcomponent_add_property(event, icalproperty_new_dtstart(a->all_day ? date_of(a->from) : utc_of(a->from)));
	icalcomponent_add_property(event, icalproperty_new_dtend(a->all_day ? date_of(a->to) : utc_of(a->to)));
}

static void stamp(icalcomponent *event, time_t now)
{
	drop(event, ICAL_DTSTAMP_PROPERTY);
	drop(event, ICAL_LASTMODIFIED_PROPERTY);
	icalcomponent_add_property(event, icalproperty_new_dtstamp(utc_of(now)));
	icalcomponent_add_property(event, icalproperty_new_lastmodified(utc_of(now)));
	icalcomponent_set_sequence(event, icalcomponent_get_sequence(event) + 1);
}

/* The text is the caller's; the component is gone. */
static char *print(icalcomponent *calendar)
{
	char *ring = icalcomponent_as_ical_string_r(calendar), *text = ring ? strdup(ring) : NULL;

	icalmemory_free_buffer(ring);
	icalcomponent_free(calendar);
	return text;
}

char *ics_make(const struct appointment *a, time_t now)
{
	icalcomponent *event = icalcomponent_new(ICAL_VEVENT_COMPONENT), *calendar;

	icalcomponent_add_property(event, icalproperty_new_uid(a->uid));
	icalcomponent_add_property(event, icalproperty_new_dtstamp(utc_of(now)));
	set_times(event, a);
	icalcomponent_add_property(event, icalproperty_new_summary(a->title));
	if (*a->place)
		icalcomponent_add_property(event, icalproperty_new_location(a->place));
	calendar = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"),
				       icalproperty_new_prodid(PRODID), event, (void *)0);
	return print(calendar);
}

/* The part that the series, or the single appointment, is in. */
static icalcomponent *find_master(icalcomponent *calendar, const char *uid)
{
	icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);

	for (icalcomponent *e = icalcompiter_deref(&i); e; e = icalcompiter_next(&i))
		if (is_of(e, uid) && !icalcomponent_get_first_property(e, ICAL_RECURRENCEID_PROPERTY))
			return e;
	return NULL;
}

/* When one of a series is by its rule: a day, a time of no zone, or a time, as the series' own start is. */
static struct icaltimetype original_time(struct icaltimetype start, const struct appointment *a)
{
	struct icaltimetype at = date_of(a->original);
	struct tm t;

	if (start.is_date)
		return at;
	if (start.zone) {
		at = icaltime_from_timet_with_zone(a->original, 0, start.zone);
		at.zone = start.zone;
		return at;
	}
	localtime_r(&a->original, &t);
	at.is_date = 0;
	at.hour = t.tm_hour;
	at.minute = t.tm_min;
	at.second = t.tm_sec;
	return at;
}

/* In the zone of the series' own start, as the standard wants it. */
static icalproperty *recurrence_id(icalcomponent *master, const struct appointment *a)
{
	icalproperty *first = icalcomponent_get_first_property(master, ICAL_DTSTART_PROPERTY);
	icalparameter *zone = first ? icalproperty_get_first_parameter(first, ICAL_TZID_PARAMETER) : NULL;
	icalproperty *p = icalproperty_new_recurrenceid(original_time(icalcomponent_get_dtstart(master), a));

	if (zone)
		icalproperty_add_parameter(p, icalparameter_new_clone(zone));
	return p;
}

/* As UTC, which is the same moment: Radicale 3.1 refuses a zone here that the text does not describe. */
static icalproperty *exception(icalcomponent *master, const struct appointment *a)
{
	struct icaltimetype start = icalcomponent_get_dtstart(master);

	return icalproperty_new_exdate(!start.is_date && start.zone ? utc_of(a->original) : original_time(start, a));
}

/* One of a series gets a part of its own, which says which one it stands for. */
static icalcomponent *make_override(icalcomponent *calendar, icalcomponent *master, const struct appointment *a)
{
	icalcomponent *event = icalcomponent_new_clone(master);

	if (!event)
		return NULL;
	drop(event, ICAL_RRULE_PROPERTY);
	drop(event, ICAL_RDATE_PROPERTY);
	drop(event, ICAL_EXDATE_PROPERTY);
	drop(event, ICAL_EXRULE_PROPERTY);
	icalcomponent_add_property(event, recurrence_id(master, a));
	icalcomponent_add_component(calendar, event);
	return event;
}

static struct icaltimetype time_of_original(icalcomponent *master, const struct appointment *a)
{
	return icalcomponent_get_dtstart(master).is_date ? date_of(a->original) : utc_of(a->original);
}

char *ics_move(const char *text, const struct appointment *a, const struct appointment *to, time_t now)
{
	icalcomponent *calendar = parse(text), *event = calendar ? find_master(calendar, a->uid) : NULL;

	if (event && a->repeats) {
		icalcomponent *own = find_override(calendar, a->uid, time_of_original(event, a));

		event = own ? own : make_override(calendar, event, a);
	}
	if (!event) {
		if (calendar)
			icalcomponent_free(calendar);
		return NULL;
	}
	set_times(event, to);
	stamp(event, now);
	return print(calendar);
}

char *ics_except(const char *text, const struct appointment *a, time_t now)
{
	icalcomponent *calendar = parse(text), *event = calendar ? find_master(calendar, a->uid) : NULL, *own;

	if (!event) {
		if (calendar)
			icalcomponent_free(calendar);
		return NULL;
	}
	own = find_override(calendar, a->uid, time_of_original(event, a));
	if (own) {
		icalcomponent_remove_component(calendar, own);
		icalcomponent_free(own);
	}
	icalcomponent_add_property(event, exception(event, a));
	stamp(event, now);
	return print(calendar);
}
