#include "history.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static void forget(struct history *h, size_t i)
{
	free(h->all[i].text);
	h->count--;
	memmove(&h->all[i], &h->all[i + 1], (h->count - i) * sizeof h->all[0]);
}

void history_close(struct history *h)
{
	while (h->count)
		forget(h, h->count - 1);
}

/* A copy of the last HISTORY_TEXT_MAX bytes at most, from the beginning of a character. */
static void keep(struct history_entry *e, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	if (n > HISTORY_TEXT_MAX)
		e->left_out = n - HISTORY_TEXT_MAX;
	while (e->left_out && (text[e->left_out] & 0xc0) == 0x80)
		e->left_out++;
	e->text = n ? strdup(text + e->left_out) : NULL;
}

static struct history_entry *add(struct history *h, enum history_who who, const char *text)
{
	struct history_entry *e;

	if (h->count == HISTORY_MAX)
		forget(h, 0);
	e = &h->all[h->count++];
	*e = (struct history_entry){ .who = who };
	keep(e, text);
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
		if (h->all[i].who != HISTORY_SYSTEM && h->all[i].text && h->all[i].text[0])
			return &h->all[i];
	return NULL;
}

bool history_take(struct history *h, const struct cJSON *turns)
{
	const struct cJSON *turn;

	if (!turns || !turns->child || last_spoken(h))
		return false;
	history_close(h);
	cJSON_ArrayForEach(turn, turns) {
		const char *text = json_text(turn, "text");

		if (text && *text)
			add(h, who_of(json_text(turn, "who")), text)->cut = json_flag(turn, "cut", false);
	}
	return h->count > 0;
}

void history_user(struct history *h, const char *id, uint64_t since_us)
{
	struct history_entry *e = add(h, HISTORY_USER, NULL);

	snprintf(e->id, sizeof e->id, "%s", id);
	e->since_us = since_us;
}

const struct history_entry *history_user_text(struct history *h, const char *id, const char *text)
{
	size_t i = h->count;

	while (i > 0 && (h->all[i - 1].who != HISTORY_USER || strcmp(h->all[i - 1].id, id) != 0))
		i--;
	if (i == 0) { /* a server that does not say what it has taken in */
		history_user(h, id, 0);
		i = h->count;
	}
	if (h->all[i - 1].text)
		return NULL;
	keep(&h->all[i - 1], text);
	return &h->all[i - 1];
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

		if (e->item != item || !e->text)
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

static size_t text_bytes(const struct history_entry *e)
{
	return e->text ? strlen(e->text) : 0;
}

size_t history_first(const struct history *h, size_t bytes)
{
	size_t i = h->count, sum = 0;

	while (i > 0 && sum + text_bytes(&h->all[i - 1]) <= bytes)
		sum += text_bytes(&h->all[--i]);
	return i;
}

bool history_unanswered(const struct history *h)
{
	const struct history_entry *e = last_spoken(h);

	return e && e->who == HISTORY_USER;
}

bool history_cut_short(const struct history *h)
{
	const struct history_entry *e = last_spoken(h);

	return e && e->who == HISTORY_ASSISTANT && e->cut;
}
