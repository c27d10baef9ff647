/* What reading (ics.c) and writing (ics_write.c) of calendar texts share. libical stands in these two alone. */
#ifndef ICS_PARTS_H
#define ICS_PARTS_H

#include <stdbool.h>

#include <libical/ical.h>

/* The text taken to pieces, the caller's to free; NULL: it is none, or goes beyond our bounds. */
icalcomponent *ics_parse(const char *text);

bool ics_is_of(icalcomponent *event, const char *uid);

/* The part that says where this one of a series is instead; NULL: there is none. Borrowed. */
icalcomponent *ics_override(icalcomponent *calendar, const char *uid, struct icaltimetype at);

#endif
