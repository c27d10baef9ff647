#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "paths.h"
#include "sentences_reading.h"
#include "utf8.h"

#ifndef __clang__ /* gcc's analyzer does not see that an array keeps what was put into it */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

#define INCLUDES 8

static const char *const headings[] = {
	[NUMBERS] = "numbers", [ORDINALS] = "ordinals", [KEYS] = "keys", [SAME] = "same",     [POLITE] = "polite",
	[SPEAK] = "speak",     [LIST] = "list",		[RULE] = "rule", [INTENT] = "intent",
};

void sentences_wrong(struct reading *r, const char *what, const char *expected)
{
	char shown[64];

	complaint_add(r->out, r->file, r->line, "%s: expected %s", complaint_quote(what, shown), expected);
}

void sentences_no_memory(struct reading *r)
{
	complaint_add(r->out, r->file, r->line, "%s", strerror(ENOMEM));
}

void sentences_unknown(struct reading *r, const char *word, const char *expected, const char *const *names, size_t n)
{
	struct nearest near = { .word = word };
	char shown[64], hint[96];

	for (size_t i = 0; i < n; i++)
		if (names[i])
			nearest_see(&near, names[i]);
	complaint_add(r->out, r->file, r->line, "%s: expected %s%s", complaint_quote(word, shown), expected,
		      nearest_hint(&near, hint));
}

char *sentences_cut(char *text)
{
	char *rest = text + strcspn(text, " \t");

	if (*rest)
		*rest++ = '\0';
	return rest + strspn(rest, " \t");
}

char *sentences_keep(struct reading *r, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		sentences_no_memory(r);
	return copy;
}

/* --- what is inside sections */

static void read_speak(struct reading *r, char *text)
{
	struct sentences *s = r->s;
	char *words = sentences_cut(text);
	struct said *all;

	if (!*words) {
		sentences_wrong(r, text, "what is said behind it");
		return;
	}
	if (strcmp(text, "and") == 0) { /* what joins things of a list, when they are said and when they are heard */
		int n = words_split(words, strlen(words), &s->same, s->joins, 4);

		if (n <= 0) {
			sentences_wrong(r, words, "one to four words");
			return;
		}
		s->join_count = (size_t)n;
		free(s->join_shown);
		s->join_shown = sentences_keep(r, words);
	}
	all = realloc(s->said, (s->said_count + 1) * sizeof *all);
	if (!all) {
		sentences_no_memory(r);
		return;
	}
	s->said = all;
	all[s->said_count++] = (struct said){
		.name = sentences_keep(r, text), .text = sentences_keep(r, words), .file = r->file, .line = r->line
	};
}

struct pattern *sentences_read_pattern(struct reading *r, const char *text)
{
	char why[160];
	struct pattern *p = pattern_open(text, &r->s->same, why, sizeof why);

	if (!p)
		complaint_add(r->out, r->file, r->line, "%s", why);
	else if (pattern_may_be_empty(p)) {
		sentences_wrong(r, text, "a word that is always said");
		pattern_close(p);
		p = NULL;
	}
	return p;
}

static const char *read_assign(struct reading *r, char *text, struct assign *a)
{
	char *value = sentences_cut(text), *end;
	int field = moment_field_find(text), word;

	if (field < 0) {
		sentences_unknown(r, text, "a part of a moment", moment_fields, MOMENT_FIELDS);
		return NULL;
	}
	*a = (struct assign){ .field = (enum moment_field)field, .sign = *value == '-' ? -1 : 1 };
	word = moment_word_find(a->field, value);
	value += *value == '-';
	a->number = word >= 0 ? word : strtol(value, &end, 10);
	if (word >= 0 || (*value && !*end && moment_fits(a->field, a->sign * a->number)))
		return value;
	if (*value == '<' && value[strlen(value) - 1] == '>' && (a->slot = strndup(value + 1, strlen(value) - 2)))
		return value;
	sentences_wrong(r, value,
			a->field == MOMENT_HALF ? "am or pm"
			: a->field == MOMENT_PART
				? "morning, noon, afternoon, evening or night"
				: "a number that this part may be, or a slot of this line such as <number>");
	return NULL;
}

