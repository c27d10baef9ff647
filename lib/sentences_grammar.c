/* The same patterns as JSGF, each list and rule once. A name or a document that nobody has leaves its sentences out. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentences_store.h"

struct writing {
	const struct sentences *s;
	FILE *out;
	const struct pattern **slots; /* one slot of each rule that is needed, by name and bounds */
	size_t count, written;
	bool failed; /* no memory */
};

bool sentences_sayable(const struct pattern *p)
{
	for (; p; p = p->next) {
		bool one_can = p->kind != PATTERN_ONE_OF;

		const struct rule *r = p->rule;

		if (p->kind == PATTERN_SLOT && !(r && r->sayable))
			return false;
		for (const struct pattern *one = p->inside; one && !one_can; one = one->other)
			one_can = sentences_sayable(one);
		if (!one_can)
			return false;
	}
	return true;
}

static const char *number_shown(const struct sentences *s, long value)
{
	for (size_t i = 0; i < s->numbers.count; i++)
		if (s->numbers.all[i].value == value)
			return s->numbers.all[i].shown;
	return "";
}

/* In lower case, as recognisers' dictionaries are; what only typing needs is left out. */
static void write_word(struct writing *w, const char *shown)
{
	char text[SENTENCES_LINE_BYTES];
	size_t n = (size_t)snprintf(text, sizeof text, "%s", shown);

	words_lower(text, n < sizeof text ? n : sizeof text - 1);
	for (const char *p = text; *p; p++)
		if (!strchr(",;:!?\"*+/={}\\", *p))
			fputc(*p, w->out);
}

static void write_numeral(struct writing *w, const struct word *word)
{
	if (word->value < SENTENCES_NUMBERS && (*word->text != '0' || !word->text[1])) {
		fputs(number_shown(w->s, word->value), w->out);
		return;
	}
	for (const char *p = word->text; *p; p++)
		fprintf(w->out, "%s%s", p == word->text ? "" : " ", number_shown(w->s, *p - '0'));
}

/* Words that have a contraction may be said as that. How many nodes it took. */
static int write_words(struct writing *w, const struct pattern *p)
{
	const struct spellings *same = &w->s->same;
	const struct pattern *next = p->next;

	if (p->count == 1 && p->words[0].numeral) {
		write_numeral(w, &p->words[0]);
		return 1;
	}
	for (size_t i = 0; p->count == 1 && next && next->kind == PATTERN_WORDS && i < same->count; i++)
		if (same->all[i].count == 2 && next->count == 1 &&
		    strcmp(same->all[i].to[0].text, p->words[0].text) == 0 &&
		    strcmp(same->all[i].to[1].text, next->words[0].text) == 0) {
			fputs("( ", w->out);
			write_word(w, p->shown);
			fputc(' ', w->out);
			write_word(w, next->shown);
			fputs(" | ", w->out);
			write_word(w, same->all[i].spoken);
			fputs(" )", w->out);
			return 2;
		}
	write_word(w, p->shown);
	return 1;
}

static void rule_name(const struct pattern *slot, char out[80])
{
	int n = snprintf(out, 64, "_%s", slot->name);

	for (char *p = out; *p; p++)
		if (*p == '-')
			*p = '_';
	if (slot->bounded)
		snprintf(out + n, 80 - (size_t)n, "_%ld_%ld", slot->min, slot->max);
}

static void need(struct writing *w, const struct pattern *slot)
{
	const struct pattern **all;

	for (size_t i = 0; i < w->count; i++)
		if (w->slots[i]->rule == slot->rule && w->slots[i]->bounded == slot->bounded &&
		    (!slot->bounded || (w->slots[i]->min == slot->min && w->slots[i]->max == slot->max)))
			return;
	all = realloc(w->slots, (w->count + 1) * sizeof *all);
	if (!all) {
		w->failed = true;
		return;
	}
	w->slots = all;
	all[w->count++] = slot;
}

static void write_slot(struct writing *w, const struct pattern *slot)
{
	char name[80];

	rule_name(slot, name);
	need(w, slot);
	if (slot->several)
		fprintf(w->out, "<%s> ( %s <%s> )*", name, w->s->join_shown ? w->s->join_shown : "", name);
	else
		fprintf(w->out, "<%s>", name);
}

static void write_sequence(struct writing *w, const struct pattern *p);

static void write_inside(struct writing *w, const struct pattern *p)
{
	bool first = true;

	fputs(p->kind == PATTERN_MAYBE ? "[ " : "( ", w->out);
	for (const struct pattern *one = p->inside; one; one = one->other) {
		if (!sentences_sayable(one))
			continue;
		if (!first)
			fputs(" | ", w->out);
		write_sequence(w, one);
		first = false;
	}
	fputs(p->kind == PATTERN_MAYBE ? " ]" : " )", w->out);
}

static bool any_sayable(const struct pattern *one)
{
	for (; one; one = one->other)
		if (sentences_sayable(one))
			return true;
	return false;
}

