#include "pattern.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complaint.h"
#include "utf8.h"

#define PATTERN_WORDS_MAX 8 /* of one spelling */

/* --- words */

/* Capitals of Latin-1 and of Latin Extended-A, whose pairs differ in the last bit; enough for the languages that a
 * telephone line's voices speak here. */
void words_lower(char *text, size_t n)
{
	unsigned char *s = (unsigned char *)text;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < 0x80)
			s[i] = (unsigned char)tolower(s[i]);
		else if (s[i] == 0xc3 && i + 1 < n && s[i + 1] >= 0x80 && s[i + 1] <= 0x9e && s[i + 1] != 0x97)
			s[++i] |= 0x20;
		else if (s[i] == 0xc4 && i + 1 < n && s[i + 1] >= 0x80 && s[i + 1] <= 0xb7)
			s[++i] |= 1;
	}
}

/* The length of what may be inside a word at s and is dropped there: an apostrophe of any kind, "p.m."'s full stop.
 * 0: it is none. */
static size_t joint(const char *s, const char *end, bool numeral)
{
	if (*s == '\'' || (*s == '.' && !numeral && s + 1 < end && isalpha((unsigned char)s[1])))
		return 1;
	return end - s >= 3 && memcmp(s, "\xe2\x80\x99", 3) == 0 ? 3 : 0;
}

static bool is_letter(unsigned char c)
{
	return isalpha(c) || c >= 0x80;
}

/* Dashes and quotes of the typographer separate words as ASCII's do. */
static size_t separator(const char *s, const char *end)
{
	if ((unsigned char)*s < 0x80)
		return !isalnum((unsigned char)*s) && *s != '*' && *s != '#';
	return end - s >= 3 && memcmp(s, "\xe2\x80", 2) == 0 ? 3 : 0;
}

/* One word from *at on: a run of digits, or of letters with what joins them. -1: too long. */
static int split_one(const char **at, const char *end, struct word *out)
{
	const char *s = *at;
	size_t n = 0, skip;

	*out = (struct word){ .numeral = isdigit((unsigned char)*s) };
	if (*s == '*' || *s == '#')
		out->text[n++] = *s++;
	else
		for (; s < end; s++) {
			if ((skip = n ? joint(s, end, out->numeral) : 0)) {
				s += skip - 1;
				continue;
			}
			if (out->numeral ? !isdigit((unsigned char)*s)
					 : !is_letter((unsigned char)*s) || separator(s, end))
				break;
			if (n + 1 == sizeof out->text)
				return -1;
			out->text[n++] = *s;
		}
	out->text[n] = '\0';
	words_lower(out->text, n);
	if (out->numeral && n <= 9)
		out->value = strtol(out->text, NULL, 10);
	*at = s;
	return 0;
}

static const struct spelling *spelling_find(const struct spellings *same, const struct word *w)
{
	for (size_t i = 0; same && i < same->count; i++)
		if (strcmp(same->all[i].from.text, w->text) == 0)
			return &same->all[i];
	return NULL;
}

/* What one word of a text is to be compared as. How many words, at most four. */
static size_t spell(const struct spellings *same, const struct word *w, bool minutes, struct word out[4])
{
	const struct spelling *other = spelling_find(same, w);

	if (other) {
		memcpy(out, other->to, sizeof other->to);
		return other->count;
	}
	if (minutes && strcmp(w->text, "00") == 0) /* 8:00 is eight */
		return 0;
	out[0] = *w;
	if (!minutes || w->text[0] != '0' || strlen(w->text) != 2)
		return 1;
	out[0] = (struct word){ .text = "0", .numeral = true }; /* 8:05 is eight oh five */
	out[1] = (struct word){ .text = { w->text[1] }, .numeral = true, .value = w->value };
	return 2;
}

int words_split(const char *text, size_t n, const struct spellings *same, struct word *out, int max)
{
	const char *s = text, *end = text + n;
	int count = 0;

	while (s < end) {
		bool minutes = s > text && s[-1] == ':';
		size_t skip = separator(s, end), some;
		struct word w, all[4];

		if (skip) {
			s += skip;
			continue;
		}
		if (split_one(&s, end, &w) < 0)
			return -1;
		some = spell(same, &w, minutes && w.numeral, all);
		if (count + (int)some > max)
			return -1;
		memcpy(out + count, all, some * sizeof *all);
		count += (int)some;
	}
	return count;
}

/* --- patterns */

struct parse {
	const char *p;
	const struct spellings *same;
	char *why;
	size_t size;
	unsigned depth;
};

static struct pattern *wrong(struct parse *s, const char *at, const char *expected)
{
	char shown[64];

	if (!*s->why)
		snprintf(s->why, s->size, "%s: expected %s", *at ? complaint_quote(at, shown) : "the line's end",
			 expected);
	return NULL;
}

static struct pattern *make(struct parse *s, enum pattern_kind kind)
{
	struct pattern *p = calloc(1, sizeof *p);

	if (p)
		p->kind = kind;
	else
		snprintf(s->why, s->size, "%s", strerror(ENOMEM));
	return p;
}

/* A word ends at white space and at what has a meaning here. */
static size_t word_length(const char *s)
{
	return strcspn(s, " \t()[]<>|");
}

static struct pattern *parse_word(struct parse *s)
{
	struct word words[PATTERN_WORDS_MAX];
	size_t n = word_length(s->p);
	int count = words_split(s->p, n, s->same, words, PATTERN_WORDS_MAX);
	struct pattern *p;

