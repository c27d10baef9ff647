#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "say_plain.h"
#include "say_rules.h"

/* espeak-ng reads numbers, money and ordinals well; it does not know that a full stop can stand in a sentence. */

static const char *const months[] = { "Januar", "Februar", "März",	"April",   "Mai",      "Juni",
				      "Juli",	"August",  "September", "Oktober", "November", "Dezember" };
static const struct {
	const char *first, *second, *words; /* "z. B." are two */
} abbreviations[] = {
	{ "Dr", NULL, "Doktor" },	  { "Prof", NULL, "Professor" },     { "Hr", NULL, "Herr" },
	{ "Fr", NULL, "Frau" },		  { "Nr", NULL, "Nummer" },	     { "Tel", NULL, "Telefon" },
	{ "Str", NULL, "Straße" },	  { "ca", NULL, "circa" },	     { "bzw", NULL, "beziehungsweise" },
	{ "usw", NULL, "und so weiter" }, { "ggf", NULL, "gegebenenfalls" }, { "evtl", NULL, "eventuell" },
	{ "inkl", NULL, "inklusive" },	  { "vgl", NULL, "vergleiche" },     { "z.B", NULL, "zum Beispiel" },
	{ "d.h", NULL, "das heißt" },	  { "u.a", NULL, "unter anderem" },  { "z", "B", "zum Beispiel" },
	{ "d", "h", "das heißt" },	  { "u", "a", "unter anderem" },
};

size_t say_german_abbreviation(struct saying *s)
{
	for (size_t i = 0; s->t->dots && i < sizeof abbreviations / sizeof *abbreviations; i++) {
		const char *second = abbreviations[i].second;

		if (!token_is(s->t, abbreviations[i].first) || (second && (s->n < 2 || !token_is(&s->t[1], second))))
			continue;
		say_words(s->out, abbreviations[i].words);
		/* "usw. Dann" ends a sentence, "Dr. Müller" does not: of all these only that one stands at an end */
		s->dot = strcmp(abbreviations[i].first, "usw") != 0 || (s->n > 1 && token_lower(&s->t[1]));
		return second ? 2 : 1;
	}
	return 0;
}

static size_t digits(const char *text, size_t n, size_t most, unsigned *value)
{
	size_t i = 0;

	for (*value = 0; i < n && i < most && isdigit((unsigned char)text[i]); i++)
		*value = *value * 10 + (unsigned)(text[i] - '0');
	return i;
}

/* 3.5.2026, and 3.5. */
size_t say_german_date(struct saying *s)
{
	const char *text = s->t->core;
	size_t n = s->t->core_n, at, length;
	unsigned day, month, year = 0;
	char words[64];

	at = digits(text, n, 2, &day);
	if (!at || at + 1 >= n || text[at] != '.' || !(length = digits(text + at + 1, n - at - 1, 2, &month)))
		return 0;
	at += 1 + length;
	if (at < n && (text[at] != '.' || digits(text + at + 1, n - at - 1, 4, &year) != 4 || at + 5 != n))
		return 0;
	if ((!year && !s->t->dots) || day < 1 || day > 31 || month < 1 || month > 12)
		return 0;
	snprintf(words, sizeof words, year ? "%u. %s %u" : "%u. %s", day, months[month - 1], year);
	say_words(s->out, words);
	s->dot = !year && s->n > 1;
	return 1;
}

/* "3. Mai", "der 21. November": the full stop makes an ordinal of it. */
size_t say_german_ordinal(struct saying *s)
{
	char words[8];
	unsigned day;
	bool month = false;

	if (!s->t->dots || s->n < 2 || s->t->core_n > 2 || digits(s->t->core, s->t->core_n, 2, &day) != s->t->core_n)
		return 0;
	for (int i = 0; i < 12; i++)
		month = month || token_is(&s->t[1], months[i]);
	if (!month && !token_lower(&s->t[1]))
		return 0;
	snprintf(words, sizeof words, "%u.", day);
	say_words(s->out, words);
	s->dot = true;
	return 1;
}