static void write_sequence(struct writing *w, const struct pattern *p)
{
	const char *between = "";

	while (p) {
		int taken = 1;

		if (p->kind == PATTERN_MAYBE && !any_sayable(p->inside)) {
			p = p->next;
			continue;
		}
		fputs(between, w->out);
		between = " ";
		switch (p->kind) {
		case PATTERN_WORDS: taken = write_words(w, p); break;
		case PATTERN_SLOT: write_slot(w, p); break;
		case PATTERN_MAYBE:
		case PATTERN_ONE_OF: write_inside(w, p); break;
		}
		while (taken--)
			p = p->next;
	}
}

/* Words that are one of these, with bars between them. */
static void write_one(struct writing *w, const struct form *f, const char **between)
{
	fputs(*between, w->out);
	write_word(w, f->shown);
	*between = " | ";
}

static bool within(const struct pattern *slot, long from, long to)
{
	return !slot->bounded || (from >= slot->min && to <= slot->max);
}

/* Whether all that is put together with this ten may be said, so that it is "ten [unit]". */
static bool is_whole(const struct forms *f, const struct pattern *slot, long ten)
{
	unsigned units = 0;

	for (size_t i = 0; i < f->count; i++)
		if (f->all[i].composed && f->all[i].value / 10 == ten / 10)
			units |= 1u << f->all[i].value % 10;
	return ten % 10 == 0 && units == 0x3fe && within(slot, ten, ten + 9);
}

/* (twenty | thirty) [one | two | …]: the fewer the ways, the less is misheard. */
static void write_tens(struct writing *w, const struct forms *f, const struct pattern *slot, const char **between)
{
	const char *inner = "";
	bool any = false;

	for (size_t i = 0; i < f->count; i++)
		any |= is_whole(f, slot, f->all[i].value);
	if (!any)
		return;
	fprintf(w->out, "%s( ", *between);
	for (size_t i = 0; i < f->count; i++)
		if (!f->all[i].composed && is_whole(f, slot, f->all[i].value))
			write_one(w, &f->all[i], &inner);
	fputs(" ) [ ", w->out);
	inner = "";
	for (size_t i = 0; i < f->count; i++)
		if (f->all[i].value >= 1 && f->all[i].value <= 9)
			write_one(w, &f->all[i], &inner);
	fputs(" ]", w->out);
	*between = " | ";
}

static void write_forms(struct writing *w, const struct forms *f, const struct pattern *slot)
{
	const char *between = "";

	for (size_t i = 0; i < f->count; i++) {
		long value = f->all[i].value;

		if (within(slot, value, value) &&
		    !(f != &w->s->ordinals && is_whole(f, slot, value - value % 10) && value >= 20))
			write_one(w, &f->all[i], &between);
	}
	if (f != &w->s->ordinals) /* of those the unit is another one */
		write_tens(w, f, slot, &between);
}

static void write_entries(struct writing *w, const struct entry *all, size_t n, const char **between)
{
	for (size_t i = 0; i < n; i++)
		if (sentences_sayable(all[i].pattern)) {
			fputs(*between, w->out);
			write_sequence(w, all[i].pattern);
			*between = "\n\t| ";
		}
}

static void write_rule(struct writing *w, const struct pattern *slot)
{
	const struct rule *r = slot->rule;
	const char *between = "";
	char name[80];

	rule_name(slot, name);
	fprintf(w->out, "\n<%s> = ", name);
	switch (r->kind) {
	case RULE_LIST:
	case RULE_RULE: write_entries(w, r->entries, r->count, &between); break;
	case RULE_NUMBER: write_forms(w, &w->s->numbers, slot); break;
	case RULE_ORDINAL: write_forms(w, &w->s->ordinals, slot); break;
	case RULE_KEYS:
		fputs("( ", w->out);
		write_forms(w, &w->s->keys, slot);
		fputs(" )+", w->out);
		break;
	}
	fputs(";\n", w->out);
}

static bool known(const struct sentences *s, const char *name)
{
	for (size_t i = 0; i < s->grammar_count; i++)
		if (strcmp(s->grammars[i], name) == 0)
			return true;
	return false;
}

static void write_polite(struct writing *w)
{
	const char *between = "[ ";

	for (size_t i = 0; i < w->s->polite.count; i++)
		write_one(w, &w->s->polite.all[i], &between);
	fputs(w->s->polite.count ? " ]" : "", w->out);
}

char *sentences_grammar(const struct sentences *s, const char *name)
{
	struct writing w = { .s = s };
	const char *between = "";
	char *text = NULL;
	size_t size;

	if (!known(s, name)) {
		errno = ENOENT;
		return NULL;
	}
	w.out = open_memstream(&text, &size);
	if (!w.out)
		return NULL;
	fprintf(w.out, "#JSGF V1.0;\n\ngrammar %s;\n\npublic <%s> = ", name, name);
	write_polite(&w);
	fputs(s->polite.count ? " ( " : "", w.out);
	for (size_t i = 0; i < s->intent_count; i++)
		if (sentences_heard_in(&s->intents[i], name))
			write_entries(&w, s->intents[i].entries, s->intents[i].count, &between);
	fputs(s->polite.count ? " ) " : "", w.out);
	write_polite(&w);
	fputs(";\n", w.out);
	for (; w.written < w.count; w.written++)
		write_rule(&w, w.slots[w.written]);
	free(w.slots);
	if (ferror(w.out) | fclose(w.out) | w.failed) {
		free(text);
		return NULL;
	}
	return text;
}
