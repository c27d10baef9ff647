#include "voice.h"

#include <stdlib.h>
#include <string.h>

int voice_open(struct voice *v, size_t bytes_per_second)
{
	*v = (struct voice){ .size = bytes_per_second * VOICE_SECONDS, .second = bytes_per_second };
	v->ring = malloc(v->size);
	return v->ring ? 0 : -1;
}

void voice_close(struct voice *v)
{
	free(v->ring);
	*v = (struct voice){ 0 };
}

static size_t offset(const struct voice *v, uint64_t place)
{
	return (size_t)((place - v->base) % v->size);
}

/* The oldest byte that is still there. */
static uint64_t oldest(const struct voice *v)
{
	return v->written - v->base > v->size ? v->written - v->size : v->base;
}

void voice_write(struct voice *v, const uint8_t *audio, size_t n)
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

size_t voice_unsent(const struct voice *v, size_t most, const uint8_t **audio)
{
	size_t at = offset(v, v->sent);
	size_t n = (size_t)(v->written - v->sent);

	*audio = v->ring + at;
	if (n > v->size - at)
		n = v->size - at;
	return n < most ? n : most;
}

/* All was sent and nothing need be kept but a second, in which speech may have begun unnoticed: from the front again. */
static void fold(struct voice *v)
{
	size_t at = offset(v, v->written);

	if (at < 2 * v->second)
		return;
	memcpy(v->ring, v->ring + at - v->second, v->second);
	v->base = v->written - v->second;
}

void voice_took(struct voice *v, size_t n)
{
	v->sent += n;
	if (v->sent == v->written && !v->keep)
		fold(v);
}

void voice_rewind(struct voice *v, uint64_t place)
{
	v->sent = place > oldest(v) ? place : oldest(v);
}
