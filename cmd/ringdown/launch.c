#include "launch.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "cmdline.h"
#include "environment.h"
#include "generation.h"
#include "ring.h"
#include "super.h"
#include "templates.h"

#define GIVEN_WORDS 12
#define ORIGIN_BYTES 112 /* of RING_STAGES places */

/* Its place; and the first behind the carrier stage takes out what those have said whom nobody succeeds to. */
static void write_origin(const struct ring *r, const struct ring_stage *stage, char out[ORIGIN_BYTES])
{
	size_t n = (size_t)snprintf(out, ORIGIN_BYTES, "%u", stage->place);

	for (size_t i = 0; r->count > 1 && stage == r->stages[1] && i < r->inherits_count && n < ORIGIN_BYTES; i++)
		n += (size_t)snprintf(out + n, ORIGIN_BYTES - n, ",%u", r->inherits[i]);
}

/* What every stage gets behind its own words; NULL behind the last. */
static void give(const struct ring *r, const struct ring_stage *stage, const char *words[GIVEN_WORDS + 1],
		 char own[2][ORIGIN_BYTES])
{
	const char *given[] = { "-c",	r->generation->path, "-a",   r->agent, "--call", r->call, "--dir",
				r->dir, "--origin",	     own[0], "--life", own[1],	 NULL };

	static_assert(sizeof given / sizeof *given == GIVEN_WORDS + 1, "GIVEN_WORDS");
	write_origin(r, stage, own[0]);
	snprintf(own[1], ORIGIN_BYTES, "%u", stage->child.life);
	memcpy(words, given, sizeof given);
}

char *launch_command(const struct ring *r, const struct ring_stage *stage, char *out, size_t size)
{
	char own[2][ORIGIN_BYTES];
	const char *given[GIVEN_WORDS + 1];
	size_t n = (size_t)snprintf(out, size, "%s", stage->words);

	give(r, stage, given, own);
	for (size_t i = 0; given[i] && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, " %s", given[i]);
	return out;
}

/* All that a process of the stage is started with. */
struct start {
	char buf[1024], own[2][ORIGIN_BYTES], path[PATHS_MAX_BYTES];
	const char *words[CHILD_WORDS];
	struct environment environment;
	int in, out;
};

static int plan_start(const struct ring *r, const struct ring_stage *stage, struct start *p)
{
	int n = cmdline_split(stage->words, p->buf, sizeof p->buf, p->words, CHILD_WORDS - GIVEN_WORDS);

	if (n < 1 || cmdline_find(r->super->bin, p->words[0], p->path, sizeof p->path) < 0)
		return -1;
	give(r, stage, p->words + n, p->own);
	environment_for_stage(&p->environment, r->generation->conf, r->agent, stage->child.name);
	p->in = stage->in;
	p->out = stage->out;
	return 0;
}

void launch_ask(struct ring *r, struct ring_stage *stage)
{
	struct start p;

	if (plan_start(r, stage, &p) < 0)
		return; /* executing it says why */
	(void)templates_ask(r->super, &stage->request, r->generation, stage->words, p.words, p.environment.list, p.in,
			    p.out);
	environment_wipe(&p.environment);
}

static int execute(const struct ring *r, struct ring_stage *stage)
{
	struct start p;
	pid_t pid;

	if (plan_start(r, stage, &p) < 0)
		return -1;
	pid = child_spawn(&stage->child, p.path, p.words, p.environment.list, p.in, p.out, -1);
	environment_wipe(&p.environment);
	return pid < 0 ? -1 : 0;
}

int launch(struct ring *r, struct ring_stage *stage, uint64_t until_us)
{
	if (stage->request.template && templates_take(&stage->request, &stage->child, until_us))
		return 0;
	return execute(r, stage);
}
