/* Numbers, keys and spellings: how each is said. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sentences_reading.h"

#ifndef __clang__ /* gcc's analyzer does not see that an array keeps what was put into it */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

int sentences_add_form(struct forms *f, const struct spellings *same, long value, const char *text, size_t n)
{
	struct form form = { .value = value };
	struct form *all;

	form.count = words_split(text, n, same, form.words, (int)(sizeof form.words / sizeof *form.words));
	if (form.count <= 0) {
		errno = EINVAL;
		return -1;
	}
	form.shown = strndup(text, n);
	all = form.shown ? realloc(f->all, (f->count + 1) * sizeof *all) : NULL;
	if (!all) {
		free(form.shown);
		return -1;
	}
	f->all = all;
	all[f->count++] = form;
	return 0;
}

static bool has(const struct forms *f, long value)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->all[i].value == value)
			return true;
	return false;
}

/* All ways to say tens with all ways to say the unit behind it. */
static int compose(struct forms *into, const struct forms *tens, const struct forms *units, long value)
{
	char text[2 * PATTERN_WORD_BYTES * 4];

	for (size_t i = 0; i < tens->count; i++)
		for (size_t j = 0; tens->all[i].value == value - value % 10 && j < units->count; j++) {
			if (units->all[j].value != value % 10)
				continue;
			snprintf(text, sizeof text, "%s %s", tens->all[i].shown, units->all[j].shown);
			if (sentences_add_form(into, NULL, value, text, strlen(text)) < 0) {
				if (errno == EINVAL) /* too many words: nobody says it so */
					continue;
				return -1;
			}
			into->all[into->count - 1].composed = true;
		}
	return 0;
}

/* What the file does not have up to last. The file's own forms are copied first: what is put together begins nothing.
 */
static int compose_all(struct forms *into, const struct forms *tens, long last)
{
	struct forms own = { .count = into->count };
	int status = 0;

	own.all = calloc(own.count + 1, sizeof *own.all);
	if (!own.all)
		return -1;
	for (size_t i = 0; i < own.count; i++)
		own.all[i] = into->all[i];
	for (long value = 21; status == 0 && value <= last; value++)
		if (value % 10 && !has(&own, value))
			status = compose(into, tens ? tens : &own, &own, value);
	free(own.all);
	return status;
}

int sentences_compose(struct sentences *s)
{
	struct forms tens = { .count = s->numbers.count };

	if (compose_all(&s->numbers, NULL, SENTENCES_NUMBERS - 1) < 0)
		return -1;
	tens.all = s->numbers.all; /* the file's stand first */
	return compose_all(&s->ordinals, &tens, 31);
}

int sentences_form_at(const struct form *f, const struct word *w, int n)
{
	if (f->count > n)
		return 0;
	for (int i = 0; i < f->count; i++)
		if (strcmp(f->words[i].text, w[i].text) != 0)
			return 0;
	return f->count;
}

/* --- their lines */

static void read_forms(struct reading *r, struct forms *f, long value, const char *text)
{
	for (;;) {
		size_t n = strcspn(text, "|");

		if (sentences_add_form(f, &r->s->same, value, text, n) < 0) {
			if (errno == EINVAL)
				sentences_wrong(r, text, "one to four words");
			else
				sentences_no_memory(r);
			return;
		}
		if (!text[n])
			return;
		text += n + 1;
	}
}

/* "20 twenty" */
void sentences_read_number(struct reading *r, char *text)
{
	char *words = sentences_cut(text), *end;
	long value = strtol(text, &end, 10);

	if (r->section == ORDINALS && strcmp(text, "suffix") == 0) {
		char copy[SENTENCES_LINE_BYTES];

		snprintf(copy, sizeof copy, " %s ", words);
		free(r->s->suffixes);
		r->s->suffixes = sentences_keep(r, copy);
		return;
	}
	if (*end || end == text || value < 0 || value >= SENTENCES_NUMBERS)
		sentences_wrong(r, text, "a number from 0 to 99");
	else if (!*words)
		sentences_wrong(r, text, "how it is said behind it");
	else
		read_forms(r, r->section == NUMBERS ? &r->s->numbers : &r->s->ordinals, value, words);
}

/* "star  asterisk", "5 five" */
void sentences_read_key(struct reading *r, char *text)
{
	char *words = sentences_cut(text);
	long key = strcmp(text, "star") == 0 ? '*' : strcmp(text, "hash") == 0 ? '#' : *text;

	if (!(isdigit((unsigned char)*text) && !text[1]) && key != '*' && key != '#')
		sentences_wrong(r, text, "a key: 0 to 9, star or hash");
	else if (!*words)
		sentences_wrong(r, text, "how it is said behind it");
	else
		read_forms(r, &r->s->keys, key, words);
}

/* "please" */
void sentences_read_polite(struct reading *r, char *text)
{
	read_forms(r, &r->s->polite, 0, text);
}

/* "what's = what is" */
void sentences_read_same(struct reading *r, char *text)
{
	struct spelling one = { 0 }, *all;
	char *is = strstr(text, " = ");
	int to;

	if (!is || words_split(text, (size_t)(is - text), NULL, &one.from, 1) != 1) {
		sentences_wrong(r, text, "a word, =, and the words that it stands for");
		return;
	}
	to = words_split(is + 3, strlen(is + 3), NULL, one.to, 4);
	if (to <= 0) {
		sentences_wrong(r, is + 3, "one to four words");
		return;
	}
	one.count = (size_t)to;
	one.spoken = strndup(text, (size_t)(is - text));
	all = one.spoken ? realloc(r->s->same.all, (r->s->same.count + 1) * sizeof *all) : NULL;
	if (!all) {
		free((char *)one.spoken);
		sentences_no_memory(r);
		return;
	}
	r->s->same.all = all;
	all[r->s->same.count++] = one;
}
