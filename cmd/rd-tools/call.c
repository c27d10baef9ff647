#include "call.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "clock.h"
#include "conf.h"
#include "gate.h"
#include "json.h"
#include "log.h"
#include "schema.h"
#include "toolcage.h"
#include "utf8.h"

#define LINES_MAX 100 /* of log and progress, of one call */

void call_drop(struct call *k)
{
	struct calls *c = k->calls;

	for (struct call **p = &c->first; *p; p = &(*p)->next)
		if (*p == k) {
			*p = k->next;
			break;
		}
	if (k->running)
		c->running--;
	else
		c->waiting--;
	worker_close(&k->worker);
	timer_stop(&c->stage->loop, &k->late);
	cJSON_Delete(k->arguments);
	free(k->id);
	free(k);
}

/* --- answers */

/* A result that no frame holds, for all its data, goes without them. */
static void say_result(struct stage *s, const struct cJSON *event)
{
	struct cJSON *copy = cJSON_Duplicate(event, true);

	if (copy && stage_say_object(s, copy) < 0 && errno == EMSGSIZE) {
		copy = cJSON_Duplicate(event, true);
		cJSON_DeleteItemFromObjectCaseSensitive(copy, "data");
		if (copy)
			(void)stage_say_object(s, copy); /* its text is at most a frame's: TOOL_OUTPUT_MAX_BYTES */
	}
}

void call_tell(struct calls *c, struct journal_entry *e)
{
	const struct cJSON *one;

	say_result(c->stage, json_object(e->result, "event"));
	cJSON_ArrayForEach(one, json_array(e->result, "say")) {
		struct cJSON *copy = cJSON_Duplicate(one, true);

		if (copy)
			(void)stage_say_object(c->stage, copy);
	}
	if (!c->stage->in_ring) /* in a ring coming home is the receipt */
		(void)journal_told(&c->journal, e);
}

void call_tell_again(struct calls *c, const struct journal_entry *e)
{
	const struct cJSON *event = json_object(e->result, "event");

	if (event)
		say_result(c->stage, event);
}

void call_answer(struct calls *c, const char *id, struct cJSON *event, struct cJSON *say)
{
	struct journal_entry *e = journal_find(&c->journal, id);

	if (!e) {
		say_result(c->stage, event);
		cJSON_Delete(event);
		cJSON_Delete(say);
		return;
	}
	if (journal_done(&c->journal, e, json_make("event:j say:j?", event, say)) < 0)
		log_warn("cannot write the journal: %s", strerror(errno));
	call_tell(c, e);
}

void call_refuse(struct call *k, const char *outcome, const char *text)
{
	struct calls *c = k->calls;

	log_info("tool refused name=%s outcome=%s", k->name, outcome);
	call_answer(c, k->id, answer_refusal(k->id, k->name, outcome, text), NULL);
	call_drop(k);
}

/* The caller's own section, or everybody's. */
static size_t agents_of_caller(const struct calls *c, const char *const **agents)
{
	return conf_list(c->stage->conf, "caller", conf_has(c->stage->conf, "caller", c->person) ? c->person : "*",
			 "agents", agents);
}

/* What it wants said may be said, or its answer is that it may not. */
static struct cJSON *pass_gate(struct call *k, struct cJSON *event, struct cJSON **say)
{
	struct gate g = { .id = k->id, .name = k->name, .says = k->says };
	char why[200], text[300];

	g.transfer_count =
		conf_list(k->calls->stage->conf, "agent", k->calls->box->agent, "transfer-to", &g.transfer_to);
	g.agent_count = agents_of_caller(k->calls, &g.agents);
	if (!*say || gate_check(&g, *say, why, sizeof why) == 0)
		return event;
	log_warn("tool may not say what it wants to name=%s why=\"%s\"", k->name, why);
	snprintf(text, sizeof text, "%s was refused: %s.", k->name, why);
	cJSON_Delete(*say);
	cJSON_Delete(event);
	*say = NULL;
	return answer_refusal(k->id, k->name, "failed", text);
}

static void on_ended(struct worker *w, int status)
{
	struct call *k = w->ctx;
	struct calls *c = k->calls;
	struct answer_of a = { .id = k->id,
			       .name = k->name,
			       .effect = k->effect,
			       .timeout_s = k->timeout_s,
			       .why = w->why,
			       .status = status,
			       .output = w->output,
			       .n = w->n,
			       .reason = k->reason };
	struct cJSON *say, *event = answer_event(&a, &say);

	event = pass_gate(k, event, &say);
	log_info("tool ended name=%s outcome=%s ms=%llu", k->name, event ? json_text(event, "outcome") : "?",
		 (unsigned long long)((clock_us() - k->started_us) / MS));
	call_answer(c, k->id, event, say);
	call_drop(k);
	calls_end_orphans(c);
	calls_go(c);
}

