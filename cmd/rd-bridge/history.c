#include "history.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "utf8.h"

/* Its words from now on. Without memory the ones before, or none, are better than nothing. */
static void keep(struct history_entry *e, const char *text)
{
	size_t n = strlen(text);

	if (e->who >= HISTORY_SYSTEM)
		n = utf8_clip(text, HISTORY_TEXT_MAX);
	else if (n > HISTORY_TEXT_MAX)
		e->left_out = n - HISTORY_TEXT_MAX;
	while (e->left_out && (text[e->left_out] & 0xc0) == 0x80)
		e->left_out++;
	(void)utf8_replace(&e->text, text + e->left_out, n - e->left_out);
}

static void forget_first(struct history *h)
{
	free(h->all[0].text);
	memmove(&h->all[0], &h->all[1], --h->count * sizeof h->all[0]);
}

void history_close(struct history *h)
{
	while (h->count)
		free(h->all[--h->count].text);
}

/* NULL: no memory. */
static struct history_entry *add(struct history *h, enum history_who who, const char *text)
{
	struct history_entry *e;

	if (h->count == HISTORY_MAX)
		forget_first(h);
	e = &h->all[h->count];
	*e = (struct history_entry){ .who = who };
	keep(e, text ? text : "");
	if (!e->text)
		return NULL;
	h->count++;
	return e;
}

static enum history_who who_of(const char *word)
{
	static const struct {
		const char *word;
		enum history_who who;
	} words[] = { { "assistant", HISTORY_ASSISTANT },
		      { "user", HISTORY_USER },
		      { "caller", HISTORY_USER },
		      { "tool", HISTORY_TOOL } };

	for (size_t i = 0; word && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(word, words[i].word) == 0)
			return words[i].who;
	return HISTORY_SYSTEM;
}

static const struct history_entry *last_spoken(const struct history *h)
{
	for (size_t i = h->count; i-- > 0;)
		if (h->all[i].who < HISTORY_SYSTEM && h->all[i].text[0])
			return &h->all[i];
	return NULL;
}

/* The memory writes "name: what it said". */
static void split_name(struct history_entry *e)
{
	char *text = strstr(e->text, ": ");
	size_t n = text ? (size_t)(text - e->text) : 0;

	if (!n || n >= sizeof e->id)
		return;
	memcpy(e->id, e->text, n);
	memmove(e->text, text + 2, strlen(text + 2) + 1);
}

bool history_take(struct history *h, const struct cJSON *turns)
{
	const struct cJSON *turn;

	if (!turns || !turns->child || last_spoken(h))
		return false;
	history_close(h);
	cJSON_ArrayForEach(turn, turns) {
		const char *text = json_text(turn, "text"), *who = json_text(turn, "who");
		struct history_entry *e = text && *text ? add(h, who_of(who), text) : NULL;

		if (!e)
			continue;
		e->cut = json_flag(turn, "cut", false);
		if (e->who == HISTORY_TOOL)
			split_name(e);
	}
	return h->count > 0;
}

static struct history_entry *add_user(struct history *h, const char *id, const char *text)
{
	struct history_entry *e = add(h, HISTORY_USER, text);

	if (e)
		snprintf(e->id, sizeof e->id, "%s", id);
	return e;
}

void history_user(struct history *h, const char *id, uint64_t since_us)
{
	struct history_entry *e = add_user(h, id, NULL);

	if (e)
		e->since_us = since_us;
}

static struct history_entry *find_user(struct history *h, const char *id)
{
	struct history_entry *e = h->all + h->count;

	while (e > h->all)
		if ((--e)->who == HISTORY_USER && strcmp(e->id, id) == 0)
			return e;
	return NULL;
}

/* Where the last answer begins: what tools had to say to it, then words. The first words of a call are a greeting, no
 * answer to anybody. */
static size_t last_answer(const struct history *h)
{
	size_t i = h->count;

	if (i > 1 && h->all[i - 1].who == HISTORY_ASSISTANT)
		i--;
	while (i > 1 && h->all[i - 1].who >= HISTORY_SYSTEM)
		i--;
	return i;
}

