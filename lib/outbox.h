/* Messages that wait to be sent, one behind the other in one buffer that grows to what was needed: a message a frame
 * costs no allocation. Each has OUTBOX_HEADROOM bytes before it, in which libwebsockets writes its header. Zeroed is
 * empty. */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

#define OUTBOX_HEADROOM 16

struct outbox {
	unsigned char *bytes;
	size_t size, head, tail;
	size_t text_bytes; /* of the messages alone */
};

/* Copies a message. 0, or -1: no memory. */
int outbox_push(struct outbox *o, const void *text, size_t n);

bool outbox_empty(const struct outbox *o);

/* The oldest message, OUTBOX_HEADROOM bytes of room before it; may be changed in place; valid until the next push or
 * pop. */
unsigned char *outbox_first(const struct outbox *o, size_t *n);
void outbox_pop(struct outbox *o);

void outbox_close(struct outbox *o);

#endif
