/* What must hold between the lines of a file: every slot is known, every rule ends, every template can be filled. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "sentences_store.h"

struct check {
	struct sentences *s;
	struct complaint *out;
	const char *file;
	int line;
};

static void unknown_slot(struct check *c, const char *name, const char *expected)
{
	struct nearest near = { .word = name };
	char hint[96];

	for (size_t i = 0; i < c->s->rule_count; i++)
		nearest_see(&near, c->s->rules[i].name);
	complaint_add(c->out, c->file, c->line, "<%.40s>: expected %s%s", name, expected, nearest_hint(&near, hint));
}

/* --- slots of patterns */

static int resolve(void *ctx, struct pattern *slot)
{
	struct check *c = ctx;
	const struct rule *r = sentences_rule(c->s, slot->name);

	slot->rule = r;
	if (!r)
		unknown_slot(c, slot->name, "a list, a rule, or number, ordinal, digits, name, agent, document");
	else if (slot->several && r->kind != RULE_LIST)
		complaint_add(c->out, c->file, c->line, "<%s+>: expected + behind lists only", slot->name);
	else if (slot->bounded && r->kind != RULE_NUMBER && r->kind != RULE_ORDINAL)
		complaint_add(c->out, c->file, c->line, "<%s %ld-%ld>: expected bounds of number and ordinal only",
			      slot->name, slot->min, slot->max);
	return 0;
}

static int is_named(void *name, struct pattern *slot)
{
	return strcmp(slot->name, name) == 0;
}

static bool has_slot(struct pattern *p, char *name)
{
	return pattern_each_slot(p, is_named, name) != 0;
}

static void check_entry(struct check *c, struct entry *e)
{
	c->file = e->file;
	c->line = e->line;
	(void)pattern_each_slot(e->pattern, resolve, c);
	for (size_t i = 0; i < e->assign_count; i++)
		if (e->assigns[i].slot && !has_slot(e->pattern, e->assigns[i].slot))
			complaint_add(c->out, c->file, c->line, "<%.40s>: expected a slot of this line",
				      e->assigns[i].slot);
}

static int visit(void *depth, struct pattern *slot);

/* Not 0: it is within itself, or so deep that nobody means it; what walks the patterns recurses. */
static int visit_rule(struct rule *r, int depth)
{
	if (r->visited)
		return r->visited == 1;
	if (depth == SENTENCES_DEPTH)
		return 1;
	r->visited = 1;
	r->sayable = r->kind > RULE_RULE;
	for (size_t i = 0; i < r->count; i++) {
		if (pattern_each_slot(r->entries[i].pattern, visit, &depth))
			return 1;
		r->sayable |= sentences_sayable(r->entries[i].pattern);
	}
	r->visited = 2;
	return 0;
}

static int visit(void *depth, struct pattern *slot)
{
	return slot->rule ? visit_rule((struct rule *)slot->rule, *(int *)depth + 1) : 0;
}

static void check_rules(struct check *c)
{
	for (size_t i = 0; i < c->s->rule_count; i++) {
		struct rule *r = &c->s->rules[i];

		for (size_t j = 0; j < r->count; j++)
			check_entry(c, &r->entries[j]);
		if (!r->count && !r->given && r->kind <= RULE_RULE)
			complaint_add(c->out, r->file, r->line, "%s %s: expected lines below it",
				      r->kind == RULE_LIST ? "list" : "rule", r->name);
	}
	for (size_t i = 0; i < c->s->rule_count; i++)
		if (visit_rule(&c->s->rules[i], 0)) {
			complaint_add(c->out, c->s->rules[i].file, c->s->rules[i].line,
				      "%s: expected no rule within itself, nor deeper than 16 in others",
				      c->s->rules[i].name);
			return;
		}
}

/* --- templates */

