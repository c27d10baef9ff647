#include "engine.h"

#include <stdlib.h>
#include <string.h>

/* espeak-ng looks for a sound server when it starts, and might even start one. This is the address of none. */
void engine_begin(void)
{
	(void)setenv("PULSE_SERVER", "[", 1);
}

const struct engine *engine_of(const char *voice)
{
	static const char *const of_flite[] = { "slt", "rms", "awb", "kal", "kal16" };

	for (size_t i = 0; i < sizeof of_flite / sizeof *of_flite; i++)
		if (strcmp(voice, of_flite[i]) == 0)
			return &engine_flite;
	return &engine_espeak;
}
