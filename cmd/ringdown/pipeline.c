#include "pipeline.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "paths.h"
#include "ring.h"
#include "super.h"

#ifndef __clang__ /* gcc's analyzer does not see that a ring keeps the stages that were put into it */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

int pipeline_words(const char *from, size_t n, char *out, size_t size)
{
	while (n && isspace((unsigned char)*from))
		from++, n--;
	while (n && isspace((unsigned char)from[n - 1]))
		n--;
	if (n >= size)
		return -1;
	memcpy(out, from, n);
	out[n] = 0;
	return 0;
}

static int take_stage(struct ring *r, const char *words, size_t n, char *error, size_t size)
{
	struct ring_stage *stage;
	char text[RING_WORDS], path[PATHS_MAX_BYTES], hint[96];
	int found;

	if (r->count == RING_STAGES) {
		snprintf(error, size, "a pipeline of at most %d stages expected", RING_STAGES);
		return -1;
	}
	stage = calloc(1, sizeof *stage);
	if (!stage) {
		snprintf(error, size, "no memory");
		return -1;
	}
	r->stages[r->count++] = stage;
	stage->place = (unsigned)r->count;
	stage->in = stage->out = stage->child.line = -1;
	stage->child.life = r->first_life;
	stage->child.super = r->super;
	if (pipeline_words(words, n, text, sizeof text) < 0) {
		snprintf(error, size, "stage %u: at most %zu bytes expected", stage->place, sizeof text - 1);
		return -1;
	}
	stage->words = strdup(text);
	if (!stage->words) {
		snprintf(error, size, "no memory");
		return -1;
	}
	found = cmdline_program(stage->words, r->super->bin, stage->child.name, sizeof stage->child.name, path,
				sizeof path);
	if (found < 0) {
		snprintf(error, size, "cannot find the program %s%s", stage->child.name,
			 cmdline_hint(r->super->bin, stage->child.name, hint));
		return -1;
	}
	return 0;
}

static int take_stages(struct ring *r, const char *pipeline, char *error, size_t size)
{
	while (*pipeline) {
		size_t n = cmdline_stage(pipeline);

		if (take_stage(r, pipeline, n, error, size) < 0)
			return -1;
		pipeline += n + (pipeline[n] == '|');
	}
	if (r->count)
		return 0;
	snprintf(error, size, "a pipeline of at least one stage expected");
	return -1;
}

int pipeline_take(struct ring *r, const char *pipeline, char *error, size_t size)
{
	ring_free(r);
	if (take_stages(r, pipeline, error, size) == 0)
		return 0;
	ring_free(r);
	return -1;
}

int pipeline_check(struct super *s, const char *pipeline, char *error, size_t size)
{
	struct ring r = { .super = s };
	int taken = pipeline_take(&r, pipeline, error, size);

	ring_free(&r);
	return taken;
}
