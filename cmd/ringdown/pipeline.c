#include "pipeline.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "paths.h"
#include "ring.h"
#include "super.h"

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
	struct ring_stage *stage = &r->stages[r->count];
	char path[PATHS_MAX_BYTES], hint[96];
	int found;

	if (r->count == RING_STAGES) {
		snprintf(error, size, "a pipeline of at most %d stages expected", RING_STAGES);
		return -1;
	}
	*stage = (struct ring_stage){ .place = (unsigned)r->count + 1, .child.life = r->first_life };
	if (pipeline_words(words, n, stage->words, sizeof stage->words) < 0) {
		snprintf(error, size, "stage %u: at most %zu bytes expected", stage->place, sizeof stage->words - 1);
		return -1;
	}
	found = cmdline_program(stage->words, r->super->bin, stage->child.name, sizeof stage->child.name, path,
				sizeof path);
	stage->child.super = r->super;
	stage->child.call = r->call;
	stage->child.owner = r;
	stage->child.line = -1;
	if (found < 0) {
		snprintf(error, size, "cannot find the program %s%s", stage->child.name,
			 cmdline_hint(r->super->bin, stage->child.name, hint));
		return -1;
	}
	r->count++;
	return 0;
}

static size_t count_stages(const char *pipeline)
{
	size_t count = 0;

	while (*pipeline) {
		size_t n = cmdline_stage(pipeline);

		count++;
		pipeline += n + (pipeline[n] == '|');
	}
	return count;
}

int pipeline_take(struct ring *r, const char *pipeline, char *error, size_t size)
{
	size_t count = count_stages(pipeline);

	ring_free(r);
	r->stages = calloc(count < RING_STAGES ? count + 1 : RING_STAGES, sizeof *r->stages);
	if (!r->stages) {
		snprintf(error, size, "no memory");
		return -1;
	}
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

int pipeline_check(struct super *s, const char *pipeline, char *error, size_t size)
{
	struct ring r = { .super = s };
	int taken = pipeline_take(&r, pipeline, error, size);

	ring_free(&r);
	return taken;
}
