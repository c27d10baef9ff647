/* Requests to a CalDAV server, and finding the calendar on it (RFC 4791, 6764): from the address of a calendar, a home,
 * a person or a server. */
#ifndef DAV_FIND_H
#define DAV_FIND_H

#include "source.h"

#define DAV_NAMES "xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\""

/* Asks with our name and password. The answer is the caller's to close. */
void dav_request(struct source *s, const char *method, const char *url, const char *const *headers, const char *body,
		 struct ask_answer *a);

/* What `text` means beside `base`, into out. 0, or -1 with trouble: it is nothing that we may ask. */
int dav_resolve(struct source *s, const char *base, const char *text, char out[URL_BYTES]);

/* Finds s->calendar, and remembers it for the next run. 0, or -1 with trouble. */
int dav_find(struct source *s);

/* Whether an earlier run has found it. */
bool dav_remember(struct source *s);

#endif
