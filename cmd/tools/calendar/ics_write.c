#include <stdlib.h>
#include <string.h>

#include "ics.h"
#include "ics_parts.h"

#define PRODID "-//ringdown//ringdown " RD_VERSION "//EN"

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
		if (ics_is_of(e, uid) && !icalcomponent_get_first_property(e, ICAL_RECURRENCEID_PROPERTY))
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
	icalcomponent *calendar = ics_parse(text), *event = calendar ? find_master(calendar, a->uid) : NULL;

	if (event && a->repeats) {
		icalcomponent *own = ics_override(calendar, a->uid, time_of_original(event, a));

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
	icalcomponent *calendar = ics_parse(text), *event = calendar ? find_master(calendar, a->uid) : NULL, *own;

	if (!event) {
		if (calendar)
			icalcomponent_free(calendar);
		return NULL;
	}
	own = ics_override(calendar, a->uid, time_of_original(event, a));
	if (own) {
		icalcomponent_remove_component(calendar, own);
		icalcomponent_free(own);
	}
	icalcomponent_add_property(event, exception(event, a));
	stamp(event, now);
	return print(calendar);
}
