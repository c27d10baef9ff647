#include "backlog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paths.h"

#define MAGIC "ringdown untold"
#define WRITTEN_MAX ((uint64_t)1 << 48) /* no call is so long: places can be counted with */

/* --- the file */

static size_t map_bytes(const struct backlog *v)
{
	return sizeof *v->map + v->size;
}

static bool is_whole(const struct backlog *v)
{
	const struct backlog_map *m = v->map;

	return memcmp(m->magic, MAGIC, sizeof m->magic) == 0 && m->bytes == sizeof *m && m->size == v->size &&
	       m->base <= m->sent && m->sent <= m->written && m->written <= WRITTEN_MAX &&
	       m->written - m->sent <= v->size && untold_is_whole(&m->untold, m->written);
}

/* The ring up to here: zeroes, or what is there. A file system that cannot reserve is believed. */
static int reserve(struct backlog *v, size_t to)
{
	off_t at = (off_t)(sizeof *v->map + v->reserved);

	if (v->fd < 0 || to <= v->reserved)
		return 0;
	to = (to + BACKLOG_RESERVE - 1) / BACKLOG_RESERVE * BACKLOG_RESERVE;
	if (to > v->size)
		to = v->size;
	if (fallocate(v->fd, 0, at, (off_t)(to - v->reserved)) < 0 && errno != EOPNOTSUPP)
		return -1;
	v->reserved = to;
	return 0;
}

static int map_file(struct backlog *v, bool empty)
{
	void *map;

	v->reserved = 0;
	if ((empty && ftruncate(v->fd, 0) < 0) || ftruncate(v->fd, (off_t)map_bytes(v)) < 0 ||
	    (fallocate(v->fd, 0, 0, sizeof *v->map) < 0 && errno != EOPNOTSUPP) || reserve(v, 1) < 0)
		return -1;
	map = mmap(NULL, map_bytes(v), PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, 0);
	if (map == MAP_FAILED)
		return -1;
	v->map = map;
	return 0;
}

static int map_memory(struct backlog *v)
{
	void *map = mmap(NULL, map_bytes(v), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		return -1;
	v->map = map;
	return 0;
}

/* What a predecessor wrote to the ring is reserved: it did so before. */
static size_t reserved_before(const struct backlog *v)
{
	uint64_t most = v->map->written - v->map->base;

	return most < v->size ? (size_t)most : v->size;
}

/* 1: found, 0: new, -1: not to be had. */
static int open_file(struct backlog *v, const char *dir, const char **why)
{
	char path[PATHS_MAX_BYTES];
	struct stat st;

	if ((size_t)snprintf(path, sizeof path, "%s/untold", dir) >= sizeof path)
		return errno = ENAMETOOLONG, -1;
	v->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (v->fd < 0 || fstat(v->fd, &st) < 0)
		return -1;
	if (st.st_size != (off_t)map_bytes(v))
		return map_file(v, true);
	if (map_file(v, false) < 0)
		return -1;
	if (is_whole(v))
		return reserve(v, reserved_before(v)) < 0 ? -1 : 1;
	if (v->map->magic[0]) /* else its maker died before he had filled it */
		*why = "damaged, begun anew";
	munmap(v->map, map_bytes(v));
	v->map = NULL;
	return map_file(v, true);
}

static void close_file(struct backlog *v)
{
	if (v->map)
		munmap(v->map, map_bytes(v));
	if (v->fd >= 0)
		close(v->fd);
	v->map = NULL;
	v->fd = -1;
}

int backlog_open(struct backlog *v, const char *dir, size_t bytes_per_second, const char **why)
{
	int found = -1;

	*v = (struct backlog){ .size = bytes_per_second * BACKLOG_SECONDS, .second = bytes_per_second, .fd = -1 };
	*why = NULL;
	if (dir)
		found = open_file(v, dir, why);
	if (found < 0) {
		if (dir)
			*why = strerror(errno);
		close_file(v);
		if (map_memory(v) < 0)
			return -1;
	}
	if (found != 1) {
		/* it is all zeroes; but what is read before it was written comes with 60 KB around it */
		memset(&v->map->untold, 0, sizeof v->map->untold);
		v->map->bytes = sizeof *v->map;
		v->map->size = (uint32_t)v->size;
		memcpy(v->map->magic, MAGIC, sizeof v->map->magic);
	}
	return found == 1;
}

void backlog_close(struct backlog *v)
{
	close_file(v);
	*v = (struct backlog){ .fd = -1 };
}

/* The file system is full: go on in memory; whoever comes after us finds what was there until now. */
static bool leave_file(struct backlog *v)
{
	struct backlog_map *file = v->map;

	if (map_memory(v) < 0)
		return false;
	memcpy(v->map, file, sizeof *file + v->reserved);
	munmap(file, map_bytes(v));
	(void)!ftruncate(v->fd, 0); /* what does not go on is no use to a successor */
	close(v->fd);
	v->fd = -1;
	return true;
}

/* --- the voice */

static size_t offset(const struct backlog *v, uint64_t place)
{
	return (size_t)((place - v->map->base) % v->size);
}

uint64_t backlog_oldest(const struct backlog *v)
{
	const struct backlog_map *m = v->map;

	return m->written - m->base > v->size ? m->written - v->size : m->base;
}

void backlog_write(struct backlog *v, const uint8_t *audio, size_t n)
{
	while (n > 0) {
		size_t at = offset(v, v->map->written);
		size_t piece = n < v->size - at ? n : v->size - at;

		if (at + piece > v->reserved && reserve(v, at + piece) < 0 && !leave_file(v))
			return;
		memcpy(v->map->ring + at, audio, piece);
		v->map->written += piece;
		audio += piece;
		n -= piece;
	}
	if (v->map->sent < backlog_oldest(v)) {
		v->lost += backlog_oldest(v) - v->map->sent;
		v->map->sent = backlog_oldest(v);
	}
}

size_t backlog_at(const struct backlog *v, uint64_t place, size_t most, const uint8_t **audio)
{
	size_t at = offset(v, place);
	size_t n = (size_t)(v->map->written - place);

	*audio = v->map->ring + at;
	if (n > v->size - at)
		n = v->size - at;
	return n < most ? n : most;
}

size_t backlog_unsent(const struct backlog *v, size_t most, const uint8_t **audio)
{
	return backlog_at(v, v->map->sent, most, audio);
}

/* All was sent and nothing need be kept but a second, in which speech may have begun unnoticed: from the front again.
 */
static void fold(struct backlog *v)
{
	size_t at = offset(v, v->map->written);

	if (at < 2 * v->second)
		return;
	memcpy(v->map->ring, v->map->ring + at - v->second, v->second);
	v->map->base = v->map->written - v->second;
}

void backlog_took(struct backlog *v, size_t n)
{
	v->map->sent += n;
	if (v->map->sent == v->map->written && !untold_any(&v->map->untold))
		fold(v);
}

void backlog_rewind(struct backlog *v, uint64_t place)
{
	if (place < v->map->sent)
		v->map->sent = place > backlog_oldest(v) ? place : backlog_oldest(v);
}
