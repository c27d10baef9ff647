/* Text against patterns: every way through them is tried, in the order of the file, until one takes the whole text.
 * What was gone through is written to a trail, from which the slots are read when all has matched. */
#include <stdio.h>
#include <string.h>

#include "sentences_store.h"

#define TRAIL_MAX 256

enum step { STEP_WORDS, STEP_ENTER, STEP_LEAVE };

struct trail {
	enum step step;
	const struct pattern *at;  /* the words, or the slot that is entered */
	const struct entry *entry; /* of a list or a rule */
	long number;		   /* of a number */
	char key;
};

struct matcher {
	const struct sentences *s;
	struct word words[SENTENCES_WORDS];
	int n;
	unsigned steps;
	struct trail trail[TRAIL_MAX];
	int used;
};

/* Where it goes on behind a sequence. */
struct after {
	const struct pattern *next, *slot; /* slot: that is left there; NULL: none */
	const struct after *up;
};

static bool sequence(struct matcher *m, const struct pattern *p, int pos, const struct after *after);
static bool inside(struct matcher *m, const struct pattern *slot, int pos, const struct after *after);

static bool push(struct matcher *m, const struct trail *t)
{
	if (m->used == TRAIL_MAX)
		return false;
	m->trail[m->used++] = *t;
	return true;
}

/* One numeral of a pattern ("route 66"), said in digits or in words. How many words, 0: it is not there. */
static int numeral_at(const struct matcher *m, const struct word *w, int pos)
{
	const struct word *text = &m->words[pos];
	int best = 0;

	if (text->numeral)
		return strcmp(text->text, w->text) == 0 || (text->value == w->value && strlen(w->text) <= 9);
	for (size_t i = 0; i < m->s->numbers.count; i++) {
		const struct form *f = &m->s->numbers.all[i];
		int n = f->value == w->value ? sentences_form_at(f, text, m->n - pos) : 0;

		best = n > best ? n : best;
	}
	return best;
}

/* A digit where the pattern has a word that is a number's: 8:05 for "eight oh five". */
static bool is_digit_for(const struct matcher *m, const struct word *text, const struct word *w)
{
	for (size_t i = 0; text->numeral && i < m->s->numbers.count; i++) {
		const struct form *f = &m->s->numbers.all[i];

		if (f->value == text->value && f->count == 1 && strcmp(f->words[0].text, w->text) == 0)
			return true;
	}
	return false;
}

static int words_at(const struct matcher *m, const struct pattern *p, int pos)
{
	int begin = pos;

	for (int i = 0; i < p->count; i++) {
		int n = 0;

		if (pos < m->n)
			n = p->words[i].numeral ? numeral_at(m, &p->words[i], pos)
						: strcmp(p->words[i].text, m->words[pos].text) == 0 ||
							  is_digit_for(m, &m->words[pos], &p->words[i]);
		if (!n)
			return 0;
		pos += n;
	}
	return pos - begin;
}

/* Out of a slot; or, of several, on to the next of its kind. */
static bool leave(struct matcher *m, int pos, const struct after *after)
{
	int used = m->used, n = 0;

	if (!after)
		return pos == m->n;
	if (!after->slot)
		return sequence(m, after->next, pos, after->up);
	if (!push(m, &(struct trail){ .step = STEP_LEAVE, .at = after->slot }))
		return false;
	if (sequence(m, after->next, pos, after->up))
		return true;
	if (after->slot->several && pos < m->n) {
		while (n < (int)m->s->join_count && pos + n < m->n &&
		       strcmp(m->s->joins[n].text, m->words[pos + n].text) == 0)
			n++;
		if (n == (int)m->s->join_count && inside(m, after->slot, pos + n, after))
			return true;
		if (inside(m, after->slot, pos, after))
			return true;
	}
	m->used = used;
	return false;
}

static bool take(struct matcher *m, const struct trail *t, int pos, const struct after *after)
{
	int used = m->used;

	if (push(m, t) && leave(m, pos, after))
		return true;
	m->used = used;
	return false;
}

/* A number in digits, or one of its spoken forms, longer ones first. */
static bool number(struct matcher *m, const struct pattern *slot, int pos, const struct after *after)
{
	const struct rule *r = slot->rule;
	const struct forms *f = r->kind == RULE_NUMBER ? &m->s->numbers : &m->s->ordinals;
	struct trail t = { .step = STEP_ENTER, .at = slot };
	char word[PATTERN_WORD_BYTES + 2];

	if (m->words[pos].numeral && strlen(m->words[pos].text) <= 9) {
		t.number = m->words[pos].value;
		if (slot->bounded && (t.number < slot->min || t.number > slot->max))
			return false;
		if (r->kind == RULE_ORDINAL && pos + 1 < m->n && m->s->suffixes) {
			snprintf(word, sizeof word, " %s ", m->words[pos + 1].text);
			if (strstr(m->s->suffixes, word) && take(m, &t, pos + 2, after))
				return true;
		}
		return take(m, &t, pos + 1, after);
	}
	for (int length = 4; length > 0; length--)
		for (size_t i = 0; i < f->count; i++) {
			t.number = f->all[i].value;
			if (f->all[i].count == length &&
			    (!slot->bounded || (t.number >= slot->min && t.number <= slot->max)) &&
			    sentences_form_at(&f->all[i], &m->words[pos], m->n - pos) &&
			    take(m, &t, pos + length, after))
				return true;
		}
	return false;
}