void history_user_before(struct history *h, const char *id, uint64_t since_us)
{
	size_t at = last_answer(h);
	struct history_entry *e = add_user(h, id, NULL), entry;

	if (!e)
		return;
	e->since_us = since_us;
	entry = *e;
	if (at >= h->count) /* the oldest has made room */
		at = h->count - 1;
	memmove(&h->all[at + 1], &h->all[at], (h->count - 1 - at) * sizeof h->all[0]);
	h->all[at] = entry;
}

bool history_has(const struct history *h, const char *id)
{
	return *id && find_user((struct history *)h, id);
}

void history_rename(struct history *h, const char *id, const char *to)
{
	struct history_entry *e = find_user(h, id);

	if (e)
		snprintf(e->id, sizeof e->id, "%s", to);
}

const struct history_entry *history_user_text(struct history *h, const char *id, const char *text)
{
	struct history_entry *e = find_user(h, id);

	if (!e) /* a server that does not say what it has taken in */
		return add_user(h, id, text);
	if (e->text[0])
		return NULL;
	keep(e, text);
	return e;
}

void history_assistant(struct history *h, uint32_t item, const char *text, bool cut)
{
	struct history_entry *e = add(h, HISTORY_ASSISTANT, text);

	if (!e)
		return;
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

bool history_tool(struct history *h, const char *name, const char *output)
{
	struct history_entry *e = h->count ? &h->all[h->count - 1] : NULL;

	if (e && e->who == HISTORY_TOOL && strcmp(e->id, name) == 0 && strstr(output, e->text))
		return false;
	e = add(h, HISTORY_TOOL, output);
	if (e)
		snprintf(e->id, sizeof e->id, "%s", name);
	return true;
}

size_t history_first(const struct history *h, size_t bytes)
{
	size_t i = h->count, sum = 0;

	while (i > 0 && sum + strlen(h->all[i - 1].text) <= bytes)
		sum += strlen(h->all[--i].text);
	return i;
}

char *history_script(const struct history *h, size_t end, size_t bytes)
{
	static const char *const names[] = { [HISTORY_USER] = "Caller: ",
					     [HISTORY_ASSISTANT] = "You: ",
					     [HISTORY_SYSTEM] = "Note: ",
					     [HISTORY_TOOL] = "A tool: " };
	size_t from = end, sum = 0, n = 0;
	char *script;

	while (from > 0 && sum + strlen(h->all[from - 1].text) + 10 <= bytes)
		sum += strlen(h->all[--from].text) + 10; /* name, newline */
	script = sum ? malloc(sum + 1) : NULL;
	if (!script)
		return NULL;
	script[0] = 0;
	for (size_t i = from; i < end; i++)
		if (h->all[i].text[0])
			n += (size_t)snprintf(script + n, sum + 1 - n, "%s%s\n", names[h->all[i].who], h->all[i].text);
	return script;
}

bool history_unanswered(const struct history *h)
{
	for (size_t i = h->count; i-- > 0;)
		if (h->all[i].text[0] && h->all[i].who != HISTORY_SYSTEM)
			return h->all[i].who != HISTORY_ASSISTANT;
	return false;
}

bool history_cut_short(const struct history *h)
{
	const struct history_entry *last = last_spoken(h);

	if (!last || last->who != HISTORY_ASSISTANT || !last->cut)
		return false;
	for (const struct history_entry *e = last + 1; e < h->all + h->count; e++)
		if (e->who == HISTORY_TOOL || strncmp(e->id, HISTORY_AGAIN, strlen(HISTORY_AGAIN)) == 0)
			return false;
	return true;
}

bool history_called(const struct history *h, const char *name)
{
	for (size_t i = h->count; i-- > 0 && h->all[i].who >= HISTORY_SYSTEM;)
		if (h->all[i].who == HISTORY_TOOL && strcmp(h->all[i].id, name) == 0)
			return true;
	return false;
}
