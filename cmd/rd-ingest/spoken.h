/* The caller's voice on its way up: Twilio's media messages made whole. Whoever listens behind counts milliseconds of
 * audio, not of the clock: a hole in the timestamps is filled with silence, and when nothing comes at all some silence
 * is put in, so that a pause is noticed as one. Pure: time is passed in, audio is handed to one call. */
#ifndef SPOKEN_H
#define SPOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPOKEN_FILLED_MAX_MS 10000 /* in one hole */

struct spoken {
	void (*on_audio)(void *ctx, const uint8_t *audio, size_t n, bool filled); /* mu-law; filled: never spoken */
	void *ctx;
	long next_ms;	  /* the timestamp that the next message should bear; -1: unknown */
	long filled_ms;	  /* silence put in since the last message */
	long nothing_ms;  /* so long nothing has to come before that is done */
	uint64_t last_us; /* when the last message came */
	bool muted, running;
	struct spoken_counts {
		unsigned long messages, holes;
		uint64_t filled_ms;
	} counts;
};

/* A stream begins, or ends. */
void spoken_begin(struct spoken *v, uint64_t now_us);
void spoken_end(struct spoken *v);

/* A message with its timestamp (-1: it had none). audio may be overwritten. */
void spoken_media(struct spoken *v, long timestamp_ms, uint8_t *audio, size_t n, uint64_t now_us);

/* Puts in silence if it is due; when to call again (0: when a stream runs again). */
uint64_t spoken_run(struct spoken *v, uint64_t now_us);

#endif
