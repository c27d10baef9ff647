/* Voice activity: is that a voice, in each 20 ms of the caller's line. With the webrtc library its noise suppression
 * and its detector say so; without it, or where it cannot begin, the energy above the line's own noise does. Either way
 * what is no louder than the line's noise is none. */
#ifndef VOICE_H
#define VOICE_H

#include <stdbool.h>
#include <stdint.h>

#define VOICE_RATE 16000
#define VOICE_STEP_MS 20
#define VOICE_STEP (VOICE_RATE / 1000 * VOICE_STEP_MS) /* samples */

struct voice_floor { /* the line's own noise: the least of the last seconds */
	float least_db[4];
	int steps, at;
};

struct voice {
	void *noise, *detector;	  /* webrtc's; NULL: energy alone */
	struct voice_floor floor; /* may be set to a predecessor's */
};

struct voice_heard {
	float level_db, floor_db;  /* of full scale */
	bool voice, faint;	   /* what begins with a voice goes on with fainter ones */
	int16_t clean[VOICE_STEP]; /* the sound without noise, where that can be had */
};

/* Never fails: what it cannot have it does without. */
void voice_open(struct voice *v);
void voice_close(struct voice *v);
const char *voice_kind(const struct voice *v); /* "webrtc" or "energy" */

void voice_hear(struct voice *v, const int16_t samples[VOICE_STEP], struct voice_heard *heard);

#endif
