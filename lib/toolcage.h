/* The words by which a tool is started: rd-cage(1), what the tool may use, and behind that its own words. */
#ifndef TOOLCAGE_H
#define TOOLCAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "paths.h"

#define TOOLCAGE_WORDS 128

struct conf;

struct toolcage_order {
	const char *tool;	  /* its name in the configuration */
	const char *const *words; /* its program's path, and what that is given; NULL behind the last */
	bool asked;		  /* for its description: no network, and its folder is not made for that */
	bool network;		  /* it says that it needs it */
	unsigned cpu_s;		  /* 0: no bound */
};

struct toolcage {
	char program[PATHS_MAX_BYTES], own[PATHS_MAX_BYTES], cpu[16], memory[16];
	const char
		*words[TOOLCAGE_WORDS + 1]; /* NULL behind the last; point into this, the order and the configuration */
};

/* 0, or -1 with errno (ENOENT: no rd-cage beside our own binary; E2BIG). */
int toolcage_open(struct toolcage *g, const struct conf *c, const struct toolcage_order *o);

#endif
