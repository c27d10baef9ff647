#include "context.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "json.h"
#include "log.h"
#include "people.h"
#include "utf8.h"

#define PATIENCE_US (100 * MS) /* the brain waits 150 */
#define ANSWER_US (10 * SECOND)
#define FACTS_BYTES_MAX 8192u
#define FACT_BYTES_MAX 1200u
#define TURNS_BYTES_MAX 32000u /* with the facts, one part of 48 KiB */

static void say(struct memory *m)
{
	const char *language = conf_text(m->stage->conf, "agent", m->agent, "language");
	struct cJSON *caller = json_make("id:s name:s? language:s?", log_tail(m->caller), *m->name ? m->name : NULL,
					 *language ? language : NULL);

	m->context_said = true;
	(void)stage_say(m->stage, EVENT_CONTEXT, "rev:n part:i parts:i caller:j facts:j summary:s? turns:j",
			(long long)m->context_rev, 1, 1, caller, cJSON_Duplicate(m->facts, true),
			*m->last_call ? m->last_call : NULL, turns_list(&m->turns, TURNS_BYTES_MAX));
}

static void say_newer(struct memory *m)
{
	timer_stop(&m->stage->loop, &m->context_timer);
	m->context_rev++;
	say(m);
}

static void on_patience_over(void *ctx)
{
	log_debug("the store has not answered yet, context is said without it");
	say_newer(ctx);
}

void context_open(struct memory *m)
{
	m->facts = cJSON_CreateArray();
	m->context_rev = m->list_rev = m->stage->life * MEMORY_REVS_PER_LIFE;
	m->context_timer = (struct timer){ .name = "context", .on = on_patience_over, .ctx = m };
}

void context_close(struct memory *m)
{
	cJSON_Delete(m->facts);
	m->facts = NULL;
}

/* The newest facts that fit: the oldest go first. */
static void bound_facts(struct memory *m)
{
	size_t bytes = 0;
	const struct cJSON *fact;

	cJSON_ArrayForEach(fact, m->facts)
		bytes += strlen(fact->valuestring);
	while (bytes > FACTS_BYTES_MAX && m->facts->child) {
		bytes -= strlen(m->facts->child->valuestring);
		cJSON_DeleteItemFromArray(m->facts, 0);
	}
}

static void add_fact(struct memory *m, const char *text, const char *author)
{
	char fact[FACT_BYTES_MAX], name[80];

	if (!text)
		return;
	people_author(m, author, name);
	snprintf(fact, sizeof fact, "%s%.*s", name, (int)utf8_clip(text, sizeof fact - sizeof name), text);
	cJSON_AddItemToArray(m->facts, cJSON_CreateString(fact));
	bound_facts(m);
}

void context_add_fact(struct memory *m, const char *text)
{
	add_fact(m, text, m->caller);
	say_newer(m);
}

static void on_answer(void *ctx, const struct cJSON *answer, bool sent)
{
	struct memory *m = ctx;
	size_t turns = m->turns.count;
	const struct cJSON *fact;
	const char *at = json_text(json_object(answer, "last"), "at");

	(void)sent;
	if (!json_flag(answer, "ok", false))
		return; /* said without it already, or will be */
	cJSON_ArrayForEach(fact, json_array(answer, "facts")) {
		add_fact(m, json_text(fact, "text"), json_text(fact, "caller"));
	}
	turns_load(&m->turns, json_array(answer, "turns"));
	if (at)
		snprintf(m->last_call, sizeof m->last_call, "Their last call was on %.10s.", at);
	if (!m->context_said || m->facts->child || at || m->turns.count != turns)
		say_newer(m); /* a rev that says nothing new would only make work */
}

void context_begin(struct memory *m)
{
	timer_after(&m->stage->loop, &m->context_timer, PATIENCE_US);
	(void)remote_ask(&m->store,
			 json_make("do:s call:s caller:s callers:j", "context", m->call, m->caller, people_sharing(m)),
			 ANSWER_US, on_answer, m);
}

void context_say(struct memory *m)
{
	if (m->context_said)
		say(m);
}
