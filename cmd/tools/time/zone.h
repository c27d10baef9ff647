/* Time zones by the names that people say: an IANA name ("Asia/Tokyo") or its city ("tokyo", "New York"). */
#ifndef ZONE_H
#define ZONE_H

#include <stddef.h>

/* The IANA name of place. 0, or -1: there is none. Reads the machine's zone database. */
int zone_find(const char *place, char *out, size_t size);

#endif
