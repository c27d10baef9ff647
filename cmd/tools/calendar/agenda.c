#include "agenda.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "when.h"

static bool overlaps(const struct appointment *a, time_t from, time_t to)
{
	return a->from < to && (a->to > from || (a->to == a->from && a->from >= from));
}

static const char *some(const char *text)
{
	return text ? text : "";
}

/* All three in one piece of memory, which uid begins. */
static int copy_texts(struct appointment *to, const struct appointment *from)
{
	size_t uid = strlen(some(from->uid)) + 1, href = strlen(some(from->href)) + 1,
	       etag = strlen(some(from->etag)) + 1;

	to->uid = malloc(uid + href + etag);
	if (!to->uid)
		return -1;
	to->href = to->uid + uid;
	to->etag = to->href + href;
	memcpy(to->uid, some(from->uid), uid);
	memcpy(to->href, some(from->href), href);
	memcpy(to->etag, some(from->etag), etag);
	return 0;
}

/* Room for one more, or NULL. */
static struct appointment *room(struct agenda *g)
{
	struct appointment *more;

	if (g->count % 32)
		return &g->all[g->count];
	more = realloc(g->all, (g->count + 32) * sizeof *more);
	if (!more)
		return NULL;
	g->all = more;
	return &g->all[g->count];
}

int agenda_add(struct agenda *g, const struct appointment *a, time_t from, time_t to)
{
	struct appointment *mine;

	if (!overlaps(a, from, to))
		return 0;
	if (g->count == AGENDA_MAX) {
		g->cut = true;
		return 0;
	}
	mine = room(g);
	if (!mine)
		return -1;
	*mine = *a;
	if (copy_texts(mine, a) < 0)
		return -1;
	g->count++;
	return 0;
}

static int by_time(const void *one, const void *other)
{
	const struct appointment *a = one, *b = other;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->all_day != b->all_day ? b->all_day - a->all_day : strcmp(a->title, b->title);
}

void agenda_sort(struct agenda *g)
{
	if (g->count)
		qsort(g->all, g->count, sizeof *g->all, by_time);
}

void agenda_close(struct agenda *g)
{
	for (size_t i = 0; i < g->count; i++)
		free(g->all[i].uid);
	free(g->all);
	*g = (struct agenda){ .count = 0 };
}

char *agenda_id(const struct appointment *a, char out[AGENDA_ID_BYTES])
{
	uint64_t hash = hash_bytes(HASH_BEGIN, a->uid, strlen(a->uid));
	struct tm t;
	size_t n;

	gmtime_r(&a->from, &t);
	n = strftime(out, AGENDA_ID_BYTES, "%Y%m%dT%H%M", &t);
	snprintf(out + n, AGENDA_ID_BYTES - n, "-%06" PRIx64, hash & 0xffffff);
	return out;
}

int agenda_id_time(const char *id, time_t *at)
{
	char form[32];
	int year, month, day, hour, minute, used = 0;

	if (sscanf(id, "%4d%2d%2dT%2d%2d-%n", &year, &month, &day, &hour, &minute, &used) != 5 || used != 14)
		return -1;
	snprintf(form, sizeof form, "%.4s-%.2s-%.2sT%.2s:%.2sZ", id, id + 4, id + 6, id + 9, id + 11);
	return when_read(form, at);
}

size_t agenda_gaps(const struct agenda *g, time_t from, time_t to, long min_s, struct gap *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i <= g->count && n < max && from < to; i++) {
		const struct appointment *a = i < g->count ? &g->all[i] : NULL;
		time_t next = a && a->from < to ? a->from : to;

		if (a && !a->busy)
			continue;
		if (next - from >= min_s)
			out[n++] = (struct gap){ from, next };
		if (a && a->to > from)
			from = a->to;
	}
	return n;
}

const struct appointment *agenda_clash(const struct agenda *g, time_t from, time_t to)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->all[i].busy && g->all[i].from < to && g->all[i].to > from)
			return &g->all[i];
	return NULL;
}
