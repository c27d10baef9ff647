#include "agent.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "clock.h"
#include "conf.h"
#include "control.h"
#include "folder.h"
#include "generation.h"
#include "json.h"
#include "log.h"
#include "pipeline.h"
#include "super.h"

#define FAILURES_FALLBACK 5 /* where somebody else can take over, a stage's last pause is not waited for: 1.3 s */
#define PROOF_US (1 * SECOND)

static const char *const last_resorts[] = { "offline", AGENT_LAST_RESORT };
#define LAST_RESORTS (sizeof last_resorts / sizeof *last_resorts)

static const struct conf *conf_of(const struct call *c)
{
	return c->ring.generation->conf;
}

static const char *stages_of(const struct conf *conf, const char *agent)
{
	return conf_text(conf, "pipeline", conf_text(conf, "agent", agent, "pipeline"), "stages");
}

/* The configuration's own word for it, which lives as long as the call; NULL: there is no such agent. */
static const char *title_of(const struct conf *conf, const char *agent)
{
	const char *title;

	for (size_t i = 0; (title = conf_title(conf, "agent", i)); i++)
		if (strcmp(title, agent) == 0)
			return title;
	return NULL;
}

bool agent_usable(struct super *s, const struct conf *conf, const char *agent)
{
	char error[256];

	return title_of(conf, agent) && pipeline_check(s, stages_of(conf, agent), error, sizeof error) == 0;
}

/* --- who is next */

static bool has_failed(const struct call *c, const char *agent)
{
	for (size_t i = 0; i < c->change.failed_count; i++)
		if (strcmp(c->change.failed[i], agent) == 0)
			return true;
	return false;
}

static bool may_follow(const struct call *c, const char *agent)
{
	return strcmp(agent, c->agent) != 0 && !has_failed(c, agent) && agent_usable(c->super, conf_of(c), agent);
}

static const char *next_of(const struct call *c, const char *agent)
{
	const char *const *list;
	size_t n = conf_list(conf_of(c), "agent", agent, "fallback", &list);

	for (size_t i = 0; i < n; i++)
		if (may_follow(c, list[i]))
			return list[i];
	return NULL;
}

/* Of the one that fails, of the call's first, of those that need nothing. NULL: nobody is left. */
static const char *next_agent(const struct call *c)
{
	const char *next = c->change.failed_count < AGENT_FAILURES ? next_of(c, c->agent) : NULL;

	if (c->change.failed_count == AGENT_FAILURES)
		return NULL;
	if (!next && c->change.first)
		next = next_of(c, c->change.first);
	for (size_t i = 0; !next && i < LAST_RESORTS; i++)
		if (may_follow(c, last_resorts[i]))
			next = last_resorts[i];
	return next;
}

static void be_patient(struct call *c)
{
	c->ring.failures_max = next_agent(c) ? FAILURES_FALLBACK : RING_FAILURES_MAX;
}

/* --- the change itself */

static void tell(const struct ring_stage *monitor, struct cJSON *message)
{
	char *json = json_print(message);

	if (json && child_send((struct child *)&monitor->child, json, NULL, 0, -1) < 0)
		log_debug("cannot tell rd-monitor: %s", strerror(errno));
	free(json);
}

static void on_proof(void *ctx)
{
	struct call *c = ctx;

	c->change.untold = false;
	control_agent(c->super->control, c, NULL);
}

/* The carrier stage, which lives on, says call.setup with it from now on. */
static void tell_carrier(struct call *c)
{
	char *json = json_print(json_make("do:s agent:s", "agent", c->agent));

	if (json)
		(void)child_send(&c->ring.stages[0]->child, json, NULL, 0, -1); /* its successor reads call.json */
	free(json);
}

static int hand_over(struct call *c, const char *agent, const char *by, char *error, size_t size)
{
	if (ring_replace(&c->ring, stages_of(conf_of(c), agent), error, size) < 0)
		return -1;
	control_agent(c->super->control, c, "another agent has taken over");
	snprintf(c->agent, sizeof c->agent, "%s", agent);
	snprintf(c->change.by, sizeof c->change.by, "%s", by);
	c->change.untold = true;
	timer_stop(&c->super->loop, &c->change.proof);
	if (folder_agent(c, agent) < 0)
		log_warn("cannot write %s/call.json: %s", c->dir, strerror(errno));
	tell_carrier(c);
	be_patient(c);
	return 0;
}

/* From now on a failure is the new one's. */
static void announce(struct call *c)
{
	struct agent_change *h = &c->change;
	bool fallback = strcmp(h->by, "fallback") == 0;
	char shown[16];

	snprintf(h->told, sizeof h->told, "%s", fallback ? h->why : "");
	snprintf(h->why, sizeof h->why, "failed");
	log_info("agent %s has the call by=%s%s%s call=%s", c->agent, h->by, fallback ? " why=" : "", h->told,
		 log_short_call(c->id, shown));
}

/* In the ring rd-monitor says so; where there is none, the first behind the carrier stage, which starts last, stands
 * for all. */
void agent_started(struct call *c, struct ring_stage *stage)
{
	struct agent_change *h = &c->change;
	bool monitor = strcmp(stage->child.name, "rd-monitor") == 0;

	if (!h->untold || (!monitor && (c->ring.count < 2 || stage != c->ring.stages[1])))
		return;
	if (!h->proof.set)
		announce(c);
	if (monitor)
		tell(stage, json_make("do:s agent:s by:s ok:b why:s?", "switched", c->agent, h->by, 1,
				      h->told[0] ? h->told : NULL));
	timer_after(&c->super->loop, &h->proof, PROOF_US);
}

