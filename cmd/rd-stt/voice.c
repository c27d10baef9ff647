#include "voice.h"

#include <math.h>
#include <string.h>

#include "webrtc.h"

#define LEAST_DB (-96.0f)
#define FLOOR_STEPS 32	       /* a quarter of the time over which the least is the floor: 2.6 s in all */
#define FLOOR_MOST_DB (-30.0f) /* louder than this no line is by itself */
#define ABOVE_DB 9.0f	       /* a voice is so much louder than the line */
#define FAINT_DB 5.0f	       /* so much, when it goes on */
#define VOICE_LEAST_DB (-48.0f)
#define ENERGY_ABOVE_DB 12.0f /* without a detector more is asked for */

static float level(const int16_t *samples, int n)
{
	float sum = 0;

	for (int i = 0; i < n; i++)
		sum += (float)samples[i] * (float)samples[i];
	sum /= (float)n * 32768.0f * 32768.0f;
	return sum > 0 ? fmaxf(10 * log10f(sum), LEAST_DB) : LEAST_DB;
}

static float floor_follow(struct voice_floor *f, float db)
{
	float least;

	if (f->steps == 0)
		f->least_db[f->at] = db;
	else
		f->least_db[f->at] = fminf(f->least_db[f->at], db);
	if (++f->steps >= FLOOR_STEPS) {
		f->steps = 0;
		f->at = (f->at + 1) & 3;
	}
	least = f->least_db[0];
	for (int i = 1; i < 4; i++)
		least = fminf(least, f->least_db[i]);
	return fminf(least, FLOOR_MOST_DB);
}

void voice_open(struct voice *v)
{
	*v = (struct voice){ 0 };
	for (int i = 0; i < 4; i++)
		v->floor.least_db[i] = 0; /* the first step is a floor */
	if (webrtc_open(&v->noise, &v->detector) < 0)
		v->noise = v->detector = NULL;
}

void voice_close(struct voice *v)
{
	webrtc_close(v->noise, v->detector);
	v->noise = v->detector = NULL;
}

const char *voice_kind(const struct voice *v)
{
	return v->detector ? "webrtc" : "energy";
}

static bool is_above(const struct voice_heard *h, float above_db)
{
	return h->level_db > VOICE_LEAST_DB && h->level_db > h->floor_db + above_db;
}

void voice_hear(struct voice *v, const int16_t samples[VOICE_STEP], struct voice_heard *heard)
{
	bool found = true;

	heard->level_db = level(samples, VOICE_STEP);
	heard->floor_db = floor_follow(&v->floor, heard->level_db);
	if (v->detector)
		found = webrtc_hear(v->noise, v->detector, samples, heard->clean, VOICE_STEP);
	else
		memcpy(heard->clean, samples, sizeof heard->clean);
	heard->voice = found && is_above(heard, v->detector ? ABOVE_DB : ENERGY_ABOVE_DB);
	heard->faint = found && is_above(heard, v->detector ? FAINT_DB : ABOVE_DB);
}
