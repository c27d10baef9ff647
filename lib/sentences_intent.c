/* The lines of an intent: what is heard, and what it leads to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentences_reading.h"

#ifndef __clang__ /* gcc's analyzer does not see that an array keeps what was put into it */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

static const char *const acts[SENTENCES_ACTS] = {
	NULL,	  "yes",   "no",   "correct",  "answer", "cancel", "stop",  "repeat", "slower",
	"faster", "go-on", "next", "previous", "read",	 "help",   "spell", "switch",
};

static void take_text(struct reading *r, char **at, const char *key, char *text)
{
	if (*at)
		sentences_wrong(r, key, "one such line");
	else if (!*text)
		sentences_wrong(r, key, "words behind it");
	else
		*at = sentences_keep(r, text);
}

static void take_line(struct reading *r, char **all, size_t *n, const char *key, char *text)
{
	if (*n == SENTENCES_LINES)
		sentences_wrong(r, key, "at most 12 of them");
	else if (!*text)
		sentences_wrong(r, key, "words behind it");
	else if ((all[*n] = sentences_keep(r, text)))
		++*n;
}

static void take_hear(struct reading *r, char *text)
{
	struct sentences_intent *i = r->intent;
	struct pattern *p = sentences_read_pattern(r, text);
	struct entry *all = p ? realloc(i->entries, (i->count + 1) * sizeof *all) : NULL;

	if (!all) {
		if (p)
			sentences_no_memory(r);
		pattern_close(p);
		return;
	}
	i->entries = all;
	all[i->count++] = (struct entry){ .pattern = p, .file = r->file, .line = r->line };
}

static void take_need(struct reading *r, char *text)
{
	struct sentences_intent *i = r->intent;
	char *question = sentences_cut(text);
	size_t n = strlen(text);

	if (i->need_count == SENTENCES_LINES || n < 3 || text[0] != '<' || text[n - 1] != '>' || !*question) {
		sentences_wrong(r, text, "a slot and a question, such as: need <when> When?");
		return;
	}
	text[n - 1] = '\0';
	i->needs[i->need_count].slot = sentences_keep(r, text + 1);
	i->needs[i->need_count].question = sentences_keep(r, question);
	if (i->needs[i->need_count].slot && i->needs[i->need_count].question)
		i->need_count++;
}

/* Behind a value: a blank that is not within <seconds of duration>. */
static char *value_end(char *p)
{
	for (bool inside = false; *p && (inside || (*p != ' ' && *p != '\t')); p++)
		inside = *p == '<' || (inside && *p != '>');
	return p;
}

/* name=value or name="several words", from *at. */
static bool take_argument(struct reading *r, char **at)
{
	struct sentences_intent *i = r->intent;
	struct sentences_argument *a = &i->arguments[i->argument_count];
	char *name = *at, *is = strpbrk(name, "= \t"), *end;

	if (!is || *is != '=' || is == name || i->argument_count == SENTENCES_LINES)
		return false;
	*is++ = '\0';
	end = *is == '"' ? strchr(++is, '"') : value_end(is);
	if (!end)
		return false;
	*at = end + (*end != '\0');
	*end = '\0';
	a->name = sentences_keep(r, name);
	a->text = sentences_keep(r, is);
	i->argument_count += a->name && a->text;
	return true;
}

static void take_tool(struct reading *r, char *text)
{
	char *rest = sentences_cut(text);

	if (r->intent->tool || !*text) {
		sentences_wrong(r, "tool", r->intent->tool ? "one such line" : "the name of a tool behind it");
		return;
	}
	r->intent->tool = sentences_keep(r, text);
	while (*rest) {
		char *at = rest;

		if (!take_argument(r, &rest)) {
			sentences_wrong(r, at, "arguments such as do=add text=<task>");
			return;
		}
		rest += strspn(rest, " \t");
	}
}

static void take_act(struct reading *r, char *text)
{
	if (r->intent->act) {
		sentences_wrong(r, "act", "one such line");
		return;
	}
	for (int i = 1; i < SENTENCES_ACTS; i++)
		if (strcmp(acts[i], text) == 0) {
			r->intent->act = (enum sentences_act)i;
			return;
		}
	sentences_unknown(r, text, "an act", acts, SENTENCES_ACTS);
}

static void take_in(struct reading *r, char *text)
{
	char states[SENTENCES_LINE_BYTES + 2];

	if (r->intent->states || !*text) {
		sentences_wrong(r, "in", *text ? "one such line" : "states behind it");
		return;
	}
	snprintf(states, sizeof states, " %s ", text);
	for (char *p = states; *p; p++)
		if (*p == '\t' || *p == ',')
			*p = ' ';
	r->intent->states = sentences_keep(r, states);
}

void sentences_read_intent(struct reading *r, char *text)
{
	static const char *const keys[] = { "hear", "in",  "need", "ask",  "unsure", "before",
					    "tool", "act", "say",  "fail", "quiet",  "example" };
	struct sentences_intent *i = r->intent;
	char *rest = sentences_cut(text);

	if (strcmp(text, "hear") == 0)
		take_hear(r, rest);
	else if (strcmp(text, "in") == 0)
		take_in(r, rest);
	else if (strcmp(text, "need") == 0)
		take_need(r, rest);
	else if (strcmp(text, "ask") == 0)
		take_text(r, &i->ask, text, rest);
	else if (strcmp(text, "unsure") == 0)
		take_text(r, &i->unsure, text, rest);
	else if (strcmp(text, "before") == 0)
		take_text(r, &i->before, text, rest);
	else if (strcmp(text, "fail") == 0)
		take_text(r, &i->fail, text, rest);
	else if (strcmp(text, "tool") == 0)
		take_tool(r, rest);
	else if (strcmp(text, "act") == 0)
		take_act(r, rest);
	else if (strcmp(text, "say") == 0)
		take_line(r, i->says, &i->say_count, text, rest);
	else if (strcmp(text, "example") == 0)
		take_line(r, i->examples, &i->example_count, text, rest);
	else if (strcmp(text, "quiet") == 0 && !*rest)
		i->quiet = true;
	else
		sentences_unknown(r, text, "a line of an intent", keys, sizeof keys / sizeof *keys);
}
