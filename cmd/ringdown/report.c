#include "report.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "call.h"
#include "generation.h"
#include "json.h"
#include "launch.h"
#include "super.h"

static const char *state_of(const struct child *c)
{
	return c->pid == 0 ? c->again.set ? "waiting" : "down" : c->ready || c->owner ? "up" : "starting";
}

static struct cJSON *services(const struct super *s)
{
	struct cJSON *list = cJSON_CreateArray();

	for (int i = 0; list && i < SUPER_SERVICES; i++) {
		const struct child *c = &s->services[i];

		if (c->pid == 0 && !service_wanted(s, i))
			continue;
		cJSON_AddItemToArray(list, json_make("program:s pid:i life:i state:s", c->name, (int)c->pid,
						     (int)c->life, state_of(c)));
	}
	return list;
}

static struct cJSON *stages(const struct ring *r)
{
	struct cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; list && i < r->count; i++) {
		const struct ring_stage *g = r->stages[i];

		cJSON_AddItemToArray(list, json_make("place:i program:s pid:i life:i state:s queue:n high:n shed:n",
						     (int)g->place, g->child.name, (int)g->child.pid,
						     (int)g->child.life, state_of(&g->child), (long long)g->depth,
						     (long long)g->high, (long long)g->shed));
	}
	return list;
}

struct cJSON *report_status(const struct super *s, double id)
{
	struct cJSON *calls = cJSON_CreateArray();

	for (const struct call *c = s->calls; calls && c; c = c->next)
		if (c->has_ring)
			cJSON_AddItemToArray(calls,
					     json_make("call:s agent:s from_tail:s since:s state:s stages:j", c->id,
						       c->agent, c->from_tail, c->since, c->state, stages(&c->ring)));
	return json_make("id:f ok:b version:s config:i listen:s state:s services:j calls:j", id, 1, RD_VERSION,
			 s->generation->number, s->address,
			 s->stopping   ? "stopping"
			 : s->draining ? "draining"
			 : s->ready    ? "ready"
				       : "starting",
			 services(s), calls);
}

struct cJSON *report_show(struct call *c, double id)
{
	struct cJSON *list = cJSON_CreateArray();
	char line[2048];

	for (size_t i = 0; list && i < c->ring.count; i++)
		cJSON_AddItemToArray(list, json_make("program:s command:s", c->ring.stages[i]->child.name,
						     launch_command(&c->ring, c->ring.stages[i], line, sizeof line)));
	return json_make("id:f ok:b call:s agent:s dir:s stages:j", id, 1, c->id, c->agent, c->dir, list);
}
