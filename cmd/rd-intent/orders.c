#include "orders.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "frame.h"
#include "intent.h"
#include "json.h"
#include "rest.h"
#include "talk.h"

#ifndef __clang__ /* gcc's analyzer does not see that an array keeps what was put into it */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

void orders_drop(struct orders *o, size_t at)
{
	struct order *one = &o->all[at];

	free(one->text);
	free(one->made);
	cJSON_Delete(one->spans);
	memmove(one, one + 1, (o->count - at - 1) * sizeof *one);
	o->count--;
}

static struct order *find_id(struct orders *o, const char *id)
{
	for (size_t n = 0; id && n < o->count; n++)
		if (strcmp(o->all[n].id, id) == 0)
			return &o->all[n];
	return NULL;
}

/* --- saying */

/* The oldest that was made makes room: who never heard of its being heard does not need it. */
static struct order *add(struct intent *i)
{
	struct orders *o = &i->orders;
	struct order *one;

	if (o->count == ORDERS_MAX)
		orders_drop(o, 0);
	one = &o->all[o->count++];
	*one = (struct order){ .home = false };
	snprintf(one->id, sizeof one->id, "i%lu", ++o->next);
	return one;
}

static void say(struct intent *i, struct order *one)
{
	double rate = i->dialog.rate;

	i->state = NULL; /* the next state is the speaker's to say */
	if (one->text && rate != 1)
		(void)stage_say(&i->stage, EVENT_ASSISTANT_SAY, "text:s interrupt:b id:s rate:f", one->text, 0, one->id,
				rate);
	else if (one->text)
		(void)stage_say(&i->stage, EVENT_ASSISTANT_SAY, "text:s interrupt:b id:s", one->text, 0, one->id);
	else
		(void)stage_say(&i->stage, EVENT_ASSISTANT_SAY, "phrase:s interrupt:b id:s", one->phrase, 0, one->id);
	one->seq = i->stage.seq;
	one->home = !i->stage.in_ring;
}

static void set_kind(struct order *one, const struct order_kind *kind)
{
	one->paragraph = kind->paragraph;
	one->question = kind->question;
	one->minor = kind->minor;
	snprintf(one->reminder, sizeof one->reminder, "%s", kind->reminder ? kind->reminder : "");
}

void orders_say(struct intent *i, const char *text, const struct order_kind *kind)
{
	static const struct order_kind plain;
	struct order *one;

	if (!text || !*text)
		return;
	kind = kind ? kind : &plain;
	one = add(i);
	one->text = strdup(text);
	if (!one->text) {
		i->orders.count--;
		return;
	}
	set_kind(one, kind);
	if (!kind->minor)
		dialog_last(i, text);
	dialog_save(i);
	say(i, one);
}

void orders_phrase(struct intent *i, const char *name)
{
	struct order *one = add(i);

	snprintf(one->phrase, sizeof one->phrase, "%s", name);
	dialog_save(i);
	say(i, one);
}

bool orders_open(const struct intent *i)
{
	for (size_t n = 0; n < i->orders.count; n++)
		if (!i->orders.all[n].cut && !i->orders.all[n].heard)
			return true;
	return false;
}

bool orders_making(const struct intent *i)
{
	for (size_t n = 0; n < i->orders.count; n++)
		if (!i->orders.all[n].cut && !i->orders.all[n].done)
			return true;
	return false;
}

void orders_silence(struct intent *i, const char *why)
{
	char id[40];

	if (!orders_open(i))
		return;
	snprintf(id, sizeof id, "intent-%u-%lu", i->stage.life, ++i->orders.next);
	(void)stage_say(&i->stage, EVENT_CALL_CLEAR, "why:s id:s", why, id);
	orders_clear(i);
}

/* --- the ring's word */

void orders_text(struct intent *i, const struct cJSON *event)
{
	struct order *one = find_id(&i->orders, json_text(event, "say"));
	const char *text = json_text(event, "text");
	const struct cJSON *span;
	size_t had;
	char *made;

	if (!one || !text)
		return;
	one->item = frame_item_parse(json_text(event, "item"));
	had = one->made ? strlen(one->made) : 0;
	made = realloc(one->made, had + strlen(text) + 1);
	if (!made)
		return;
	memcpy(made + had, text, strlen(text) + 1);
	one->made = made;
	one->sent_ms = json_whole(event, "sent_ms", one->sent_ms, 0, 1L << 30);
	if (!one->spans)
		one->spans = cJSON_CreateArray();
	cJSON_ArrayForEach(span, json_array(event, "spans"))
		cJSON_AddItemToArray(one->spans, cJSON_Duplicate(span, 1));
}

void orders_done(struct intent *i, const struct cJSON *event)
{
	struct order *one = find_id(&i->orders, json_text(event, "say"));
	const char *status = json_text(event, "status");

	if (!one)
		return;
	one->item = frame_item_parse(json_text(event, "item"));
	one->sent_ms = json_whole(event, "sent_ms", one->sent_ms, 0, 1L << 30);
	one->done = true;
	if (status && strcmp(status, "complete") != 0)
		return;
	if (one->paragraph)
		reading_made(i, one->paragraph);
	if (!one->sent_ms) /* no sound: it counts as heard */
		one->heard = true;
}