/* fd 3 is progress, fd 2 its log. */
static void on_line(struct worker *w, int fd, const char *line)
{
	struct call *k = w->ctx;
	char text[WORKER_LINE_MAX];

	if (k->lines++ >= LINES_MAX) {
		if (k->lines == LINES_MAX + 1)
			log_warn("tool says too much, the rest is dropped name=%s lines=%d", k->name, LINES_MAX);
		return;
	}
	snprintf(text, sizeof text, "%s", line);
	utf8_clean(text, strlen(text));
	if (fd == 3)
		(void)stage_say(k->calls->stage, EVENT_TOOL_PROGRESS, "id:s text:s", k->id, text);
	else
		log_info("tool says name=%s text=\"%s\"", k->name, text);
}

/* --- the start */

/* The call of the telephone and that of the tool in it: together unlike any other. */
static int add_key(struct toolenv *env, const struct call *k)
{
	char key[sizeof k->calls->id + CALLS_ID_MAX_BYTES + 2];

	snprintf(key, sizeof key, "%s/%s", k->calls->id, k->id);
	return toolenv_add(env, "RINGDOWN_TOOL_CALL", key);
}

static int add_call(struct toolenv *env, const struct call *k)
{
	const struct calls *c = k->calls;
	const struct conf *conf = c->stage->conf;
	const char *name = conf_text(conf, "tool", k->name, "secret"), *value;
	const char *household =
		conf_has(conf, "caller", c->person) ? conf_text(conf, "caller", c->person, "household") : "";

	if (toolenv_add(env, "RINGDOWN_CALL", c->id) < 0 || add_key(env, k) < 0 ||
	    toolenv_add(env, "RINGDOWN_CALLER", c->person) < 0 || toolenv_add(env, "RINGDOWN_HOUSEHOLD", household) < 0)
		return -1;
	value = *name ? secrets_find(c->secrets, name) : NULL;
	return value ? toolenv_add(env, name, value) : 0;
}

static int run(struct call *k, const struct toolbox_tool *t)
{
	struct toolcage_order caged = {
		.tool = k->name, .words = t->words, .network = t->tool.network, .cpu_s = k->timeout_s
	};
	struct toolcage cage;
	struct worker_order order = { .path = cage.program,
				      .argv = cage.words,
				      .output_max = TOOL_OUTPUT_MAX_BYTES,
				      .limit_us = k->timeout_s * SECOND };
	struct toolenv env;
	char *input = cJSON_PrintUnformatted(k->arguments);
	int failed = -1, saved;

	if (input && toolenv_open(&env, k->calls->stage->conf, k->calls->box->agent, k->name) == 0) {
		order.envp = (const char *const *)env.lines;
		order.input = input;
		order.n = strlen(input);
		failed = add_call(&env, k) < 0 || toolcage_open(&cage, k->calls->stage->conf, &caged) < 0 ||
					 worker_start(&k->worker, &k->calls->stage->loop, &order) < 0
				 ? -1
				 : 0;
		saved = errno;
		toolenv_close(&env);
		errno = saved;
	}
	free(input);
	return failed;
}

/* Writes down that it is about to run. Without that a tool with effects does not: nobody could tell after a crash. */
int call_note_begun(struct call *k)
{
	struct journal_entry *e = journal_find(&k->calls->journal, k->id);

	if (!e || journal_begun(&k->calls->journal, e, k->effect) == 0)
		return 0;
	log_warn("cannot write the journal: %s", strerror(errno));
	return k->effect == TOOL_NONE ? 0 : -1;
}

static int try_start(struct call *k, const struct toolbox_tool *t, char *why, size_t size)
{
	if (schema_check(t->tool.parameters, k->arguments, why, size) < 0)
		return -1;
	if (call_note_begun(k) < 0) {
		snprintf(why, size, "The journal of the call cannot be written, so %s was not run.", k->name);
		return -1;
	}
	if (run(k, t) < 0) {
		snprintf(why, size, "%s cannot be started: %s.", k->name, strerror(errno));
		return -1;
	}
	return 0;
}

void call_start(struct call *k, const struct toolbox_tool *t)
{
	struct calls *c = k->calls;
	struct journal_entry *e;
	char why[300];

	k->effect = tool_effect_of(&t->tool, k->arguments);
	k->says = t->tool.says;
	k->timeout_s = t->timeout_s;
	k->started_us = clock_us();
	k->worker.on_line = on_line;
	k->worker.on_end = on_ended;
	k->worker.ctx = k;
	if (try_start(k, t, why, sizeof why) < 0) {
		call_refuse(k, "failed", why);
		return;
	}
	k->running = true;
	c->waiting--;
	c->running++;
	e = journal_find(&c->journal, k->id);
	if (e)
		(void)journal_running(&c->journal, e,
				      k->worker.pid); /* if it fails, a leftover is not found: as without pid */
}
