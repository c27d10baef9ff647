#include "receipts.h"

#include <stdlib.h>
#include <string.h>

void receipts_close(struct receipts *r)
{
	while (r->head) {
		struct receipts_kept *k = r->head;

		r->head = k->next;
		free(k);
	}
	free(r->seen);
	*r = (struct receipts){ 0 };
}

int receipts_keep(struct receipts *r, const struct frame *f)
{
	struct receipts_kept *k = malloc(sizeof *k + f->length);

	if (!k)
		return -1;
	k->next = NULL;
	k->frame = *f;
	memcpy(k->bytes, f->payload, f->length);
	k->frame.payload = k->bytes;
	if (!r->head)
		r->tail = &r->head;
	*r->tail = k;
	r->tail = &k->next;
	r->kept_bytes += f->length;
	return 0;
}

bool receipts_home(struct receipts *r, uint32_t seq)
{
	for (struct receipts_kept **p = &r->head; *p; p = &(*p)->next)
		if ((*p)->frame.seq == seq) {
			struct receipts_kept *k = *p;

			*p = k->next;
			if (!*p)
				r->tail = p;
			r->kept_bytes -= k->frame.length;
			free(k);
			return true;
		}
	return false;
}

int receipts_again(struct receipts *r, int (*say)(void *ctx, const struct frame *f), void *ctx)
{
	for (struct receipts_kept *k = r->head; k; k = k->next) {
		int failed;

		k->frame.flags |= FRAME_AGAIN;
		failed = say(ctx, &k->frame);
		if (failed)
			return failed;
	}
	return 0;
}

static struct receipts_seen *seen_of(struct receipts *r, uint8_t origin, uint8_t life)
{
	struct receipts_seen *grown;

	for (size_t i = 0; i < r->seen_count; i++)
		if (r->seen[i].origin == origin && r->seen[i].life == life)
			return &r->seen[i];
	grown = realloc(r->seen, (r->seen_count + 1) * sizeof *grown);
	if (!grown)
		return NULL;
	r->seen = grown;
	r->seen[r->seen_count] = (struct receipts_seen){ .origin = origin, .life = life };
	return &r->seen[r->seen_count++];
}

bool receipts_seen_before(struct receipts *r, uint8_t origin, uint8_t life, uint32_t seq)
{
	struct receipts_seen *s = seq ? seen_of(r, origin, life) : NULL; /* seq 0: typed by hand, never said again */

	if (!s)
		return false;
	for (size_t i = 0; i < RECEIPTS_SEEN; i++)
		if (s->seqs[i] == seq)
			return true;
	s->seqs[s->next++ % RECEIPTS_SEEN] = seq;
	return false;
}
