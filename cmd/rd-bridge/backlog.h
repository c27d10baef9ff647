/* The caller's last ten seconds. All that is heard goes through here to the model: while there is no connection it
 * waits, and after one was lost the words that the model had not yet taken in can be said to the next. In a call's long
 * silences only the first pages of the buffer are used: ten seconds cost memory only where they are needed. */
#ifndef BACKLOG_H
#define BACKLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BACKLOG_SECONDS 10u

struct backlog {
	uint8_t *ring;
	size_t size, second;	/* bytes: of the ring, of a second */
	uint64_t base;		/* what stands at the ring's first byte, give or take whole rounds */
	uint64_t written, sent; /* bytes since the call began */
	uint64_t lost;		/* of them were never sent: too old when a connection came */
	bool keep;		/* the model has not yet answered to what was said: nothing is given up that fits */
};

/* -1: no memory. Zeroed is closed. */
int backlog_open(struct backlog *v, size_t bytes_per_second);
void backlog_close(struct backlog *v);

void backlog_write(struct backlog *v, const uint8_t *audio, size_t n);

/* What was not sent yet, as much of it as lies in one piece and `most` allows; 0: nothing. Borrowed until the next
 * call; backlog_took when it was sent. */
size_t backlog_unsent(const struct backlog *v, size_t most, const uint8_t **audio);
void backlog_took(struct backlog *v, size_t n);

/* From this place on it is to be sent again, or from the oldest that is still there; never forward: the place may come
 * from a server's clock, and what was not sent yet is not to be skipped. */
void backlog_rewind(struct backlog *v, uint64_t place);

#endif
