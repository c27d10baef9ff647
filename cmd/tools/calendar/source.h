/* Where appointments are kept: a CalDAV server (dav.c) or Google Calendar (gcal.c). Both find, make, move and take
 * away; what each could not do is in its trouble. Everything here blocks on the network, up to the session's limit. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>

#include "agenda.h"
#include "google.h"
#include "trouble.h"
#include "url.h"

#define SOURCE_WHO "The calendar"
#define SOURCE_LIMIT_S 18 /* of all requests together: less than the tool may run */

struct source { /* zeroed is closed */
	const struct source_kind *kind;
	struct ask ask;
	struct trouble trouble;
	const char *url, *name; /* settings url and calendar, or google; borrowed */
	char login[1024];	/* "name:password", or empty */
	char calendar[URL_BYTES];
	bool remembered; /* where the calendar is, from an earlier run */
	struct google google;
};

/* 0: done; 1: it was so already; -1: trouble tells. */
struct source_kind {
	int (*open)(struct source *s);
	int (*read)(struct source *s, time_t from, time_t to, struct agenda *g);
	/* a->uid is its key: made twice it is there once. */
	int (*make)(struct source *s, const struct appointment *a);
	int (*move)(struct source *s, const struct appointment *a, const struct appointment *to);
	int (*delete)(struct source *s, const struct appointment *a, bool series);
};

extern const struct source_kind source_dav, source_google;

/* Why there is none, and how to mend it; NULL: the settings are there. */
const char *source_missing(void);
bool source_is_google(void);
bool source_has_user(void);

/* By the settings and the secret. 0, or -1 with trouble; close it in both cases. */
int source_open(struct source *s);
void source_close(struct source *s);

#endif