/* Keys, as many as there are; a numeral is one for each digit. */
static bool keys(struct matcher *m, const struct pattern *slot, int pos, const struct after *after)
{
	int used = m->used;

	while (pos < m->n) {
		const struct word *w = &m->words[pos];
		int n = w->numeral || *w->text == '*' || *w->text == '#';

		for (size_t i = 0; n && w->text[i]; i++)
			if (!push(m, &(struct trail){ .step = STEP_ENTER, .at = slot, .key = w->text[i] }) ||
			    (w->text[i + 1] && !push(m, &(struct trail){ .step = STEP_LEAVE, .at = slot })))
				goto none;
		for (size_t i = 0; !n && i < m->s->keys.count; i++) {
			n = sentences_form_at(&m->s->keys.all[i], w, m->n - pos);
			if (n &&
			    !push(m, &(struct trail){
					     .step = STEP_ENTER, .at = slot, .key = (char)m->s->keys.all[i].value }))
				goto none;
		}
		if (!n)
			break;
		pos += n;
		if (leave(m, pos, after))
			return true;
		if (!push(m, &(struct trail){ .step = STEP_LEAVE, .at = slot }))
			break;
	}
none:
	m->used = used;
	return false;
}

static bool inside(struct matcher *m, const struct pattern *slot, int pos, const struct after *after)
{
	const struct rule *r = slot->rule;
	int used = m->used;

	if (pos >= m->n || !r)
		return false;
	if (r->kind == RULE_NUMBER || r->kind == RULE_ORDINAL)
		return number(m, slot, pos, after);
	if (r->kind == RULE_KEYS)
		return keys(m, slot, pos, after);
	for (size_t i = 0; i < r->count; i++) {
		if (push(m, &(struct trail){ .step = STEP_ENTER, .at = slot, .entry = &r->entries[i] }) &&
		    sequence(m, r->entries[i].pattern, pos, after))
			return true;
		m->used = used;
	}
	return false;
}

static bool sequence(struct matcher *m, const struct pattern *p, int pos, const struct after *after)
{
	struct after behind;
	int used = m->used, n;

	if (m->steps++ > SENTENCES_STEPS)
		return false;
	if (!p)
		return leave(m, pos, after);
	behind = (struct after){ .next = p->next, .slot = p->kind == PATTERN_SLOT ? p : NULL, .up = after };
	switch (p->kind) {
	case PATTERN_WORDS:
		n = words_at(m, p, pos);
		if (n && push(m, &(struct trail){ .step = STEP_WORDS, .at = p }) &&
		    sequence(m, p->next, pos + n, after))
			return true;
		break;
	case PATTERN_SLOT: return inside(m, p, pos, &behind);
	case PATTERN_MAYBE:
	case PATTERN_ONE_OF:
		for (const struct pattern *one = p->inside; one; one = one->other)
			if (sequence(m, one, pos, &behind))
				return true;
		if (p->kind == PATTERN_MAYBE)
			return sequence(m, p->next, pos, after);
		break;
	}
	m->used = used;
	return false;
}

/* --- the slots that were gone through */

static void add_text(struct sentences_slot *slot, const char *between, const char *text)
{
	size_t n = strlen(slot->text);

	snprintf(slot->text + n, sizeof slot->text - n, "%s%s", n ? between : "", text);
}

struct value { /* of slots within a rule, for what it assigns */
	const char *name;
	long number;
};

/* What joins the slot that begins at i with the one of its kind before it: milk, bread and eggs; keys stand together.
 */
static const char *joint(const struct matcher *m, int i, char out[64])
{
	const struct pattern *at = m->trail[i].at;
	int depth = 0;

	if (m->trail[i].key)
		return "";
	do
		depth += m->trail[i].step == STEP_ENTER ? 1 : m->trail[i].step == STEP_LEAVE ? -1 : 0;
	while (depth && ++i < m->used);
	if (i + 1 < m->used && m->trail[i + 1].step == STEP_ENTER && m->trail[i + 1].at == at)
		return ", ";
	snprintf(out, 64, " %.60s ", m->s->join_shown ? m->s->join_shown : "");
	return out;
}

