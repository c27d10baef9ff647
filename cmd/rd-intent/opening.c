#include "opening.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "conf.h"
#include "hear.h"
#include "intent.h"
#include "json.h"
#include "paths.h"
#include "talk.h"

#define WAIT_US (150 * MS) /* nobody is waited for longer, rd-frames(7) */

static const char *setting(const struct intent *i, const char *key)
{
	return conf_text(i->stage.conf, "agent", i->stage.agent, key);
}

static void say_greeting(struct intent *i)
{
	if (*setting(i, "greeting"))
		orders_say(i, setting(i, "greeting"), NULL);
	else
		orders_phrase(i, "greeting");
}

static void say_fallback(struct intent *i)
{
	char phrase[48];

	snprintf(phrase, sizeof phrase, "fallback.%s", i->opening.why);
	orders_phrase(i, phrase);
}

static void greet(struct intent *i)
{
	struct opening *o = &i->opening;
	bool begun = (o->turns || o->resumed) && !o->switched; /* a new voice says who it is */

	if (i->dialog.greeted)
		return;
	i->dialog.greeted = true;
	if (*o->why)
		say_fallback(i);
	else if (!begun && strcmp(setting(i, "first-speaker"), "assistant") == 0)
		say_greeting(i);
	else
		dialog_save(i);
}

/* What one before us left: its orders, its question, its calls. */
static void go_on(struct intent *i)
{
	bool asked = false;

	for (size_t n = 0; n < i->orders.count; n++)
		asked |= i->orders.all[n].question;
	orders_again(i);
	calls_again(i);
	if (!asked)
		talk_ask_again(i);
}

static void go(struct intent *i)
{
	if (i->opening.ready)
		return;
	i->opening.ready = true;
	timer_stop(&i->stage.loop, &i->opening.timer);
	dialog_say_expect(i);
	if (i->dialog.recovered)
		go_on(i);
	greet(i);
	reminders_ask(i);
	hear_soon(i);
}

static void on_waited(void *ctx)
{
	go(ctx);
}

static void go_if_whole(struct intent *i)
{
	if (i->opening.setup && i->opening.context && i->calls.listed)
		go(i);
}

void opening_open(struct intent *i)
{
	i->opening.timer = (struct timer){ .name = "opening", .on = on_waited, .ctx = i };
	if (!i->stage.in_ring)
		i->opening.ready = i->dialog.greeted = true; /* by hand it only answers */
}

void opening_close(struct opening *o)
{
	parts_close(&o->parts);
}

void opening_setup(struct intent *i)
{
	if (i->opening.setup)
		return;
	i->opening.setup = true;
	if (!i->opening.ready)
		timer_after(&i->stage.loop, &i->opening.timer, WAIT_US);
	go_if_whole(i);
}

void opening_start(struct intent *i, const struct cJSON *event)
{
	struct opening *o = &i->opening;
	const char *resumed = json_text(event, "resumed"), *stream = json_text(event, "stream");
	bool again = o->started && stream && strcmp(o->stream, stream) == 0;

	if (again) /* state, said for somebody else */
		return;
	if (!o->started && resumed && strcmp(resumed, "no") != 0)
		o->resumed = true;
	if (o->started && resumed && strcmp(resumed, "transfer") == 0) /* nobody answered there */
		talk_words(i, "not-carried-out");
	o->started = true;
	snprintf(o->stream, sizeof o->stream, "%s", stream ? stream : "");
}

void opening_context(struct intent *i, const struct cJSON *event)
{
	struct opening *o = &i->opening;
	struct cJSON *turns;

	if (!parts_take(&o->parts, event))
		return;
	turns = parts_join(&o->parts, "turns");
	if (!o->context)
		o->turns = cJSON_GetArraySize(turns) > 0;
	parts_close(&o->parts);
	cJSON_Delete(turns);
	o->context = true;
	go_if_whole(i);
}

void opening_tools(struct intent *i)
{
	bool late = i->opening.ready && i->stage.in_ring && !i->reminders.timer.set && !i->reminders.said_next &&
		    !calls_open(i, CALL_DUE);

	if (late) /* they were not there at the greeting */
		reminders_ask(i);
	go_if_whole(i);
}

/* The caller's last words to a model are answered by us, or said again: should it come back, it is not to answer them.
 */
static void forget_untold(const struct intent *i)
{
	char path[PATHS_MAX_BYTES];

	if (i->stage.dir && paths_format(path, sizeof path, "%s/untold", i->stage.dir) == 0)
		(void)unlink(path);
}

void opening_switched(struct intent *i, const struct cJSON *event)
{
	struct opening *o = &i->opening;
	const char *by = json_text(event, "by"), *why = json_text(event, "why");

	if (!json_flag(event, "ok", false)) {
		if (by && strcmp(by, "caller") == 0)
			talk_words(i, "not-switched");
		return;
	}
	if (!json_text(event, "agent"))
		return;
	forget_untold(i);
	if (!o->ready && i->dialog.recovered) /* of an earlier time in this call */
		dialog_forget(i);
	o->switched = true;
	if (by && strcmp(by, "fallback") == 0)
		snprintf(o->why, sizeof o->why, "%s", why ? why : "failed");
	if (!o->ready) /* in place of the greeting */
		return;
	if (*o->why)
		say_fallback(i);
	else
		say_greeting(i);
}
