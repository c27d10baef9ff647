/* The audio of one direction brought into one format: codec by lib/audio, rate by convert. One utterance is at work at
 * a time; what the resampler holds back belongs to it, comes out at its END and is dropped when another begins or it is
 * cleared. */
#ifndef RECODE_H
#define RECODE_H

#include "convert.h"
#include "frame.h"

#define RECODE_SAMPLES FRAME_AUDIO_MAX

struct recode {	       /* zeroed but for the wanted format is ready */
	uint8_t codec; /* wanted */
	uint16_t rate_100hz;
	uint8_t from_codec; /* of what came last */
	uint16_t from_rate_100hz;
	uint32_t item;
	struct convert convert;
	int16_t in[RECODE_SAMPLES], out[RECODE_SAMPLES];
	uint8_t bytes[FRAME_AUDIO_MAX];
};

enum recode_verdict {
	RECODE_SAME,	/* it has the wanted format: nothing was given, it goes on as it is */
	RECODE_DONE,	/* none, one or more frames were given instead */
	RECODE_UNKNOWN, /* a codec or rate that is not known, or no memory: nothing was given */
};

/* Hands frames in the wanted format to give, in order, borrowed for the call; all but format, length and payload is the
 * input's, END stands on the last. Audio of at most FRAME_AUDIO_MAX bytes each. Never blocks. */
enum recode_verdict recode_frame(struct recode *r, const struct frame *f,
				 void (*give)(void *ctx, const struct frame *f), void *ctx);

/* call.clear: forgets what is held back of every item that is not newer than `newest` of its own sayer (0: of every
 * item). */
void recode_clear(struct recode *r, uint32_t newest);

void recode_close(struct recode *r);

#endif
