#include "ear.h"

#include <stdlib.h>

#include "g711.h"

#define FRAME 160
#define SOUND 250 /* mean of the absolute samples: well above a line's noise, well below speech */

static unsigned mean_of(const uint8_t *mulaw, size_t n)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (unsigned long)abs(g711_mulaw[mulaw[i]]);
	return n ? (unsigned)(sum / n) : 0;
}

static unsigned level_of(unsigned mean)
{
	unsigned level = 0;

	while (level < 10 && mean >= 16u << level)
		level++;
	return level;
}

bool ear_hear(struct ear *e, const uint8_t *mulaw, size_t n, uint64_t at_us)
{
	bool begins = false;

	for (size_t done = 0; done < n; done += FRAME) {
		size_t part = n - done < FRAME ? n - done : FRAME;
		unsigned mean = mean_of(mulaw + done, part);
		uint64_t now_us = at_us + done * 125; /* 8 bytes a millisecond */

		e->level = level_of(mean);
		if (mean < SOUND)
			continue;
		if (!e->speaking) {
			e->speaking = begins = true;
			e->begun_us = now_us;
			e->utterances++;
		}
		e->sound_us = now_us + part * 125;
	}
	return begins;
}

bool ear_tick(struct ear *e, uint64_t now_us)
{
	if (now_us > e->sound_us + 40000)
		e->level = 0;
	if (!e->speaking || now_us < e->sound_us + e->silence_us)
		return false;
	e->speaking = false;
	return true;
}

void ear_wake(struct ear *e, uint64_t now_us)
{
	if (e->sound_us < now_us)
		e->sound_us = now_us;
}
