/* Which frames are shown: by kind and by type of event. */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>

#include "frame.h"

struct filter {		   /* zeroed lets everything through */
	unsigned kinds;	   /* a bit each, 0: all */
	const char *types; /* patterns with commas between them, NULL: all; borrowed */
};

/* "event,up,down". -1: another word. */
int filter_kinds(struct filter *filter, const char *words);

/* Whether a frame is wanted. A pattern is as the shell's, "call.*". With types and no kinds, audio is not wanted. */
bool filter_wants(const struct filter *filter, const struct frame *f);

#endif
