/* A person's own voice and ear, as raw mu-law of 8000 Hz: standard input is the microphone, standard output the
 * loudspeaker; where that is a terminal, arecord and aplay. What comes late is dropped: a telephone does not lag. */
#ifndef HANDSET_H
#define HANDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "soundcard.h"

#define HANDSET_BYTES 2400u /* 300 ms */

struct handset { /* zeroed is none */
	struct loop *loop;
	struct watch watch;
	bool mic, speaker;
	struct soundcard record, play; /* where a terminal stood */
	int in_fd, out_fd;
	bool running;		   /* enough came in for a start */
	bool alone;		   /* nobody reads standard output any more */
	void (*on_end)(void *ctx); /* of standard input: the person hangs up */
	void *ctx;
	uint8_t in[HANDSET_BYTES];
	size_t in_n;
	uint8_t out[HANDSET_BYTES]; /* heard since the last frame */
	size_t out_n;
};

/* mic, speaker, on_end and ctx are set. 0, or -1 with error: standard input is a file, or there is no microphone. No
 * loudspeaker is no failure: then speaker is false, and error says why. */
int handset_open(struct handset *h, struct loop *loop, char *error, size_t size);
void handset_close(struct handset *h);

/* The person's next n bytes; silence where there are none. false: there is no microphone, out is left alone. */
bool handset_frame(struct handset *h, uint8_t *out, size_t n);

/* What was heard is gathered, and goes out a frame at a time, silence behind it. Neither blocks. */
void handset_heard(struct handset *h, const uint8_t *mulaw, size_t n);
void handset_play(struct handset *h, size_t n);

#endif
