#include "known.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "bridge.h"
#include "clock.h"
#include "conf.h"
#include "json.h"
#include "log.h"
#include "opening.h"
#include "prompt.h"
#include "settings.h"

#define WAIT_US (150 * MS)

static void on_waited(void *ctx)
{
	struct bridge *b = ctx;

	log_debug("waited for long enough tools=%d context=%d", b->known.tools, b->known.context);
	known_go(b);
}

void known_open(struct bridge *b, char *instructions)
{
	b->known.instructions = instructions;
	b->known.at = (time_t)clock_unix_s();
	b->known.timer = (struct timer){ .name = "known", .on = on_waited, .ctx = b };
	b->known.ready = !b->stage.in_ring;
}

void known_close(struct bridge *b)
{
	struct known *k = &b->known;

	timer_stop(&b->stage.loop, &k->timer);
	parts_close(&k->parts);
	cJSON_Delete(k->about);
	free(k->instructions);
	free(k->caller_name);
	free(k->task);
	*k = (struct known){ 0 };
}

void known_go(struct bridge *b)
{
	if (b->known.ready)
		return;
	timer_stop(&b->stage.loop, &b->known.timer);
	b->known.ready = true;
	session_ready(b);
}

static void go_if_whole(struct bridge *b)
{
	if (b->known.setup && b->known.tools && b->known.context)
		known_go(b);
}

static void replace(char **text, const char *by)
{
	free(*text);
	*text = by && *by ? strdup(by) : NULL;
}

void known_setup(struct bridge *b, const struct cJSON *event)
{
	const char *direction = json_text(event, "direction"), *from = json_text(event, "from");
	const char *name = json_text(event, "caller_name");

	if (b->known.setup) /* state that was said again for somebody else */
		return;
	b->known.setup = true;
	b->known.outbound = direction && strcmp(direction, "out") == 0;
	if (from && conf_has(b->stage.conf, "caller", from) && *conf_text(b->stage.conf, "caller", from, "name"))
		name = conf_text(b->stage.conf, "caller", from, "name");
	replace(&b->known.caller_name, name);
	replace(&b->known.task, json_text(event, "task"));
	if (!b->known.ready)
		timer_after(&b->stage.loop, &b->known.timer, WAIT_US);
	go_if_whole(b);
}

void known_start(struct bridge *b, const struct cJSON *event)
{
	const char *stream = json_text(event, "stream"), *resumed = json_text(event, "resumed");
	struct known *k = &b->known;
	bool again = k->started && stream && strcmp(k->stream, stream) == 0;
	bool first = !k->started;

	if (again)
		return;
	k->started = true;
	k->started_us = clock_us();
	k->lost = false;
	session_waited_for(b);
	snprintf(k->stream, sizeof k->stream, "%s", stream ? stream : "");
	if (resumed && strcmp(resumed, "no") != 0)
		k->begun = true;
	/* what was said before a successor's time comes right behind, and is told first */
	if (b->stage.life == 0 || !b->backlog.map->untold.spoken)
		known_go(b);
	else if (!k->ready && !k->timer.set)
		timer_after(&b->stage.loop, &k->timer, WAIT_US);
	if (first && k->begun && !k->untouched &&
	    b->turn.greeting) /* it was prepared for a call that has begun long ago */
		interrupt(b, "stop");
	if (!first && resumed && strcmp(resumed, "transfer") == 0) {
		opening_note(b, "The transfer was not answered: the caller is back with you. Say so and offer what "
				"else can be done.");
		answer_ask(b, NULL);
	}
	opening_greet(b);
}

void known_lost(struct bridge *b)
{
	b->known.lost = true;
	b->known.begun = true;
}

void known_tools(struct bridge *b, const struct frame *f, const struct cJSON *event)
{
	bool changed = offer_take(&b->offer, f->origin, event);

	b->known.tools = true;
	if (changed)
		session_tools(b);
	go_if_whole(b);
}

/* What of a context belongs into the instructions. */
static struct cJSON *about(struct parts *p)
{
	struct cJSON *caller = cJSON_Duplicate(json_object(parts_with(p, "caller"), "caller"), 1);

	return json_make("caller:j? facts:j? summary:s?", caller, parts_join(p, "facts"),
			 json_text(parts_with(p, "summary"), "summary"));
}

static bool says_something(const struct cJSON *about)
{
	const struct cJSON *facts = json_array(about, "facts");

	return json_object(about, "caller") || json_text(about, "summary") || (facts && facts->child);
}

void known_context(struct bridge *b, const struct cJSON *event)
{
	struct known *k = &b->known;
	struct cJSON *was = k->about, *turns;
	bool taken;

	if (!parts_take(&k->parts, event))
		return;
	k->about = about(&k->parts);
	turns = parts_join(&k->parts, "turns");
	parts_close(&k->parts);
	k->context = true;
	k->untouched = k->untouched || (b->items.newest == 0 && b->history.count == 0 && !cJSON_GetArraySize(turns));
	/* what we have begun ourselves is no story of before */
	taken = b->items.newest == 0 && history_take(&b->history, turns);
	/* later facts are those that the model has just asked to be remembered: they wait for the next session */
	if (!says_something(was) && says_something(k->about))
		session_tools(b);
	if (taken)
		opening_late(b);
	opening_greet(b);
	cJSON_Delete(turns);
	cJSON_Delete(was);
	go_if_whole(b);
}

char *known_prompt(struct bridge *b)
{
	const struct known *k = &b->known;
	struct cJSON *tools = offer_all(&b->offer);
	struct prompt p = { .instructions = k->instructions,
			    .tools = tools,
			    .context = k->about,
			    .caller_name = k->caller_name,
			    .language = settings_of(b, "language"),
			    .task = k->task,
			    .outbound = k->outbound,
			    .now = k->at };
	char *text = prompt_join(&p);

	cJSON_Delete(tools);
	return text;
}
