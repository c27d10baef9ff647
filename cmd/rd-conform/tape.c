#include "tape.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "log.h"

#define HEAD 5 /* of each frame on the tape: its size, whether it is optional */

static void make_room(struct tape *t, size_t n)
{
	size_t room = t->room ? t->room : 4096;

	if (t->at == t->size)
		t->at = t->size = 0;
	while (room < t->size + n)
		room *= 2;
	if (room == t->room)
		return;
	t->bytes = realloc(t->bytes, room);
	if (!t->bytes)
		log_die(111, "cannot keep the frames: no memory");
	t->room = room;
}

void tape_add(struct tape *t, const uint8_t *frame, size_t n, bool optional)
{
	make_room(t, HEAD + n);
	put_u32(t->bytes + t->size, (uint32_t)n);
	t->bytes[t->size + 4] = optional;
	memcpy(t->bytes + t->size + HEAD, frame, n);
	t->size += HEAD + n;
}

bool tape_walk(const struct tape *t, size_t *at, struct tape_frame *f)
{
	if (*at >= t->size)
		return false;
	*f = (struct tape_frame){ t->bytes + *at + HEAD, get_u32(t->bytes + *at), t->bytes[*at + 4] };
	*at += HEAD + f->size;
	return true;
}

bool tape_first(const struct tape *t, struct tape_frame *f)
{
	size_t at = t->at;

	return tape_walk(t, &at, f);
}

void tape_drop(struct tape *t)
{
	struct tape_frame f;

	(void)tape_walk(t, &t->at, &f);
}

void tape_close(struct tape *t)
{
	free(t->bytes);
	*t = (struct tape){ 0 };
}
