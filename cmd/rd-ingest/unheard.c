#include "unheard.h"

#include <string.h>

#include "played.h"
#include "unheard_map.h"

#define TAKEN_BACK_BYTES 8000u /* what was heard last stays in the ring for unheard_take_back */
#define BYTES_PER_MS PLAYED_BYTES_PER_MS

static struct segment *at(const struct unheard *u, uint64_t i)
{
	return &u->map->segments[i % UNHEARD_SEGMENTS];
}

static bool dropped(const struct segment *s)
{
	return s->flags & DROPPED;
}

static bool ended(const struct segment *s)
{
	return s->flags & ENDED;
}

/* --- segments */

static struct segment *last_of(const struct unheard *u, uint32_t item)
{
	for (uint64_t i = u->map->tail; i > u->map->head; i--)
		if (at(u, i - 1)->item == item && !dropped(at(u, i - 1)))
			return at(u, i - 1);
	return NULL;
}

uint64_t unheard_bytes(const struct unheard *u)
{
	uint64_t bytes = 0;

	for (uint64_t i = u->map->head; i < u->map->tail; i++)
		if (!dropped(at(u, i)))
			bytes += at(u, i)->length - at(u, i)->heard;
	return bytes;
}

/* Bytes of the ring from the first that is still needed. */
static uint64_t used(const struct unheard *u)
{
	for (uint64_t i = u->map->head; i < u->map->tail; i++) {
		const struct segment *s = at(u, i), *end = at(u, u->map->tail - 1);

		if (!dropped(s) && s->heard < s->length)
			return end->start + end->length - s->start - s->heard;
	}
	return 0;
}

void unheard_rest(struct unheard *u)
{
	u->rests = true;
}

/* Where the next byte goes. When nothing is needed it is the beginning of the ring: its pages are in memory already. */
static uint64_t ring_end(struct unheard *u)
{
	const struct segment *end = at(u, u->map->tail ? u->map->tail - 1 : 0); /* of zeroes, if there was none yet */
	uint64_t position = end->start + end->length;
	bool empty = u->map->head == u->map->tail;

	if ((!u->rests && !empty) || position % UNHEARD_AUDIO_BYTES == 0)
		return position;
	unheard_map_give_back(u);
	return (position / UNHEARD_AUDIO_BYTES + 1) * UNHEARD_AUDIO_BYTES;
}

static bool can_leave(const struct unheard *u, uint64_t i)
{
	const struct segment *s = at(u, i);

	if (dropped(s))
		return true;
	if (s->heard < s->length)
		return false;
	return (ended(s) && u->told[i % UNHEARD_SEGMENTS].end) || last_of(u, s->item) != s;
}

static void retire(struct unheard *u)
{
	while (u->map->head < u->map->tail && can_leave(u, u->map->head))
		u->map->head++;
}

/* A new segment at the end, valid as soon as tail counts it. */
static struct segment *begin_segment(struct unheard *u, uint32_t item, uint64_t start)
{
	const struct segment *before = last_of(u, item);
	struct segment *s;

	retire(u);
	if (u->map->tail - u->map->head == UNHEARD_SEGMENTS) { /* one that nobody ended and that was heard may go */
		if (at(u, u->map->head)->heard < at(u, u->map->head)->length)
			return NULL;
		u->map->head++;
	}
	s = at(u, u->map->tail);
	*s = (struct segment){ .item = item, .start = start, .before = before ? before->before + before->length : 0 };
	u->told[u->map->tail % UNHEARD_SEGMENTS] = (struct unheard_told){ 0 };
	u->map->tail++;
	return s;
}

static void ring_write(struct unheard *u, uint64_t position, const uint8_t *audio, size_t n)
{
	size_t from = position % UNHEARD_AUDIO_BYTES;
	size_t piece = n < UNHEARD_AUDIO_BYTES - from ? n : UNHEARD_AUDIO_BYTES - from;

	memcpy(u->map->audio + from, audio, piece);
	memcpy(u->map->audio, audio + piece, n - piece);
}

/* The last segment, if the item goes on in it at this position of the ring. */
static struct segment *open_segment(const struct unheard *u, uint32_t item, uint64_t position)
{
	struct segment *s = u->map->head < u->map->tail ? at(u, u->map->tail - 1) : NULL;

	return s && s->item == item && !s->flags && s->start + s->length == position ? s : NULL;
}

int unheard_append(struct unheard *u, uint32_t item, const uint8_t *audio, size_t n)
{
	uint64_t position = ring_end(u);
	size_t from = position % UNHEARD_AUDIO_BYTES;
	struct segment *s;

	if (used(u) + n > UNHEARD_AUDIO_BYTES - TAKEN_BACK_BYTES)
		return -1;
	if (unheard_map_reserve(u, from + n < UNHEARD_AUDIO_BYTES ? from + n : UNHEARD_AUDIO_BYTES) < 0)
		return -1;
	s = open_segment(u, item, position);
	if (!s)
		s = begin_segment(u, item, position);
	if (!s)
		return -1;
	ring_write(u, position, audio, n);
	s->length += n;
	u->rests = false;
	return 0;
}

int unheard_end(struct unheard *u, uint32_t item)
{
	struct segment *s = last_of(u, item);

	if (!s)
		s = begin_segment(u, item, ring_end(u));
	if (!s)
		return -1;
	s->flags |= ENDED;
	return 0;
}

void unheard_drop(struct unheard *u, bool (*keep)(const void *ctx, uint32_t item), const void *ctx)
{
	for (uint64_t i = u->map->head; i < u->map->tail; i++)
		if (!keep(ctx, at(u, i)->item))
			at(u, i)->flags |= DROPPED;
	retire(u);
}

