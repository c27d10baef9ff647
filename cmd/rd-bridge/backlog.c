#include "backlog.h"

#include <stdlib.h>
#include <string.h>

int backlog_open(struct backlog *v, size_t bytes_per_second)
{
	*v = (struct backlog){ .size = bytes_per_second * BACKLOG_SECONDS, .second = bytes_per_second };
	v->ring = malloc(v->size);
	return v->ring ? 0 : -1;
}

void backlog_close(struct backlog *v)
{
	free(v->ring);
	*v = (struct backlog){ 0 };
}

static size_t offset(const struct backlog *v, uint64_t place)
{
	return (size_t)((place - v->base) % v->size);
}

/* The oldest byte that is still there. */
static uint64_t oldest(const struct backlog *v)
{
	return v->written - v->base > v->size ? v->written - v->size : v->base;
}

void backlog_write(struct backlog *v, const uint8_t *audio, size_t n)
{
	while (n > 0) {
		size_t at = offset(v, v->written);
		size_t piece = n < v->size - at ? n : v->size - at;

		memcpy(v->ring + at, audio, piece);
		v->written += piece;
		audio += piece;
		n -= piece;
	}
	if (v->sent < oldest(v)) {
		v->lost += oldest(v) - v->sent;
		v->sent = oldest(v);
	}
}

size_t backlog_unsent(const struct backlog *v, size_t most, const uint8_t **audio)
{
	size_t at = offset(v, v->sent);
	size_t n = (size_t)(v->written - v->sent);

	*audio = v->ring + at;
	if (n > v->size - at)
		n = v->size - at;
	return n < most ? n : most;
}

/* All was sent and nothing need be kept but a second, in which speech may have begun unnoticed: from the front again.
 */
static void fold(struct backlog *v)
{
	size_t at = offset(v, v->written);

	if (at < 2 * v->second)
		return;
	memcpy(v->ring, v->ring + at - v->second, v->second);
	v->base = v->written - v->second;
}

void backlog_took(struct backlog *v, size_t n)
{
	v->sent += n;
	if (v->sent == v->written && !v->keep)
		fold(v);
}

void backlog_rewind(struct backlog *v, uint64_t place)
{
	if (place < v->sent)
		v->sent = place > oldest(v) ? place : oldest(v);
}