/* "hour <number>, minute 30" */
static void read_assigns(struct reading *r, struct entry *e, char *text)
{
	char *next;

	for (; text && *text; text = next) {
		next = strchr(text, ',');
		if (next) {
			*next++ = '\0';
			next += strspn(next, " \t");
		}
		if (e->assign_count == ENTRY_ASSIGNS) {
			sentences_wrong(r, text, "at most six parts");
			return;
		}
		if (read_assign(r, text, &e->assigns[e->assign_count]))
			e->assign_count++;
	}
}

static void read_entry(struct reading *r, char *text)
{
	char *is = strstr(text, " = ");
	struct entry *e;
	struct pattern *p;

	if (is) {
		*is = '\0';
		is += 3 + strspn(is + 3, " \t");
	}
	p = sentences_read_pattern(r, text);
	if (!p)
		return;
	e = sentences_add_entry(r->rule);
	if (!e) {
		pattern_close(p);
		sentences_no_memory(r);
		return;
	}
	*e = (struct entry){ .pattern = p, .file = r->file, .line = r->line };
	if (is && r->section == LIST)
		e->value = sentences_keep(r, is);
	else if (is)
		read_assigns(r, e, is);
}

/* --- headings */

static bool is_name(const char *name)
{
	return *name && strlen(name) < 32 && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.")];
}

static void open_rule(struct reading *r, const char *name)
{
	enum rule_kind kind = r->section == LIST ? RULE_LIST : RULE_RULE;
	char what[64];

	r->rule = sentences_rule(r->s, name);
	if (r->rule && r->rule->kind != kind) {
		snprintf(what, sizeof what, "another name: there is a %s already",
			 r->rule->kind == RULE_LIST   ? "list of that name"
			 : r->rule->kind == RULE_RULE ? "rule of that name"
						      : "slot of that name");
		sentences_wrong(r, name, what);
		r->section = BAD;
		return;
	}
	if (!r->rule && r->s->rule_count == SENTENCES_RULES) {
		snprintf(what, sizeof what, "at most %d lists and rules", SENTENCES_RULES);
		sentences_wrong(r, name, what);
		r->section = BAD;
		return;
	}
	if (!r->rule)
		r->rule = sentences_add_rule(r->s, name, kind);
	if (!r->rule) {
		sentences_no_memory(r);
		r->section = BAD;
	} else if (!r->rule->file) {
		r->rule->file = r->file;
		r->rule->line = r->line;
	}
}

static void open_intent(struct reading *r, const char *name)
{
	struct sentences *s = r->s;
	const struct sentences_intent *known = sentences_find(s, name);
	struct sentences_intent *all;
	char what[160];

	if (known || s->intent_count == SENTENCES_RULES) {
		if (known)
			snprintf(what, sizeof what, "another name: line %d has that one already", known->line);
		else
			snprintf(what, sizeof what, "at most %d intents", SENTENCES_RULES);
		sentences_wrong(r, name, what);
		r->section = BAD;
		return;
	}
	all = realloc(s->intents, (s->intent_count + 1) * sizeof *all);
	if (!all) {
		sentences_no_memory(r);
		r->section = BAD;
		return;
	}
	s->intents = all;
	r->intent = &all[s->intent_count++];
	*r->intent = (struct sentences_intent){ .name = sentences_keep(r, name), .file = r->file, .line = r->line };
}

static void read_include(struct reading *r, const char *name)
{
	const char *slash = strrchr(r->file, '/');
	char path[PATHS_MAX_BYTES];
	int n = snprintf(path, sizeof path, "%.*s%s", *name == '/' || !slash ? 0 : (int)(slash - r->file + 1), r->file,
			 name);

	if (!*name || n < 0 || (size_t)n >= sizeof path)
		sentences_wrong(r, name, "a file's name");
	else
		sentences_read(r->s, path, r, r->out);
}

