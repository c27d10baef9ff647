#include "transit.h"

#include <stdlib.h>

#include "g711.h"

#define SOUND 120 /* mean of the absolute samples: a carrier's detector hears more than our ear does */
#define HANGOVER_FRAMES 10

void transit_open(struct transit *t, const struct badline *line)
{
	*t = (struct transit){ .line = line, .dice = dice_make(line->seed, "loss") };
}

/* Gilbert's two states: how often a burst begins follows from how much is to be lost in all. */
static int is_lost(struct transit *t)
{
	double p = t->line->loss_percent / 100, burst = t->line->burst > 1 ? t->line->burst : 1;

	if (p <= 0)
		return 0;
	if (p >= 1)
		return 1;
	if (t->losing)
		t->losing = dice_roll(&t->dice) >= 1 / burst;
	else
		t->losing = dice_roll(&t->dice) < p / (burst * (1 - p));
	return t->losing;
}

static int is_silent(struct transit *t, const uint8_t *mulaw, size_t n)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (unsigned long)abs(g711_mulaw[mulaw[i]]);
	t->quiet_frames = sum >= n * SOUND ? 0 : t->quiet_frames + 1;
	return t->line->vad && t->quiet_frames > HANGOVER_FRAMES;
}

enum transit_fate transit_frame(struct transit *t, const uint8_t *mulaw, size_t n)
{
	int lost = is_lost(t), silent = is_silent(t, mulaw, n);
	enum transit_fate fate = silent ? TRANSIT_SILENT : lost ? TRANSIT_LOST : TRANSIT_SENT;

	t->fates[fate]++;
	return fate;
}