void unheard_orphan(struct unheard *u)
{
	for (uint64_t i = u->map->head; i < u->map->tail; i++)
		at(u, i)->item &= 0xffff;
}

/* --- sending and hearing */

struct unheard_cursor unheard_begin(const struct unheard *u)
{
	uint64_t i = u->map->head;

	while (i < u->map->tail && (dropped(at(u, i)) || at(u, i)->heard == at(u, i)->length) && i + 1 < u->map->tail)
		i++;
	return (struct unheard_cursor){ i, i < u->map->tail ? at(u, i)->heard : 0 };
}

size_t unheard_next(const struct unheard *u, struct unheard_cursor *c, bool *complete, bool *first)
{
	const struct segment *s;
	bool more;

	if (c->segment < u->map->head) /* it left, so it was heard, so nothing behind it was sent */
		*c = (struct unheard_cursor){ u->map->head, 0 };
	*complete = *first = false;
	if (c->segment >= u->map->tail)
		return 0;
	s = at(u, c->segment);
	while ((more = c->segment + 1 < u->map->tail) && (dropped(s) || c->offset == s->length)) {
		s = at(u, ++c->segment);
		c->offset = s->heard;
	}
	if (dropped(s))
		return 0;
	*complete = more || ended(s);
	*first = c->offset == 0 && s->before == 0;
	return s->length - c->offset;
}

void unheard_read(const struct unheard *u, struct unheard_cursor *c, uint8_t *out, size_t n)
{
	size_t from = (at(u, c->segment)->start + c->offset) % UNHEARD_AUDIO_BYTES;
	size_t piece = n < UNHEARD_AUDIO_BYTES - from ? n : UNHEARD_AUDIO_BYTES - from;

	memcpy(out, u->map->audio + from, piece);
	memcpy(out + piece, u->map->audio, n - piece);
	c->offset += n;
}

void unheard_heard(struct unheard *u, uint64_t n)
{
	for (uint64_t i = u->map->head; n && i < u->map->tail; i++) {
		struct segment *s = at(u, i);
		uint64_t rest = dropped(s) ? 0 : s->length - s->heard;

		if (rest > n)
			rest = n;
		s->heard += rest;
		n -= rest;
	}
}

void unheard_take_back(struct unheard *u, uint64_t n)
{
	for (uint64_t i = u->map->tail; n && i > u->map->head; i--) {
		struct segment *s = at(u, i - 1);
		uint64_t back = dropped(s) ? 0 : s->heard;

		if (back > n)
			back = n;
		s->heard -= back;
		n -= back;
	}
}

/* --- telling */

/* The figures of the item of segment i, which is its last; over: all that comes before it in the queue was heard. */
static struct event_heard figures(const struct unheard *u, uint64_t i)
{
	const struct segment *s = at(u, i);
	uint64_t heard, missing = 0;
	bool over = true;

	for (uint64_t k = u->map->head; k <= i; k++) {
		const struct segment *earlier = at(u, k);

		if (dropped(earlier))
			continue;
		over = over && earlier->heard == earlier->length;
		if (earlier->item == s->item)
			missing += earlier->length - earlier->heard;
	}
	heard = s->before + s->length - missing;
	return (struct event_heard){ .item = s->item,
				     .heard_ms = (long)(heard / BYTES_PER_MS),
				     .sent_ms = (long)((s->before + s->length) / BYTES_PER_MS),
				     .end = over && ended(s) };
}

size_t unheard_items(const struct unheard *u, struct event_heard *list, size_t max,
		     bool (*keep)(const void *ctx, uint32_t item), const void *ctx)
{
	size_t n = 0;

	for (uint64_t i = u->map->head; n < max && i < u->map->tail; i++)
		if (!dropped(at(u, i)) && last_of(u, at(u, i)->item) == at(u, i) &&
		    !(keep && keep(ctx, at(u, i)->item)))
			list[n++] = figures(u, i);
	return n;
}

/* Bytes heard of what comes behind segment i. */
static uint64_t heard_behind(const struct unheard *u, uint64_t i)
{
	uint64_t bytes = 0;

	while (++i < u->map->tail)
		if (!dropped(at(u, i)))
			bytes += at(u, i)->heard;
	return bytes;
}

uint32_t unheard_newest(const struct unheard *u)
{
	return u->map->head < u->map->tail ? at(u, u->map->tail - 1)->item : 0;
}

void unheard_untell(struct unheard *u)
{
	for (uint64_t i = u->map->head; i < u->map->tail; i++)
		if (!u->told[i % UNHEARD_SEGMENTS].end)
			u->told[i % UNHEARD_SEGMENTS].heard_ms = -1;
}

size_t unheard_news(struct unheard *u, struct event_heard *list, size_t max, uint64_t unproven)
{
	size_t n = 0;

	for (uint64_t i = u->map->head; n < max && i < u->map->tail; i++) {
		struct unheard_told *told = &u->told[i % UNHEARD_SEGMENTS];
		struct event_heard now;

		if (told->end || dropped(at(u, i)) || last_of(u, at(u, i)->item) != at(u, i))
			continue;
		now = figures(u, i);
		now.end = now.end && (!unproven || heard_behind(u, i) >= unproven);
		if (!now.end && now.heard_ms == told->heard_ms)
			continue;
		*told = (struct unheard_told){ now.heard_ms, now.end };
		list[n++] = now;
	}
	retire(u);
	return n;
}
