#include "say.h"

#include <ctype.h>
#include <string.h>

#include "say_rules.h"
#include "utf8.h"

static const struct say_language languages[] = {
	{ "en", "at", "dot", "dash", "underscore", "slash", "plus", true, NULL },
	{ "de", "ätt", "Punkt", "Strich", "Unterstrich", "Schrägstrich", "plus", false, "Uhr" },
	{ "fr", "arobase", "point", "tiret", "tiret bas", "barre", "plus", false, NULL },
	{ "es", "arroba", "punto", "guion", "guion bajo", "barra", "más", false, NULL },
	{ "it", "chiocciola", "punto", "trattino", "trattino basso", "barra", "più", false, NULL },
	{ "", "@", ".", "-", "_", "/", "+", false, NULL },
};

const struct say_language *say_language(const char *code)
{
	size_t n = strcspn(code, "-_+"), i = 0;

	while (*languages[i].code && (strlen(languages[i].code) != n || strncmp(languages[i].code, code, n) != 0))
		i++;
	return &languages[i];
}

void say_clear(struct say *s)
{
	s->text[s->n = 0] = 0;
	s->words = 0;
}

void say_bytes(struct say *s, const char *words, size_t n)
{
	const char *end = words + n;

	while (words < end) {
		size_t length = 0;

		while (words + length < end && words[length] != ' ')
			length++;
		if (length && s->n + length + 4 < SAY_ROOM) {
			if (s->n)
				s->text[s->n++] = ' ';
			memcpy(s->text + s->n, words, length);
			s->n += length;
			s->text[s->n] = 0;
			s->words++;
		}
		words += length + (words + length < end);
	}
}

void say_words(struct say *s, const char *words)
{
	say_bytes(s, words, strlen(words));
}

void say_join(struct say *s, char letter)
{
	if (s->n == 0 || s->n + 2 >= SAY_ROOM)
		return;
	s->text[s->n++] = letter;
	s->text[s->n] = 0;
}

void say_mark(struct say *s, char mark)
{
	if (!mark || s->n == 0)
		return;
	if (strchr(",.!?", s->text[s->n - 1])) {
		if (mark != ',')
			s->text[s->n - 1] = mark;
	} else {
		say_join(s, mark);
	}
}

size_t say_tokens(struct say *s, const struct say_language *l, const struct token *t, size_t n, char *stop)
{
	unsigned before = s->words;
	size_t taken = 1;
	bool dot = false;

	if (t->core_n == 0) {
		if (t->n == 3 && (memcmp(t->at, "–", 3) == 0 || memcmp(t->at, "—", 3) == 0))
			say_mark(s, ',');
	} else {
		if (t->opens && !token_digit(t))
			say_mark(s, ',');
		taken = say_rules(s, l, t, n, &dot);
	}
	*stop = t[taken - 1].stop;
	if (dot && *stop == '.')
		*stop = 0; /* it belongs to the word */
	if (s->words > before || *stop)
		say_mark(s, *stop);
	return taken;
}
