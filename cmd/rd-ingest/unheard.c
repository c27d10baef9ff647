#include "unheard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "played.h"

#define MAGIC "ringdown unheard"
#define STEP_BYTES 65536u /* the ring is reserved on the file system in such steps: a full one must not be a SIGBUS */
#define KEEP_BYTES (4 * STEP_BYTES)
#define TAKEN_BACK_BYTES 8000u /* what was heard last stays in the ring for unheard_take_back */
#define BYTES_PER_MS PLAYED_BYTES_PER_MS

enum segment_flag { ENDED = 1, DROPPED = 2 };

struct segment {
	uint32_t item;
	_Atomic uint32_t flags;
	uint64_t before; /* bytes of the item in segments before this one */
	uint64_t start;	 /* in the ring, counted without its turns */
	_Atomic uint64_t length, heard;
};

struct unheard_map {
	char magic[sizeof MAGIC];
	uint32_t bytes, segment_count; /* of this layout */
	_Atomic uint32_t facts[UNHEARD_FACTS];
	_Atomic uint64_t head, tail; /* segments that left, segments that came */
	struct segment segments[UNHEARD_SEGMENTS];
	_Atomic uint32_t errand_bytes;
	char errand[UNHEARD_ERRAND_BYTES];
	uint8_t audio[UNHEARD_AUDIO_BYTES];
};

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

/* --- the file */

static bool is_whole(const struct unheard_map *m)
{
	uint64_t end = 0;

	if (memcmp(m->magic, MAGIC, sizeof MAGIC) != 0 || m->bytes != sizeof *m || m->segment_count != UNHEARD_SEGMENTS)
		return false;
	if (m->head > m->tail || m->tail - m->head > UNHEARD_SEGMENTS || m->errand_bytes > sizeof m->errand)
		return false;
	for (uint64_t i = m->head; i < m->tail; i++) {
		const struct segment *s = &m->segments[i % UNHEARD_SEGMENTS];

		if (s->start < end || s->heard > s->length || s->length > UNHEARD_AUDIO_BYTES)
			return false;
		end = s->start + s->length;
	}
	return true;
}

static void make_new(struct unheard *u)
{
	u->map->bytes = sizeof *u->map;
	u->map->segment_count = UNHEARD_SEGMENTS;
	memcpy(u->map->magic, MAGIC, sizeof MAGIC);
}

/* The map of the file, or NULL. A file system that cannot reserve is believed. */
static struct unheard_map *map_file(int fd, bool empty)
{
	void *map;