/* slots: " a b ", or NULL: those that an intent's sentences have; any: a tool's data may have any name. */
static void check_template(struct check *c, const char *text, const char *slots, struct sentences_intent *i, bool any)
{
	static const char whats[] = " time date seconds value ";
	struct field f = { .end = text };
	char word[40];

	while (sentences_field(f.end, &f)) {
		bool known = any;

		snprintf(word, sizeof word, " %s ", f.what);
		if (!*f.name || (*f.what && !strstr(whats, word))) {
			complaint_add(c->out, c->file, c->line,
				      "%.*s: expected <slot>, or <time of slot>, date, seconds or value of it",
				      (int)(f.end - f.begin > 60 ? 60 : f.end - f.begin), f.begin);
			continue;
		}
		snprintf(word, sizeof word, " %s ", f.name);
		known |= slots && strstr(slots, word);
		for (size_t j = 0; i && j < i->count; j++)
			known |= has_slot(i->entries[j].pattern, f.name);
		if (!known)
			unknown_slot(c, f.name, slots && *slots ? slots : "a slot of the sentences above");
	}
}

/* What is not in every sentence must be asked for, unless nothing depends on it. */
static void check_needed(struct check *c, struct sentences_intent *i, const char *text)
{
	struct field f = { .end = text };

	while (text && sentences_field(f.end, &f)) {
		bool needed = false;

		for (size_t j = 0; j < i->need_count; j++)
			needed |= strcmp(i->needs[j].slot, f.name) == 0;
		for (size_t j = 0; !needed && j < i->count; j++)
			if (!has_slot(i->entries[j].pattern, f.name))
				complaint_add(c->out, i->entries[j].file, i->entries[j].line,
					      "no <%s> here: expected it, or a line \"need <%s> QUESTION\"", f.name,
					      f.name);
	}
}

static void check_states(struct check *c, const struct sentences_intent *i)
{
	const char *const *known = c->s->grammars;
	char *copy = strdup(i->states ? i->states : ""), *save = NULL;

	if (!copy)
		complaint_add(c->out, c->file, c->line, "%s", strerror(errno));
	for (char *word = copy ? strtok_r(copy, " ", &save) : NULL; word; word = strtok_r(NULL, " ", &save)) {
		struct nearest near = { .word = word };
		char hint[96];
		bool found = strcmp(word, "any") == 0;

		for (size_t j = 0; known[j]; j++) {
			found |= strcmp(known[j], word) == 0;
			nearest_see(&near, known[j]);
		}
		if (!found)
			complaint_add(c->out, c->file, c->line,
				      "in %.40s: expected any, main, confirm, reading, or a slot that is asked for%s",
				      word, nearest_hint(&near, hint));
	}
	free(copy);
}

static void check_texts(struct check *c, struct sentences_intent *i)
{
	const char *const before[] = { i->ask, i->unsure, i->before };

	for (size_t j = 0; j < sizeof before / sizeof *before; j++)
		if (before[j]) {
			check_template(c, before[j], "", i, false);
			check_needed(c, i, before[j]);
		}
	for (size_t j = 0; j < i->need_count; j++)
		check_template(c, i->needs[j].question, "", i, false);
	for (size_t j = 0; j < i->say_count; j++)
		check_template(c, i->says[j], "", i, i->tool != NULL);
	if (i->fail)
		check_template(c, i->fail, "", i, i->tool != NULL);
}

static void check_intent(struct check *c, struct sentences_intent *i)
{
	bool answers = i->tool || i->act || i->say_count;

	for (size_t j = 0; j < i->count; j++)
		check_entry(c, &i->entries[j]);
	c->file = i->file;
	c->line = i->line;
	if (!i->count)
		complaint_add(c->out, c->file, c->line, "intent %s: expected a line hear", i->name);
	if (!answers)
		complaint_add(c->out, c->file, c->line, "intent %s: expected a line say, tool or act", i->name);
	for (size_t j = 0; j < i->need_count; j++)
		if (!sentences_rule(c->s, i->needs[j].slot))
			unknown_slot(c, i->needs[j].slot, "a list, a rule, or one of those that need none");
	for (size_t j = 0; j < i->argument_count; j++) {
		check_template(c, i->arguments[j].text, "", i, false);
		check_needed(c, i, i->arguments[j].text);
	}
	check_texts(c, i);
	check_states(c, i);
}

static void check_intents(struct check *c)
{
	bool yes = false, no = false;

	for (size_t i = 0; i < c->s->intent_count; i++) {
		check_intent(c, &c->s->intents[i]);
		yes |= c->s->intents[i].act == SENTENCES_YES;
		no |= c->s->intents[i].act == SENTENCES_NO;
	}
	if (!yes || !no)
		complaint_add(c->out, c->s->files[0], 0, "no intent with act %s: expected one, in confirm",
			      yes ? "no" : "yes");
}