static void read_heading(struct reading *r, char *text)
{
	char *name = sentences_cut(text);
	static const char *const names[] = { "language", "include", "numbers", "ordinals", "keys",  "same",
					     "polite",	 "speak",   "list",    "rule",	   "intent" };

	r->section = NONE;
	if (strcmp(text, "language") == 0) {
		if (!*name || strlen(name) > 16)
			sentences_wrong(r, name, "a language such as en");
		else if (!r->s->language)
			r->s->language = sentences_keep(r, name);
		return;
	}
	if (strcmp(text, "include") == 0) {
		read_include(r, name);
		return;
	}
	r->section = BAD;
	for (int i = NUMBERS; i <= INTENT; i++)
		if (strcmp(headings[i], text) == 0)
			r->section = (enum section)i;
	if (r->section == BAD)
		sentences_unknown(r, text, "a heading at the line's begin, lines of a section behind a tab or spaces",
				  names, sizeof names / sizeof *names);
	else if (r->section >= LIST && !is_name(name)) {
		sentences_wrong(r, name, "a name in small letters");
		r->section = BAD;
	} else if (r->section < LIST && *name) {
		sentences_wrong(r, name, "nothing behind the heading");
	} else if (r->section == INTENT)
		open_intent(r, name);
	else if (r->section >= LIST)
		open_rule(r, name);
}

static void read_inside(struct reading *r, char *text)
{
	switch (r->section) {
	case NUMBERS:
	case ORDINALS: sentences_read_number(r, text); break;
	case KEYS: sentences_read_key(r, text); break;
	case SAME: sentences_read_same(r, text); break;
	case POLITE: sentences_read_polite(r, text); break;
	case SPEAK: read_speak(r, text); break;
	case LIST:
	case RULE: read_entry(r, text); break;
	case INTENT: sentences_read_intent(r, text); break;
	case NONE: sentences_wrong(r, text, "a heading first, at the line's begin"); break;
	case BAD: break; /* its heading was complained of */
	}
}

/* Without its comment and the blanks at its end. */
static void strip(char *line)
{
	size_t n;

	for (char *p = line; (p = strchr(p, '#')); p++)
		if (p == line || p[-1] == ' ' || p[-1] == '\t') {
			*p = '\0';
			break;
		}
	n = strlen(line);
	while (n && strchr(" \t\r", line[n - 1]))
		line[--n] = '\0';
}

static void read_line(struct reading *r, char *line)
{
	char *text;

	strip(line);
	text = line + strspn(line, " \t");
	if (!*text)
		return;
	if (strlen(text) >= SENTENCES_LINE_BYTES)
		sentences_wrong(r, text, "at most 1023 bytes in a line");
	else if (text == line)
		read_heading(r, text);
	else
		read_inside(r, text);
}

static bool is_text(struct reading *r, const char *text, size_t n)
{
	for (r->line = 1; n;) {
		size_t bytes = utf8_character(text, n);

		if (!bytes || ((unsigned char)*text < ' ' && !strchr("\n\t\r", *text)) || !*text) {
			complaint_add(r->out, r->file, r->line, "byte 0x%02x: expected UTF-8 text",
				      (unsigned char)*text);
			return false;
		}
		r->line += *text == '\n';
		text += bytes;
		n -= bytes;
	}
	return true;
}

static void read_lines(struct reading *r, char *text)
{
	char *next;

	r->line = 0;
	for (char *at = text; at; at = next) {
		next = strchr(at, '\n');
		if (next)
			*next++ = '\0';
		r->line++;
		read_line(r, at);
	}
}

static bool is_read(const struct sentences *s, const char *path)
{
	for (size_t i = 0; i < s->file_count; i++)
		if (strcmp(s->files[i], path) == 0)
			return true;
	return false;
}

void sentences_read(struct sentences *s, const char *path, const struct reading *from, struct complaint *out)
{
	struct reading r = { .s = s, .out = out };
	const char *why = s->file_count == INCLUDES ? "at most 8 files"
			  : is_read(s, path)	    ? "it is read already"
						    : NULL;
	char *text = why ? NULL : malloc(SENTENCES_FILE_MAX_BYTES);
	ssize_t n = text ? paths_read_bounded(path, text, SENTENCES_FILE_MAX_BYTES) : -1;

	if (n < 0 || !(s->files[s->file_count] = strdup(path))) {
		complaint_add(out, from ? from->file : NULL, from ? from->line : 0, "cannot read %s: %s", path,
			      why ? why : strerror(errno));
		free(text);
		return;
	}
	r.file = s->files[s->file_count++];
	if (is_text(&r, text, (size_t)n))
		read_lines(&r, text);
	free(text);
}
