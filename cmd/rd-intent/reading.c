#include "reading.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intent.h"
#include "json.h"
#include "rest.h"
#include "talk.h"

static void fetch(struct intent *i, long from)
{
	struct reading *r = &i->reading;
	struct cJSON *arguments = json_make("do:s name:s? from:n", "read", *r->name ? r->name : NULL, (long long)from);

	if (arguments && !*r->name)
		cJSON_AddNumberToObject(arguments, "n", (double)r->number);
	r->asked = arguments && calls_run(i, CALL_READ, READING_TOOL, arguments, NULL) == 0;
}

void reading_begin(struct intent *i, const struct sentences_match *m)
{
	const struct sentences_slot *name = sentences_slot(m, "document"), *number = sentences_slot(m, "number");

	i->reading = (struct reading){ .active = true, .number = number ? number->number : 1 };
	if (name)
		snprintf(i->reading.name, sizeof i->reading.name, "%s", *name->value ? name->value : name->text);
	rest_forget(i);
	dialog_settle(i);
	fetch(i, 1);
}

bool reading_from(struct intent *i, long paragraph)
{
	if (!i->reading.active)
		return false;
	rest_forget(i);
	if (i->reading.paragraphs && paragraph > i->reading.paragraphs) {
		reading_stop(i);
		talk_words(i, "the-end");
		return true;
	}
	fetch(i, paragraph > 1 ? paragraph : 1);
	return true;
}

void reading_stop(struct intent *i)
{
	i->reading = (struct reading){ .active = false };
	rest_forget(i);
	if (!i->dialog.pending.intent)
		dialog_settle(i);
}

void reading_pause(struct intent *i, bool on)
{
	if (!i->reading.active || i->reading.paused == on)
		return;
	i->reading.paused = on;
	i->reading.stopped = false;
	if (!i->dialog.pending.intent)
		dialog_settle(i);
}

/* Each paragraph is said by itself, so that one can go to the next. */
static void say_paragraphs(struct intent *i, const char *text, long from)
{
	char *copy = strdup(text), *save = NULL;

	for (char *one = copy ? strtok_r(copy, "\n", &save) : NULL; one; one = strtok_r(NULL, "\n", &save))
		orders_say(i, one, &(struct order_kind){ .paragraph = from++ });
	free(copy);
}

void reading_result(struct intent *i, const struct cJSON *event)
{
	const struct cJSON *data = json_object(event, "data");
	const char *text = json_text(data, "text");
	struct reading *r = &i->reading;

	if (!r->active || !r->asked) /* stopped meanwhile */
		return;
	r->asked = false;
	if (!json_flag(event, "ok", false) || !text) {
		reading_stop(i);
		talk_unread(i, event);
		return;
	}
	r->to = json_whole(data, "to", 1, 1, 1 << 20);
	r->paragraphs = json_whole(data, "paragraphs", 0, 0, 1 << 20);
	r->more = json_flag(data, "more", false);
	reading_pause(i, false);
	say_paragraphs(i, text, json_whole(data, "from", 1, 1, 1 << 20));
}

void reading_made(struct intent *i, long paragraph)
{
	if (i->reading.active && i->reading.more && !i->reading.asked && paragraph >= i->reading.to)
		fetch(i, i->reading.to + 1);
}

void reading_heard(struct intent *i, long paragraph)
{
	if (!i->reading.active || i->reading.more || paragraph < i->reading.to)
		return;
	reading_stop(i);
	talk_words(i, "the-end");
}

struct cJSON *reading_write(const struct reading *r)
{
	return json_make("active:b more:b asked:b paused:b name:s number:n to:n paragraphs:n", (int)r->active,
			 (int)r->more, (int)r->asked, (int)r->paused, r->name, (long long)r->number, (long long)r->to,
			 (long long)r->paragraphs);
}

void reading_read(struct reading *r, const struct cJSON *from)
{
	const char *name = json_text(from, "name");

	*r = (struct reading){ .active = json_flag(from, "active", false),
			       .more = json_flag(from, "more", false),
			       .asked = json_flag(from, "asked", false),
			       .paused = json_flag(from, "paused", false),
			       .number = json_whole(from, "number", 1, 1, 1 << 20),
			       .to = json_whole(from, "to", 0, 0, 1 << 20),
			       .paragraphs = json_whole(from, "paragraphs", 0, 0, 1 << 20) };
	snprintf(r->name, sizeof r->name, "%s", name ? name : "");
}
