#include "outbox.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_FIRST 4096

/* A message as it lies there: [its length][headroom][its bytes]. */
static size_t record_bytes(size_t n)
{
	return sizeof n + OUTBOX_HEADROOM + n;
}

/* Room for `need` more bytes at the tail: by moving what waits to the front, or by growing. It grows while less than
 * half would be free, so that little is moved often. */
static int make_room(struct outbox *o, size_t need)
{
	size_t live = o->tail - o->head, size = o->size ? o->size : SIZE_FIRST;
	unsigned char *bytes;

	if (o->size - o->tail >= need)
		return 0;
	while (size / 2 < live + need)
		size *= 2;
	if (o->head) {
		memmove(o->bytes, o->bytes + o->head, live);
		o->head = 0;
		o->tail = live;
	}
	if (size == o->size)
		return 0;
	bytes = realloc(o->bytes, size);
	if (!bytes)
		return -1;
	o->bytes = bytes;
	o->size = size;
	return 0;
}

int outbox_push(struct outbox *o, const void *text, size_t n)
{
	unsigned char *at;

	if (make_room(o, record_bytes(n)) < 0)
		return -1;
	at = o->bytes + o->tail;
	memcpy(at, &n, sizeof n);
	if (n)
		memcpy(at + sizeof n + OUTBOX_HEADROOM, text, n);
	o->tail += record_bytes(n);
	o->text_bytes += n;
	return 0;
}

bool outbox_empty(const struct outbox *o)
{
	return o->head == o->tail;
}

unsigned char *outbox_first(const struct outbox *o, size_t *n)
{
	memcpy(n, o->bytes + o->head, sizeof *n);
	return o->bytes + o->head + sizeof *n + OUTBOX_HEADROOM;
}

void outbox_pop(struct outbox *o)
{
	size_t n;

	memcpy(&n, o->bytes + o->head, sizeof n);
	o->text_bytes -= n;
	o->head += record_bytes(n);
	if (outbox_empty(o))
		o->head = o->tail = 0;
}

void outbox_close(struct outbox *o)
{
	free(o->bytes);
	*o = (struct outbox){ .bytes = NULL };
}