	if (empty && ftruncate(fd, 0) < 0)
		return NULL;
	if (ftruncate(fd, sizeof *(struct unheard_map *)0) < 0)
		return NULL;
	if (fallocate(fd, 0, 0, offsetof(struct unheard_map, audio) + STEP_BYTES) < 0 && errno != EOPNOTSUPP)
		return NULL;
	map = mmap(NULL, sizeof(struct unheard_map), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return map == MAP_FAILED ? NULL : map;
}

static struct unheard_map *map_memory(void)
{
	void *map = mmap(NULL, sizeof(struct unheard_map), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? NULL : map;
}

/* 1: found, 0: new, -1: not to be had. */
static int open_file(struct unheard *u, const char *dir, const char **why)
{
	struct stat st;
	int found;

	if ((size_t)snprintf(u->path, sizeof u->path, "%s/unheard", dir) >= sizeof u->path)
		return errno = ENAMETOOLONG, -1;
	u->fd = open(u->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (u->fd < 0 || fstat(u->fd, &st) < 0)
		return -1;
	found = st.st_size == sizeof *u->map;
	u->map = map_file(u->fd, !found);
	if (found && u->map && !is_whole(u->map)) {
		*why = "damaged, begun anew";
		munmap(u->map, sizeof *u->map);
		u->map = map_file(u->fd, true);
		found = 0;
	}
	u->reserved = STEP_BYTES;
	return u->map ? found : -1;
}

int unheard_open(struct unheard *u, const char *dir, const char **why)
{
	int found = -1;

	*u = (struct unheard){ .fd = -1 };
	*why = NULL;
	if (dir) {
		found = open_file(u, dir, why);
		if (found < 0) {
			*why = strerror(errno);
			if (u->fd >= 0)
				close(u->fd);
			u->fd = -1;
		}
	}
	if (found < 0) {
		u->map = map_memory();
		found = 0;
	}
	if (!u->map)
		return -1;
	if (!found)
		make_new(u);
	return found;
}

void unheard_close(struct unheard *u)
{
	if (u->map)
		munmap(u->map, sizeof *u->map);
	if (u->map && u->fd >= 0)
		close(u->fd);
	*u = (struct unheard){ .fd = -1 };
}

/* The file system is full: go on in memory. What a successor would find there is no queue any more. */
static int leave_file(struct unheard *u)
{
	struct unheard_map *map = map_memory();

	if (!map)
		return -1;
	memcpy(map, u->map, offsetof(struct unheard_map, audio) + u->reserved);
	munmap(u->map, sizeof *u->map);
	u->map = map;
	(void)unlink(u->path); /* ftruncate makes it useless if it cannot be removed */
	(void)!ftruncate(u->fd, 0);
	close(u->fd);
	u->fd = -1;
	return 0;
}

static int reserve(struct unheard *u, size_t bytes)
{
	size_t more;

	if (u->fd < 0 || bytes <= u->reserved)
		return 0;
	more = (bytes - u->reserved + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;
	if (more > UNHEARD_AUDIO_BYTES - u->reserved)
		more = UNHEARD_AUDIO_BYTES - u->reserved;
	if (fallocate(u->fd, 0, (off_t)(offsetof(struct unheard_map, audio) + u->reserved), (off_t)more) < 0 &&
	    errno != EOPNOTSUPP)
		return leave_file(u);
	u->reserved += more;
	return 0;
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

/* A long answer is over: what it took of the file system is given back. */
static void give_back(struct unheard *u)
{
	size_t from = offsetof(struct unheard_map, audio) + KEEP_BYTES;

	if (u->fd >= 0 && u->reserved > KEEP_BYTES &&
	    fallocate(u->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from, (off_t)(sizeof *u->map - from)) ==
		    0)
		u->reserved = KEEP_BYTES;
}

/* Where the next byte goes. After a rest it is the beginning of the ring, whose pages are in memory already. */
static uint64_t ring_end(struct unheard *u)
{
	const struct segment *end = at(u, u->map->tail ? u->map->tail - 1 : 0); /* of zeroes, if there was none yet */
	uint64_t position = end->start + end->length;

	if (!u->rests || position % UNHEARD_AUDIO_BYTES < STEP_BYTES)
		return position;
	give_back(u);
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
	if (reserve(u, from + n < UNHEARD_AUDIO_BYTES ? from + n : UNHEARD_AUDIO_BYTES) < 0)
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

size_t unheard_news(struct unheard *u, struct event_heard *list, size_t max)
{
	size_t n = 0;

	for (uint64_t i = u->map->head; n < max && i < u->map->tail; i++) {
		struct unheard_told *told = &u->told[i % UNHEARD_SEGMENTS];
		struct event_heard now;

		if (told->end || dropped(at(u, i)) || last_of(u, at(u, i)->item) != at(u, i))
			continue;
		now = figures(u, i);
		if (!now.end && now.heard_ms == told->heard_ms)
			continue;
		*told = (struct unheard_told){ now.heard_ms, now.end };
		list[n++] = now;
	}
	retire(u);
	return n;
}

/* --- facts */

uint32_t unheard_fact(const struct unheard *u, enum unheard_fact fact)
{
	return u->map->facts[fact];
}

void unheard_set(struct unheard *u, enum unheard_fact fact, uint32_t value)
{
	u->map->facts[fact] = value;
}

void unheard_set_errand(struct unheard *u, const char *text)
{
	size_t n = text ? strlen(text) + 1 : 0;

	u->map->errand_bytes = 0;
	if (!n || n > sizeof u->map->errand)
		return;
	memcpy(u->map->errand, text, n);
	u->map->errand_bytes = (uint32_t)n;
}

const char *unheard_errand(const struct unheard *u)
{
	return u->map->errand_bytes && !u->map->errand[u->map->errand_bytes - 1] ? u->map->errand : NULL;
}