/* --- because a stage will not run */

/* Who comes after the one that has the call, which is used up; NULL: nobody. */
static const char *use_up(struct call *c)
{
	const char *next = next_agent(c), *title = title_of(conf_of(c), c->agent);

	if (title && !has_failed(c, title) && c->change.failed_count < AGENT_FAILURES)
		c->change.failed[c->change.failed_count++] = title;
	return next;
}

static void on_fallback(void *ctx)
{
	struct call *c = ctx;
	char error[256], shown[16], before[sizeof c->agent];
	const char *next = use_up(c);

	snprintf(before, sizeof before, "%s", c->agent);
	if (c->ring.state != RING_OPEN || strcmp(c->state, "ending") == 0)
		return;
	if (next && hand_over(c, next, "fallback", error, sizeof error) == 0) {
		log_warn("agent %s cannot go on, agent %s takes over call=%s", before, next,
			 log_short_call(c->id, shown));
		return;
	}
	if (next)
		log_error("agent %s cannot take over: %s", next, error);
	call_end(c, "failed", conf_text(conf_of(c), "agent", c->agent, "apology"));
}

int agent_lay(struct call *c, char *error, size_t size)
{
	const char *next;

	while (ring_open(&c->ring, stages_of(conf_of(c), c->agent), error, size) < 0) {
		next = use_up(c);
		if (!next)
			return -1;
		log_warn("agent %s cannot have the call: %s; agent %s takes it", c->agent, error, next);
		snprintf(c->agent, sizeof c->agent, "%s", next);
		snprintf(c->change.by, sizeof c->change.by, "fallback");
		c->change.untold = true;
		if (folder_agent(c, next) < 0)
			log_warn("cannot write %s/call.json: %s", c->dir, strerror(errno));
	}
	be_patient(c);
	return 0;
}

void agent_failed(struct call *c, const char *stage, int code)
{
	const char *next = next_agent(c);
	char shown[16], why[160];

	snprintf(why, sizeof why, "%s will not run", stage);
	control_agent(c->super->control, c, why);
	if (c->change.fallback.set)
		return; /* two of one agent */
	if (next)
		log_warn("%s will not run call=%s code=%d", stage, log_short_call(c->id, shown), code);
	else
		log_error("%s will not run, ending the call with an apology call=%s code=%d", stage,
			  log_short_call(c->id, shown), code);
	timer_after(&c->super->loop, &c->change.fallback, 0);
}

void agent_brain_failed(struct call *c, const struct cJSON *message)
{
	const char *why = json_text(message, "why");

	if (why)
		snprintf(c->change.why, sizeof c->change.why, "%s", why);
}

/* --- because somebody wants it */

static bool caller_may(const struct call *c, const char *agent)
{
	char person[64];
	const char *who = folder_person(c, person, sizeof person);
	const char *const *agents;
	size_t n = conf_list(conf_of(c), "caller", *who && conf_has(conf_of(c), "caller", who) ? who : "*", "agents",
			     &agents);

	for (size_t i = 0; i < n; i++)
		if (strcmp(agents[i], agent) == 0)
			return true;
	return false;
}

int agent_switch(struct call *c, const char *agent, const char *by, char *error, size_t size)
{
	const char *title = title_of(conf_of(c), agent);

	if (!title) {
		snprintf(error, size, "no agent %.60s", agent);
		return -1;
	}
	if (strcmp(by, "operator") != 0 && !caller_may(c, title)) {
		snprintf(error, size, "this caller may not switch to %s", title);
		return -1;
	}
	if (strcmp(title, c->agent) == 0) {
		snprintf(error, size, "agent %s has the call already", title);
		return -1;
	}
	if (c->ring.state != RING_OPEN || strcmp(c->state, "ending") == 0 || c->change.fallback.set) {
		snprintf(error, size, "the call is about to end, or to be taken over");
		return -1;
	}
	for (size_t i = 0; i < c->change.failed_count; i++) /* they want to try it again */
		if (c->change.failed[i] == title)
			c->change.failed[i] = c->change.failed[--c->change.failed_count];
	return hand_over(c, title, by, error, size);
}

void agent_asked(struct call *c, struct ring_stage *monitor, const struct cJSON *message)
{
	const char *agent = json_text(message, "agent"), *by = json_text(message, "by");
	bool operator_wants = by && strcmp(by, "operator") == 0;
	char error[256], shown[16];

	if (!agent || agent_switch(c, agent, operator_wants ? "operator" : "caller", error, sizeof error) == 0)
		return;
	log_info("agent not switched: %s call=%s", error, log_short_call(c->id, shown));
	tell(monitor, json_make("do:s agent:s by:s ok:b why:s", "switched", agent, by ? by : "caller", 0, error));
}

/* --- open and close */

void agent_open(struct call *c)
{
	c->change = (struct agent_change){ .first = title_of(conf_of(c), c->agent) };
	snprintf(c->change.why, sizeof c->change.why, "failed");
	c->change.proof = (struct timer){ .name = "agent", .on = on_proof, .ctx = c };
	c->change.fallback = (struct timer){ .name = "fallback", .on = on_fallback, .ctx = c };
}

void agent_close(struct call *c)
{
	timer_stop(&c->super->loop, &c->change.proof);
	timer_stop(&c->super->loop, &c->change.fallback);
}
