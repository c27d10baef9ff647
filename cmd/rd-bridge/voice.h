/* The caller's last ten seconds. All that is heard goes through here to the model: while there is no connection it waits,
 * and after one was lost the words that the model had not yet taken in can be said to the next.
 * In a call's long silences only the first pages of the buffer are used: ten seconds cost memory only where they are needed. */
#ifndef VOICE_H
#define VOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VOICE_SECONDS 10u

struct voice {
	uint8_t *ring;
	size_t size, second; /* bytes: of the ring, of a second */
	uint64_t base;          /* what stands at the ring's first byte, give or take whole rounds */
	uint64_t written, sent; /* bytes since the call began */
	uint64_t lost;          /* of them were never sent: too old when a connection came */
	bool keep;              /* the model has not yet answered to what was said: nothing is given up that fits */
};

/* -1: no memory. Zeroed is closed. */
int voice_open(struct voice *v, size_t bytes_per_second);
void voice_close(struct voice *v);

void voice_write(struct voice *v, const uint8_t *audio, size_t n);

/* What was not sent yet, as much of it as lies in one piece and `most` allows; 0: nothing. Borrowed until the next call;
 * voice_took when it was sent. */
size_t voice_unsent(const struct voice *v, size_t most, const uint8_t **audio);
void voice_took(struct voice *v, size_t n);

/* From this place on it is to be sent again, or from the oldest that is still there. */
void voice_rewind(struct voice *v, uint64_t place);

#endif
