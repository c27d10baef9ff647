#include "unheard_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEEP_BYTES (4 * UNHEARD_STEP_BYTES)

static bool is_whole(const struct unheard_map *m)
{
	uint64_t end = 0;

	if (memcmp(m->magic, UNHEARD_MAGIC, sizeof UNHEARD_MAGIC) != 0 || m->bytes != sizeof *m ||
	    m->segment_count != UNHEARD_SEGMENTS)
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
	memcpy(u->map->magic, UNHEARD_MAGIC, sizeof UNHEARD_MAGIC);
}

/* The map of the file, or NULL. A file system that cannot reserve is believed. */
static struct unheard_map *map_file(int fd, bool empty)
{
	void *map;

	if (empty && ftruncate(fd, 0) < 0)
		return NULL;
	if (ftruncate(fd, sizeof *(struct unheard_map *)0) < 0)
		return NULL;
	if (fallocate(fd, 0, 0, offsetof(struct unheard_map, audio) + UNHEARD_STEP_BYTES) < 0 && errno != EOPNOTSUPP)
		return NULL;
	map = mmap(NULL, sizeof(struct unheard_map), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return map == MAP_FAILED ? NULL : map;
}

static struct unheard_map *map_memory(void)
{
	void *map = mmap(NULL, sizeof(struct unheard_map), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return map == MAP_FAILED ? NULL : map;
}

/* What of the ring the file has on its file system: it is taken from its beginning upwards. */
static size_t reserved_of(int fd)
{
	const size_t before = offsetof(struct unheard_map, audio);
	struct stat st;
	size_t bytes = fstat(fd, &st) == 0 ? (size_t)st.st_blocks * 512 : 0;

	if (bytes <= before + UNHEARD_STEP_BYTES)
		return UNHEARD_STEP_BYTES;
	return bytes - before < UNHEARD_AUDIO_BYTES ? bytes - before : UNHEARD_AUDIO_BYTES;
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
		if (*u->map->magic) /* else who made it was killed before it wrote the first byte */
			*why = "damaged, begun anew";
		munmap(u->map, sizeof *u->map);
		u->map = map_file(u->fd, true);
		found = 0;
	}
	u->reserved = reserved_of(u->fd);
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

int unheard_map_reserve(struct unheard *u, size_t bytes)
{
	size_t more;

	if (u->fd < 0 || bytes <= u->reserved)
		return 0;
	more = (bytes - u->reserved + UNHEARD_STEP_BYTES - 1) / UNHEARD_STEP_BYTES * UNHEARD_STEP_BYTES;
	if (more > UNHEARD_AUDIO_BYTES - u->reserved)
		more = UNHEARD_AUDIO_BYTES - u->reserved;
	if (fallocate(u->fd, 0, (off_t)(offsetof(struct unheard_map, audio) + u->reserved), (off_t)more) < 0 &&
	    errno != EOPNOTSUPP)
		return leave_file(u);
	u->reserved += more;
	return 0;
}

void unheard_map_give_back(struct unheard *u)
{
	size_t from = offsetof(struct unheard_map, audio) + KEEP_BYTES;

	if (u->fd >= 0 && u->reserved > KEEP_BYTES &&
	    fallocate(u->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)from, (off_t)(sizeof *u->map - from)) ==
		    0)
		u->reserved = KEEP_BYTES;
}

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
