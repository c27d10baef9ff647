/* iCalendar texts (RFC 5545) by libical: the appointments in one, its series written out; and texts made and changed.
 * What comes from a server is bounded: its depth, its parts, and how often a rule is asked for the next. */
#ifndef ICS_H
#define ICS_H

#include "agenda.h"

#define ICS_MAX_BYTES 1048576u /* of one text */

/* Adds to the agenda what the text has within from..to; href and etag are what its calendar knows the text by. 0, or
 * -1: it is none, or there is no memory; then what was read stays. */
int ics_read(const char *text, const char *href, const char *etag, time_t from, time_t to, struct agenda *g);

/* The text of a new appointment. The caller's to free; NULL without memory. */
char *ics_make(const struct appointment *a, time_t now);

/* The text with the appointment a of it at its new time; of a series only this one. NULL: it is not in there. */
char *ics_move(const char *text, const struct appointment *a, const struct appointment *to, time_t now);

/* The text of a series without the one that is a. NULL: it is not in there. */
char *ics_except(const char *text, const struct appointment *a, time_t now);

#endif