	if (count < 0)
		return wrong(s, s->p, "shorter words");
	if (count == 0)
		return wrong(s, s->p, "a word");
	p = make(s, PATTERN_WORDS);
	if (!p)
		return NULL;
	p->shown = strndup(s->p, n);
	p->words = calloc((size_t)count, sizeof *words);
	p->count = count;
	if (!p->shown || !p->words) {
		snprintf(s->why, s->size, "%s", strerror(ENOMEM));
		pattern_close(p);
		return NULL;
	}
	memcpy(p->words, words, (size_t)count * sizeof *words);
	s->p += n;
	return p;
}

/* " 1-12" of <number 1-12>. */
static bool parse_bounds(struct parse *s, struct pattern *p)
{
	char *end;

	s->p += strspn(s->p, " ");
	if (!isdigit((unsigned char)*s->p))
		return *s->p == '>';
	p->bounded = true;
	p->min = p->max = strtol(s->p, &end, 10);
	if (*end == '-' && isdigit((unsigned char)end[1]))
		p->max = strtol(end + 1, &end, 10);
	s->p = end;
	return *end == '>' && p->min <= p->max && p->max < 1000000;
}

static struct pattern *parse_slot(struct parse *s)
{
	const char *begin = s->p++;
	size_t n = strspn(s->p, "abcdefghijklmnopqrstuvwxyz0123456789-_");
	struct pattern *p;

	if (n == 0 || n > 31)
		return wrong(s, begin, "a slot's name in small letters, such as <when>");
	p = make(s, PATTERN_SLOT);
	if (!p)
		return NULL;
	p->name = strndup(s->p, n);
	s->p += n;
	p->several = *s->p == '+';
	s->p += p->several;
	if (!p->name || !parse_bounds(s, p)) {
		(void)wrong(s, begin, "<name>, <name+> or <name 1-12>");
		pattern_close(p);
		return NULL;
	}
	s->p++;
	return p;
}

static struct pattern *parse_sequence(struct parse *s, char close);

static struct pattern *parse_inside(struct parse *s)
{
	char open = *s->p, close = open == '(' ? ')' : ']';
	const char *begin = s->p;
	struct pattern *p, **end;

	if (++s->depth > PATTERN_DEPTH)
		return wrong(s, begin, "no more brackets within brackets");
	p = make(s, open == '(' ? PATTERN_MAYBE : PATTERN_ONE_OF);
	if (!p)
		return NULL;
	end = &p->inside;
	do {
		s->p++;
		*end = parse_sequence(s, close);
		if (!*end) {
			pattern_close(p);
			return NULL;
		}
		end = &(*end)->other;
	} while (*s->p == '|');
	if (*s->p != close) {
		(void)wrong(s, begin, open == '(' ? "a ) behind it" : "a ] behind it");
		pattern_close(p);
		return NULL;
	}
	s->p++;
	s->depth--;
	return p;
}

static struct pattern *parse_piece(struct parse *s)
{
	switch (*s->p) {
	case '<': return parse_slot(s);
	case '(':
	case '[': return parse_inside(s);
	case ')':
	case ']':
	case '>': return wrong(s, s->p, "an opening bracket before it");
	case '|': return wrong(s, s->p, "a word before it");
	default: return parse_word(s);
	}
}

/* a|b outside brackets: one of two words. */
static struct pattern *parse_choice(struct parse *s)
{
	struct pattern *first = parse_piece(s), *p, **end;

	if (!first || *s->p != '|')
		return first;
	p = make(s, PATTERN_ONE_OF);
	if (!p) {
		pattern_close(first);
		return NULL;
	}
	p->inside = first;
	for (end = &first->other; *s->p == '|'; end = &(*end)->other) {
		s->p++;
		*end = *s->p && !strchr(" \t", *s->p) ? parse_piece(s) : wrong(s, s->p, "a word right behind the |");
		if (!*end) {
			pattern_close(p);
			return NULL;
		}
	}
	return p;
}

/* Up to the closing bracket or, within brackets, the next |; close 0: up to the end. */
static struct pattern *parse_sequence(struct parse *s, char close)
{
	struct pattern *first = NULL, **end = &first;

	for (;;) {
		s->p += strspn(s->p, " \t");
		if (!*s->p || (close && (*s->p == close || *s->p == '|')))
			break;
		*end = close ? parse_piece(s) : parse_choice(s);
		if (!*end) {
			pattern_close(first);
			return NULL;
		}
		end = &(*end)->next;
	}
	return first ? first : wrong(s, s->p, "words");
}

struct pattern *pattern_open(const char *text, const struct spellings *same, char *why, size_t size)
{
	struct parse s = { .p = text, .same = same, .why = why, .size = size };

	*why = '\0';
	return parse_sequence(&s, 0);
}

void pattern_close(struct pattern *p)
{
	while (p) {
		struct pattern *next = p->next;

		for (struct pattern *one = p->inside, *other; one; one = other) {
			other = one->other;
			pattern_close(one);
		}
		free(p->shown);
		free(p->words);
		free(p->name);
		free(p);
		p = next;
	}
}

bool pattern_may_be_empty(const struct pattern *p)
{
	for (; p; p = p->next) {
		bool may = p->kind == PATTERN_MAYBE;

		for (const struct pattern *one = p->inside; p->kind == PATTERN_ONE_OF && one; one = one->other)
			may |= pattern_may_be_empty(one);
		if (!may)
			return false;
	}
	return true;
}

int pattern_each_slot(struct pattern *p, int (*on)(void *ctx, struct pattern *slot), void *ctx)
{
	int status = 0;

	for (; p && status == 0; p = p->next) {
		if (p->kind == PATTERN_SLOT)
			status = on(ctx, p);
		for (struct pattern *one = p->inside; one && status == 0; one = one->other)
			status = pattern_each_slot(one, on, ctx);
	}
	return status;
}
