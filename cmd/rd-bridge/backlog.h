/* The caller's last minute. All that is heard goes through here to the model: while there is no connection it waits,
 * and after one was lost, or the brain was killed, the words that nobody has written down yet are said to the next. It
 * is a file in the call folder, mapped (its head is untold.h's, too), so that kill -9 at any moment leaves it as it is:
 * no system call a frame, a copy is all. Without a folder it is plain memory. In a call's long silences only the first
 * pages of it are used: a minute costs memory only where it is needed. */
#ifndef BACKLOG_H
#define BACKLOG_H

#include <stddef.h>
#include <stdint.h>

#include "untold.h"

#define BACKLOG_SECONDS 60u
#define BACKLOG_RESERVE 65536u /* of the file, in such steps: a full file system must not be a SIGBUS */

struct backlog_map {
	char magic[16];
	uint32_t bytes, size;		/* of this layout, of the ring */
	_Atomic uint64_t base;		/* what stands at the ring's first byte, give or take whole rounds */
	_Atomic uint64_t written, sent; /* bytes since the call began */
	struct untold untold;
	uint8_t ring[];
};

struct backlog {
	struct backlog_map *map;
	size_t size, second; /* bytes: of the ring, of a second */
	size_t reserved;     /* of the ring, on the file system */
	int fd;		     /* -1: memory only */
	uint64_t lost;	     /* bytes that were never sent: too old when a connection came */
};

/* Maps DIR/untold (NULL: memory). 1: a predecessor's was found whole, 0: a new one, -1: no memory. A file that cannot
 * be made or is none of this sort is not fatal: *why says so (a constant, else NULL). Zeroed is closed. */
int backlog_open(struct backlog *v, const char *dir, size_t bytes_per_second, const char **why);
void backlog_close(struct backlog *v); /* the file stays */

void backlog_write(struct backlog *v, const uint8_t *audio, size_t n);

/* Places: bytes since the call began. */
static inline uint64_t backlog_sent(const struct backlog *v)
{
	return v->map->sent;
}

/* The oldest byte that is still there. */
uint64_t backlog_oldest(const struct backlog *v);

/* What was not sent yet, as much of it as lies in one piece and `most` allows; 0: nothing. Borrowed until the next
 * call; backlog_took when it was sent: while a turn is untold, nothing is given up that fits. */
size_t backlog_unsent(const struct backlog *v, size_t most, const uint8_t **audio);
void backlog_took(struct backlog *v, size_t n);

/* The same of any place before the newest. */
size_t backlog_at(const struct backlog *v, uint64_t place, size_t most, const uint8_t **audio);

/* From this place on it is to be sent again, or from the oldest that is still there; never forward: the place may come
 * from a server's clock, and what was not sent yet is not to be skipped. */
void backlog_rewind(struct backlog *v, uint64_t place);

#endif
