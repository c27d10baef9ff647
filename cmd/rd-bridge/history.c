#include "history.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "utf8.h"

static void keep(struct history_entry *e, const char *text)
{
	size_t n = strlen(text);

	if (e->who == HISTORY_SYSTEM)
		n = utf8_clip(text, HISTORY_TEXT_MAX);
	else if (n > HISTORY_TEXT_MAX)
		e->left_out = n - HISTORY_TEXT_MAX;
	while (e->left_out && (text[e->left_out] & 0xc0) == 0x80)
		e->left_out++;
	memcpy(e->text, text + e->left_out, n - e->left_out);
	e->text[n - e->left_out] = 0;
}

static struct history_entry *add(struct history *h, enum history_who who, const char *text)
{
	struct history_entry *e;

	if (h->count == HISTORY_MAX)
		memmove(&h->all[0], &h->all[1], --h->count * sizeof h->all[0]);
	e = &h->all[h->count++];
	*e = (struct history_entry){ .who = who };
	keep(e, text ? text : "");
	return e;
}

static enum history_who who_of(const char *word)
{
	if (word && strcmp(word, "assistant") == 0)
		return HISTORY_ASSISTANT;
	if (word && (strcmp(word, "user") == 0 || strcmp(word, "caller") == 0))
		return HISTORY_USER;
	return HISTORY_SYSTEM;
}

static const struct history_entry *last_spoken(const struct history *h)
{
	for (size_t i = h->count; i-- > 0;)
		if (h->all[i].who != HISTORY_SYSTEM && h->all[i].text[0])
			return &h->all[i];
	return NULL;
}

bool history_take(struct history *h, const struct cJSON *turns)
{
	const struct cJSON *turn;

	if (!turns || !turns->child || last_spoken(h))
		return false;
	h->count = 0;
	cJSON_ArrayForEach(turn, turns) {
		const char *text = json_text(turn, "text");

		const char *who = json_text(turn, "who");
		struct history_entry *e;

		if (!text || !*text)
			continue;
		e = add(h, who_of(who), text);
		e->cut = json_flag(turn, "cut", false);
		e->asks = who && strcmp(who, "tool") == 0;
	}
	return h->count > 0;
}

static struct history_entry *add_user(struct history *h, const char *id)
{
	struct history_entry *e = add(h, HISTORY_USER, NULL);

	snprintf(e->id, sizeof e->id, "%s", id);
	return e;
}

void history_user(struct history *h, const char *id, uint64_t since_us)
{
	add_user(h, id)->since_us = since_us;
}

static struct history_entry *find_user(struct history *h, const char *id)
{
	for (size_t i = h->count; i-- > 0;)
		if (h->all[i].who == HISTORY_USER && strcmp(h->all[i].id, id) == 0)
			return &h->all[i];
	return NULL;
}

const struct history_entry *history_user_text(struct history *h, const char *id, const char *text)
{
	struct history_entry *e = find_user(h, id);

	if (!e) /* a server that does not say what it has taken in */
		e = add_user(h, id);
	if (e->text[0])
		return NULL;
	keep(e, text);
	return e;
}

void history_assistant(struct history *h, uint32_t item, const char *text, bool cut)
{
	struct history_entry *e = add(h, HISTORY_ASSISTANT, text);

	e->item = item;
	e->cut = cut;
}

void history_cut(struct history *h, uint32_t item, size_t n)
{
	for (size_t i = h->count; item && i-- > 0;) {
		struct history_entry *e = &h->all[i];

		if (e->item != item)
			continue;
		e->cut = true;
		n = n > e->left_out ? n - e->left_out : 0;
		if (n < strlen(e->text))
			e->text[n] = 0;
		return;
	}
}

void history_note(struct history *h, const char *text)
{
	(void)add(h, HISTORY_SYSTEM, text);
}

void history_ask(struct history *h)
{
	if (h->count > 0)
		h->all[h->count - 1].asks = true;
}

size_t history_first(const struct history *h, size_t bytes)
{
	size_t i = h->count, sum = 0;

	while (i > 0 && sum + strlen(h->all[i - 1].text) <= bytes)
		sum += strlen(h->all[--i].text);
	return i;
}

bool history_unanswered(const struct history *h)
{
	for (size_t i = h->count; i-- > 0;)
		if (h->all[i].text[0] && (h->all[i].who != HISTORY_SYSTEM || h->all[i].asks))
			return h->all[i].who != HISTORY_ASSISTANT;
	return false;
}

bool history_cut_short(const struct history *h)
{
	const struct history_entry *e = last_spoken(h);

	return e && e->who == HISTORY_ASSISTANT && e->cut;
}
