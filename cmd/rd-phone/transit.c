#include "transit.h"

#include <math.h>
#include <stdlib.h>

#include "g711.h"

#define SAMPLE_US 125
#define FULL_SCALE 32767.0
#define SOUND 120 /* mean of the absolute samples: a carrier's detector hears more than our ear does */
#define HANGOVER_FRAMES 10

static double factor(double db)
{
	return pow(10, db / 20);
}

void transit_open(struct transit *t, const struct badline *line)
{
	*t = (struct transit){ .line = line };
	t->loss_dice = dice_make(line->seed, "loss");
	t->noise_dice = dice_make(line->seed, "noise");
	t->echo = line->echo ? factor(line->echo_db) : 0;
	t->noise = line->noise ? factor(line->noise_db) * FULL_SCALE * sqrt(3) : 0; /* of even noise, its peak */
}

/* --- in the room */

static int16_t *moment(struct transit *t, uint64_t at_us)
{
	return &t->room[at_us / SAMPLE_US % TRANSIT_ROOM];
}

void transit_played(struct transit *t, const uint8_t *mulaw, size_t n, uint64_t at_us)
{
	at_us += (uint64_t)(t->line->echo_ms * 1000);
	for (size_t i = 0; t->line->echo && i < n; i++)
		*moment(t, at_us + i * SAMPLE_US) = (int16_t)(g711_mulaw[mulaw[i]] * t->echo);
}

static int16_t limited(double sample)
{
	return (int16_t)(sample > FULL_SCALE ? FULL_SCALE : sample < -FULL_SCALE ? -FULL_SCALE : sample);
}

void transit_mix(struct transit *t, uint8_t *mulaw, size_t n, uint64_t now_us)
{
	uint64_t begin_us = now_us - n * SAMPLE_US;

	if (!t->line->echo && !t->line->noise)
		return;
	for (size_t i = 0; i < n; i++) {
		int16_t *echo = moment(t, begin_us + i * SAMPLE_US);
		double noise = t->noise > 0 ? dice_between(&t->noise_dice, -t->noise, t->noise) : 0;

		mulaw[i] = g711_to_mulaw(limited(g711_mulaw[mulaw[i]] + *echo + noise));
		*echo = 0;
	}
}

/* --- on the way */

/* Gilbert's two states: how often a burst begins follows from how much is to be lost in all. Over a half cannot be lost
 * in short bursts: they become as long as need be. */
static bool is_lost(struct transit *t)
{
	double p = t->line->loss_percent / 100, burst = t->line->burst;

	if (p <= 0 || p >= 1)
		return p > 0;
	burst = fmax(fmax(burst, 1), p / (1 - p));
	if (t->losing)
		t->losing = dice_roll(&t->loss_dice) >= 1 / burst;
	else
		t->losing = dice_roll(&t->loss_dice) < p / (burst * (1 - p));
	return t->losing;
}

static bool is_silent(struct transit *t, const uint8_t *mulaw, size_t n)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (unsigned long)abs(g711_mulaw[mulaw[i]]);
	t->quiet_frames = sum >= n * SOUND ? 0 : t->quiet_frames + 1;
	return t->line->vad && t->quiet_frames > HANGOVER_FRAMES;
}

enum transit_fate transit_fate(struct transit *t, const uint8_t *mulaw, size_t n)
{
	bool lost = is_lost(t), silent = is_silent(t, mulaw, n);
	enum transit_fate fate = silent ? TRANSIT_SILENT : lost ? TRANSIT_LOST : TRANSIT_SENT;

	t->fates[fate]++;
	return fate;
}
