#include "reminders.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "intent.h"
#include "json.h"
#include "talk.h"
#include "when.h"

#define TOOL "remind"
#define LATE_S 120		 /* then it is said for when it was */
#define ASK_MAX_S 3600		 /* a clock may be set meanwhile */
#define QUESTION_US (3 * SECOND) /* a question of ours comes first */

static void on_timer(void *ctx)
{
	reminders_ask(ctx);
}

void reminders_open(struct intent *i)
{
	i->reminders.timer = (struct timer){ .name = "reminders", .on = on_timer, .ctx = i };
}

void reminders_ask(struct intent *i)
{
	if (!calls_has(i, TOOL))
		return;
	if (i->dialog.pending.intent) {
		timer_after(&i->stage.loop, &i->reminders.timer, QUESTION_US);
		return;
	}
	i->reminders.again = calls_open(i, CALL_DUE);
	if (i->reminders.again)
		return;
	(void)calls_run(i, CALL_DUE, TOOL, json_make("do:s", "due"), NULL);
}

static bool said_before(struct reminders *r, const char *id)
{
	for (size_t n = 0; n < REMINDERS_SAID; n++)
		if (strcmp(r->said[n], id) == 0)
			return true;
	snprintf(r->said[r->said_next++ % REMINDERS_SAID], sizeof r->said[0], "%s", id);
	return false;
}

static void say(struct intent *i, const struct cJSON *one)
{
	const char *id = json_text(one, "id"), *text = json_text(one, "text"), *at = json_text(one, "at");
	time_t now = (time_t)clock_unix_s(), when = now;
	char spoken[160];
	struct cJSON *fields;
	char *words;

	if (!id || !text || strlen(id) >= sizeof i->reminders.said[0] || said_before(&i->reminders, id))
		return;
	if (at)
		(void)when_read(at, &when);
	fields = json_make("text:s when:s", text, sentences_moment(i->sentences, when, now, spoken, sizeof spoken));
	words = sentences_fill(
		i->sentences,
		sentences_words(i->sentences, now - when > LATE_S ? "due-late" : "due", i->dialog.variant++), NULL,
		fields, now);
	orders_say(i, words, &(struct order_kind){ .reminder = id });
	free(words);
	cJSON_Delete(fields);
}

void reminders_due(struct intent *i, const struct cJSON *event)
{
	const struct cJSON *data = json_object(event, "data"), *one;
	const char *next = json_text(data, "next_at");
	time_t at, now = (time_t)clock_unix_s();

	cJSON_ArrayForEach(one, json_array(data, "due"))
		say(i, one);
	if (i->reminders.again)
		reminders_ask(i);
	else if (next && when_read(next, &at) == 0)
		timer_after(&i->stage.loop, &i->reminders.timer,
			    (uint64_t)(at <= now	      ? 1
				       : at - now > ASK_MAX_S ? ASK_MAX_S
							      : at - now) *
				    SECOND);
}

void reminders_told(struct intent *i, const char *id)
{
	(void)calls_run(i, CALL_TOLD, TOOL, json_make("do:s id:s", "told", id), NULL);
}
