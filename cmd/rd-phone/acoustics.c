#include "acoustics.h"

#include <math.h>

#include "g711.h"

#define SAMPLE_US 125
#define FULL_SCALE 32767.0

static double factor(double db)
{
	return pow(10, db / 20);
}

void acoustics_open(struct acoustics *a, const struct badline *line)
{
	a->line = line;
	a->dice = dice_make(line->seed, "noise");
	a->echo = line->echo ? factor(line->echo_db) : 0;
	a->noise = line->noise ? factor(line->noise_db) * FULL_SCALE * sqrt(3) : 0; /* of even noise, its peak */
}

static int16_t *moment(struct acoustics *a, uint64_t at_us)
{
	return &a->room[at_us / SAMPLE_US % ACOUSTICS_ROOM];
}

void acoustics_played(struct acoustics *a, const uint8_t *mulaw, size_t n, uint64_t at_us)
{
	at_us += (uint64_t)(a->line->echo_ms * 1000);
	for (size_t i = 0; a->line->echo && i < n; i++)
		*moment(a, at_us + i * SAMPLE_US) = (int16_t)(g711_mulaw[mulaw[i]] * a->echo);
}

static int16_t limited(double sample)
{
	return (int16_t)(sample > FULL_SCALE ? FULL_SCALE : sample < -FULL_SCALE ? -FULL_SCALE : sample);
}

void acoustics_mix(struct acoustics *a, uint8_t *mulaw, size_t n, uint64_t now_us)
{
	uint64_t begin_us = now_us - n * SAMPLE_US;

	if (!a->line->echo && !a->line->noise)
		return;
	for (size_t i = 0; i < n; i++) {
		int16_t *echo = moment(a, begin_us + i * SAMPLE_US);
		double noise = a->noise > 0 ? dice_between(&a->dice, -a->noise, a->noise) : 0;

		mulaw[i] = g711_to_mulaw(limited(g711_mulaw[mulaw[i]] + *echo + noise));
		*echo = 0;
	}
}