/* --- the section speak, and numbers */

static int count_words(const char *text)
{
	int n = 0;

	for (const char *p = text; *(p += strspn(p, " \t")); p += strcspn(p, " \t"))
		n++;
	return n;
}

static const struct speak *speak_find(const char *name)
{
	for (size_t i = 0; i < sentences_speak_count; i++)
		if (strcmp(sentences_speak[i].name, name) == 0)
			return &sentences_speak[i];
	return NULL;
}

static void check_said(struct check *c, const struct said *said)
{
	const struct speak *known = speak_find(said->name);
	struct nearest near = { .word = said->name };
	char hint[96];

	c->file = said->file;
	c->line = said->line;
	for (size_t i = 0; !known && i < sentences_speak_count; i++)
		nearest_see(&near, sentences_speak[i].name);
	if (!known)
		complaint_add(c->out, c->file, c->line, "%.40s: expected a line of the section speak%s", said->name,
			      nearest_hint(&near, hint));
	else if (known->words && count_words(said->text) != known->words)
		complaint_add(c->out, c->file, c->line, "%s: expected %d words", said->name, known->words);
	else
		check_template(c, said->text, known->slots, NULL, false);
}

static void check_speak(struct check *c)
{
	for (size_t i = 0; i < c->s->said_count; i++)
		check_said(c, &c->s->said[i]);
	for (size_t i = 0; i < sentences_speak_count; i++) {
		bool there = false;

		for (size_t j = 0; j < c->s->said_count; j++)
			there |= strcmp(c->s->said[j].name, sentences_speak[i].name) == 0;
		if (!there)
			complaint_add(c->out, c->s->files[0], 0, "no %s in the section speak: expected one",
				      sentences_speak[i].name);
	}
}

static void check_forms(struct check *c, const char *section, const struct forms *f, long from, long to)
{
	for (long value = from; value <= to; value++) {
		bool there = false;

		for (size_t i = 0; i < f->count; i++)
			there |= f->all[i].value == value;
		if (!there) {
			complaint_add(c->out, c->s->files[0], 0, "no %ld in the section %s: expected a line for it",
				      from == '0' ? value - '0' : value, section);
			return;
		}
	}
}

/* --- the grammars that there are */

static int add_grammar(struct sentences *s, const char *name)
{
	const char **all;

	for (size_t i = 0; i < s->grammar_count; i++)
		if (strcmp(s->grammars[i], name) == 0)
			return 0;
	all = realloc(s->grammars, (s->grammar_count + 2) * sizeof *all);
	if (!all)
		return -1;
	s->grammars = all;
	all[s->grammar_count++] = name;
	all[s->grammar_count] = NULL;
	return 0;
}

static int add_grammars(struct sentences *s)
{
	if (add_grammar(s, "main") < 0 || add_grammar(s, "confirm") < 0 || add_grammar(s, "open") < 0 ||
	    add_grammar(s, "reading") < 0)
		return -1;
	for (size_t i = 0; i < s->intent_count; i++)
		for (size_t j = 0; j < s->intents[i].need_count; j++)
			if (add_grammar(s, s->intents[i].needs[j].slot) < 0)
				return -1;
	return 0;
}

void sentences_check(struct sentences *s, struct complaint *out)
{
	struct check c = { .s = s, .out = out, .file = s->files[0] };

	if (sentences_compose(s) < 0 || add_grammars(s) < 0) {
		complaint_add(out, NULL, 0, "%s", strerror(errno));
		return;
	}
	if (!s->language)
		complaint_add(out, s->files[0], 0, "no language: expected a line such as \"language en\"");
	check_forms(&c, "numbers", &s->numbers, 0, SENTENCES_NUMBERS - 1);
	check_forms(&c, "ordinals", &s->ordinals, 1, 31);
	check_forms(&c, "keys", &s->keys, '0', '9');
	check_speak(&c);
	check_rules(&c);
	if (!out->count)
		check_intents(&c);
}
