/* Whether the caller speaks, by the loudness of his voice: no judge of words, but it tells whether a server that says
 * nothing has had something to answer. */
#ifndef EAR_H
#define EAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ear {		   /* zeroed has heard nothing */
	unsigned floor;	   /* what the line sounds like while nobody speaks */
	unsigned run_ms;   /* of loudness, with short breaths in it */
	unsigned quiet_ms; /* since then */
	bool speaking;	   /* long enough to be a word */
	uint64_t loud_us;  /* when it was loud last; 0: never */
};

/* A piece of his voice, codec as in frame.h. True: he has just ended, EAR_BREATH_MS ago. */
#define EAR_BREATH_MS 500
bool ear_hear(struct ear *e, uint8_t codec, unsigned ms, const uint8_t *audio, size_t n, uint64_t now_us);

#endif
