#include "recogniser.h"

#include <string.h>

extern const struct recogniser_back recogniser_pocketsphinx;

static const struct recogniser_back *const backs[] = { &recogniser_pocketsphinx };

const struct recogniser_back *recogniser_find(const char *name)
{
	for (size_t i = 0; i < sizeof backs / sizeof *backs; i++)
		if (strcmp(backs[i]->name, name) == 0)
			return backs[i];
	return NULL;
}

const struct recogniser_back *recogniser_first(void)
{
	return backs[0];
}