void orders_clear(struct intent *i)
{
	for (size_t n = 0; n < i->orders.count; n++)
		if (!i->orders.all[n].heard)
			i->orders.all[n].cut = true;
	talk_silenced(i);
}

/* Heard to its end: first it goes, as what follows may be a new order. */
static void finish(struct intent *i, size_t at)
{
	struct order one = i->orders.all[at];

	orders_drop(&i->orders, at);
	if (*one.reminder)
		reminders_told(i, one.reminder);
	if (one.question)
		talk_question_heard(i);
	if (one.paragraph)
		reading_heard(i, one.paragraph);
}

static void note_heard(struct intent *i, const struct cJSON *event)
{
	const struct cJSON *entry;

	cJSON_ArrayForEach(entry, json_array(event, "items")) {
		struct event_heard h;

		if (event_heard_read(&h, entry) < 0)
			continue;
		for (size_t n = 0; n < i->orders.count; n++) {
			struct order *one = &i->orders.all[n];

			if (one->item != h.item || !h.item)
				continue;
			one->heard_ms = h.heard_ms;
			one->heard |= h.end && one->done;
		}
	}
}

/* What was heard to its end goes, in order. */
static void sweep(struct intent *i)
{
	for (size_t n = 0; n < i->orders.count;)
		if (i->orders.all[n].heard)
			finish(i, n);
		else
			n++;
}

void orders_heard(struct intent *i, const struct cJSON *event)
{
	note_heard(i, event);
	sweep(i);
}

void orders_cleared(struct intent *i, const struct cJSON *event)
{
	note_heard(i, event);
	sweep(i);
	rest_settle(i);
	dialog_save(i);
}

void orders_home(struct intent *i, uint32_t seq)
{
	for (size_t n = 0; n < i->orders.count; n++)
		if (i->orders.all[n].seq == seq)
			i->orders.all[n].home = true;
}

/* An order of which something was made stays for what is heard of it; what was not is a new one. One that has not come
 * home is said again by lib. */
void orders_again(struct intent *i)
{
	struct orders *o = &i->orders;
	size_t count = o->count;

	for (size_t n = 0; n < count && n < o->count; n++) {
		struct order *one = &o->all[n];
		char reminder[ORDERS_NAME_BYTES], *rest;
		struct order_kind kind = { one->paragraph, reminder, one->question, one->minor };
		size_t made = one->made ? strlen(one->made) : 0;

		if (one->done || one->cut || !one->home)
			continue;
		if (!made) {
			say(i, one);
			continue;
		}
		memcpy(reminder, one->reminder, sizeof reminder);
		one->done = true;
		one->paragraph = 0;
		*one->reminder = '\0';
		one->question = false;
		if (!one->text || made >= strlen(one->text))
			continue;
		if (o->count == ORDERS_MAX) /* the oldest goes, all move up */
			n--, count--;
		rest = strdup(one->text + made);
		orders_say(i, rest, &kind);
		free(rest);
	}
}

/* --- for a successor */

struct cJSON *orders_write(const struct orders *o)
{
	struct cJSON *all = cJSON_CreateArray(), *rest = cJSON_CreateArray();

	for (size_t n = 0; n < o->count; n++) {
		const struct order *one = &o->all[n];

		if (!one->cut && !one->heard)
			cJSON_AddItemToArray(all, json_make("id:s text:s? phrase:s paragraph:n reminder:s question:b",
							    one->id, one->text, one->phrase, (long long)one->paragraph,
							    one->reminder, (int)one->question));
	}
	for (size_t n = 0; n < o->rest_count; n++)
		cJSON_AddItemToArray(rest,
				     json_make("text:s paragraph:n", o->rest[n].text, (long long)o->rest[n].paragraph));
	return json_make("all:j rest:j next:n", all, rest, (long long)o->next);
}

void orders_read(struct intent *i, const struct cJSON *from)
{
	struct orders *o = &i->orders;
	const struct cJSON *one;

	o->next = (unsigned long)json_whole(from, "next", 0, 0, JSON_WHOLE_MAX);
	cJSON_ArrayForEach(one, json_array(from, "all")) {
		const char *text = json_text(one, "text"), *phrase = json_text(one, "phrase");
		const char *id = json_text(one, "id"), *reminder = json_text(one, "reminder");
		struct order *to = text || phrase ? add(i) : NULL;

		if (!to)
			continue;
		to->text = text ? strdup(text) : NULL;
		snprintf(to->phrase, sizeof to->phrase, "%s", phrase ? phrase : "");
		snprintf(to->id, sizeof to->id, "%s", id ? id : "");
		set_kind(to, &(struct order_kind){ json_whole(one, "paragraph", 0, 0, 1 << 20), reminder,
						   json_flag(one, "question", false), true });
		to->home = true;
	}
	o->next = (unsigned long)json_whole(from, "next", 0, 0, JSON_WHOLE_MAX);
	cJSON_ArrayForEach(one, json_array(from, "rest"))
		rest_leave(o, json_text(one, "text") ? json_text(one, "text") : "",
			   json_whole(one, "paragraph", 0, 0, 1 << 20));
}

void orders_close(struct orders *o)
{
	while (o->count)
		orders_drop(o, 0);
	for (size_t n = 0; n < o->rest_count; n++)
		free(o->rest[n].text);
	o->rest_count = 0;
}
