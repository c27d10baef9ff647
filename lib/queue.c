#include "queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t *bytes_of(struct queue *q, const struct queue_node *n)
{
	return n->kind == FRAME_UP || n->kind == FRAME_DOWN ? &q->audio_bytes : &q->event_bytes;
}

/* Takes the node behind *link out. prev is the node that link belongs to, NULL for the head. */
static void take_out(struct queue *q, struct queue_node **link, struct queue_node *prev)
{
	struct queue_node *n = *link;

	*link = n->next;
	if (q->tail == n)
		q->tail = prev;
	*bytes_of(q, n) -= n->size;
	q->depth--;
	free(n);
}

static void shed_oldest_audio(struct queue *q)
{
	struct queue_node *prev = NULL;

	for (struct queue_node **link = &q->head; *link; prev = *link, link = &(*link)->next)
		if (bytes_of(q, *link) == &q->audio_bytes && (*link)->done == 0) {
			take_out(q, link, prev);
			q->shed_full++;
			return;
		}
}

int queue_push(struct queue *q, const struct frame *f, size_t done)
{
	size_t size = FRAME_HEADER + f->length;
	struct queue_node *n = malloc(sizeof *n + size);

	if (!n)
		return -1;
	*n = (struct queue_node){ .item = f->item, .kind = f->kind, .origin = f->origin, .size = size, .done = done };
	frame_pack(f, n->bytes);
	if (f->length)
		memcpy(n->bytes + FRAME_HEADER, f->payload, f->length);
	if (bytes_of(q, n) == &q->event_bytes && q->event_bytes + size > QUEUE_EVENTS_MAX) {
		free(n);
		return errno = ENOBUFS, -1;
	}
	if (q->tail)
		q->tail->next = n;
	else
		q->head = n;
	q->tail = n;
	*bytes_of(q, n) += size;
	if (++q->depth > q->high)
		q->high = q->depth;
	while (q->audio_bytes > QUEUE_AUDIO_MAX)
		shed_oldest_audio(q);
	return 0;
}

void queue_pop(struct queue *q)
{
	if (q->head)
		take_out(q, &q->head, NULL);
}

void queue_clear(struct queue *q, bool (*keep)(void *ctx, uint32_t item), void *ctx)
{
	struct queue_node *prev = NULL;
	struct queue_node **link = &q->head;

	while (*link) {
		struct queue_node *n = *link;

		if (n->kind == FRAME_DOWN && n->done == 0 && !keep(ctx, n->item)) {
			take_out(q, link, prev);
			q->shed_cleared++;
		} else {
			prev = n;
			link = &n->next;
		}
	}
}

void queue_close(struct queue *q)
{
	while (q->head)
		queue_pop(q);
	*q = (struct queue){ 0 };
}