static void assign(const struct entry *e, const struct value *values, size_t count, struct sentences_slot *slot)
{
	for (size_t a = 0; a < e->assign_count; a++) {
		const struct assign *as = &e->assigns[a];
		long n = as->number;

		for (size_t v = 0; as->slot && v < count; v++)
			if (strcmp(values[v].name, as->slot) == 0)
				n = values[v].number;
		moment_put(&slot->moment, as->field, as->sign * n);
	}
	if (e->value)
		snprintf(slot->value, sizeof slot->value, "%s", e->value);
}

/* What stands from the entering at *i on up to its leaving, into slot; *i is behind it then. */
static void read_slot(const struct matcher *m, int *i, struct sentences_slot *slot)
{
	const struct trail *begin = &m->trail[*i];
	struct value values[ENTRY_ASSIGNS];
	const struct pattern *before = NULL;
	size_t count = 0;
	char text[64];

	for (++*i; m->trail[*i].step != STEP_LEAVE;) {
		const struct trail *t = &m->trail[*i];
		struct sentences_slot inner = { .number = 0 };
		const char *between = before && t->at == before ? joint(m, *i, text) : " ";

		before = t->at;
		if (t->step == STEP_WORDS) {
			add_text(slot, " ", t->at->shown);
			++*i;
			continue;
		}
		read_slot(m, i, &inner);
		add_text(slot, between, inner.text);
		moment_merge(&slot->moment, &inner.moment);
		if (count < ENTRY_ASSIGNS)
			values[count++] = (struct value){ t->at->name, inner.number };
	}
	++*i;
	if (begin->key) {
		snprintf(text, sizeof text, "%c", begin->key);
		add_text(slot, "", text);
	} else if (!begin->entry) {
		slot->has_number = true;
		slot->number = begin->number;
		snprintf(text, sizeof text, "%ld", begin->number);
		add_text(slot, " ", text);
	}
	if (begin->entry)
		assign(begin->entry, values, count, slot);
}

/* One of several is added to those before it. */
static void add_slot(struct sentences_match *out, const struct sentences_slot *slot, const char *between)
{
	struct sentences_slot *known = sentences_slot(out, slot->name);

	if (known)
		add_text(known, between, slot->text);
	else if (out->slot_count < SENTENCES_SLOTS)
		out->slots[out->slot_count++] = *slot;
}

static void read_trail(struct matcher *m, struct sentences_match *out)
{
	for (int i = 0; i < m->used;) {
		struct sentences_slot slot = { .number = 0 };
		const char *between;
		char text[64];

		if (m->trail[i].step != STEP_ENTER) {
			i++;
			continue;
		}
		snprintf(slot.name, sizeof slot.name, "%s", m->trail[i].at->name);
		between = joint(m, i, text);
		read_slot(m, &i, &slot);
		add_slot(out, &slot, between);
	}
}

static bool match_any(struct matcher *m, const char *grammar, struct sentences_match *out)
{
	const struct sentences *s = m->s;

	for (size_t i = 0; m->n > 0 && i < s->intent_count; i++)
		for (size_t j = 0; sentences_heard_in(&s->intents[i], grammar) && j < s->intents[i].count; j++) {
			m->used = 0;
			if (!sequence(m, s->intents[i].entries[j].pattern, 0, NULL))
				continue;
			out->intent = &s->intents[i];
			read_trail(m, out);
			return true;
		}
	return false;
}

/* Takes a polite word off the begin or the end. */
static bool take_polite(struct matcher *m, bool end)
{
	for (size_t i = 0; i < m->s->polite.count; i++) {
		const struct form *f = &m->s->polite.all[i];
		int at = end ? m->n - f->count : 0;

		if (at < 0 || !sentences_form_at(f, &m->words[at], m->n - at))
			continue;
		if (!end)
			memmove(m->words, m->words + f->count, (size_t)(m->n - f->count) * sizeof *m->words);
		m->n -= f->count;
		return true;
	}
	return false;
}

int sentences_match(const struct sentences *s, const char *grammar, const char *text, struct sentences_match *out)
{
	struct matcher m = { .s = s };

	*out = (struct sentences_match){ .intent = NULL };
	if (strlen(text) > SENTENCES_TEXT_MAX_BYTES)
		return 0;
	m.n = words_split(text, strlen(text), &s->same, m.words, SENTENCES_WORDS);
	if (match_any(&m, grammar, out))
		return 1;
	while (take_polite(&m, true) || take_polite(&m, false))
		if (match_any(&m, grammar, out))
			return 1;
	return 0;
}

struct sentences_slot *sentences_slot(const struct sentences_match *m, const char *name)
{
	for (size_t i = 0; i < m->slot_count; i++)
		if (strcmp(m->slots[i].name, name) == 0)
			return (struct sentences_slot *)&m->slots[i];
	return NULL;
}
