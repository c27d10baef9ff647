/* Appointments of some days, in the order of their time, whatever calendar they come from; what one can do with them
 * without it: find one, find the gaps among them. */
#ifndef AGENDA_H
#define AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define AGENDA_MAX 400u
#define AGENDA_TITLE_BYTES 121u
#define AGENDA_ID_BYTES 32u

struct appointment {
	time_t from, to; /* all day: midnight of the first, midnight behind the last */
	bool all_day, busy, repeats;
	char title[AGENDA_TITLE_BYTES], place[AGENDA_TITLE_BYTES];
	char *uid, *href, *etag; /* its own; what its calendar knows it by */
	time_t original;	 /* of one of a series: its time by the rule, before it was moved */
};

struct agenda { /* zeroed is empty */
	struct appointment *all;
	size_t count;
	bool cut;   /* there were more */
	long steps; /* taken along rules, all together: hostile ones have no end */
};

/* Copies a, if it overlaps from..to; its three texts too, which may be NULL. 0, or -1 without memory. */
int agenda_add(struct agenda *g, const struct appointment *a, time_t from, time_t to);
void agenda_sort(struct agenda *g);
void agenda_close(struct agenda *g);

/* "20261124T0800-3fa9c1": the minute it begins, UTC, and whose. Returns out. */
char *agenda_id(const struct appointment *a, char out[AGENDA_ID_BYTES]);
/* The minute that an id names. 0, or -1: it is none. */
int agenda_id_time(const char *id, time_t *at);

/* A stretch of free time. */
struct gap {
	time_t from, to;
};

/* Those of at least min_s within from..to, at most max. How many. The agenda is sorted. */
size_t agenda_gaps(const struct agenda *g, time_t from, time_t to, long min_s, struct gap *out, size_t max);

/* The first that takes time within from..to; NULL: none does. */
const struct appointment *agenda_clash(const struct agenda *g, time_t from, time_t to);

#endif
