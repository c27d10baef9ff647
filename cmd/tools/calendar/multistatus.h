/* WebDAV's answers (RFC 4918, RFC 4791), XML by libxml2: for each thing that is listed, what we ask for. Bounded: no
 * entities, nothing fetched, no more than MULTISTATUS_MAX things. */
#ifndef MULTISTATUS_H
#define MULTISTATUS_H

#include <stdbool.h>
#include <stddef.h>

#define MULTISTATUS_MAX 5000u

struct dav_item {	   /* texts are its own, NULL where it has none */
	char *href, *name; /* as it was sent: a path, or a whole URL */
	char *principal, *home, *etag, *data;
	bool calendar; /* a collection of calendar objects… */
	bool events;   /* …of which some may be VEVENT */
};

struct multistatus { /* zeroed is empty */
	struct dav_item *all;
	size_t count;
};

/* 0, or -1: it is none, or there is no memory. Close it in both cases. */
int multistatus_read(struct multistatus *m, const char *text, size_t n);
void multistatus_close(struct multistatus *m);

#endif
