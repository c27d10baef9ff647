/* The rules of say.h. A rule looks at the first of some words and says how many it has said: 0, it knows them not. */
#ifndef SAY_RULES_H
#define SAY_RULES_H

#include "say.h"

struct saying {
	struct say *out;
	const struct say_language *language;
	const struct token *t; /* n of them */
	size_t n;
	bool dot; /* the rule found that the full stop behind the last one belongs to the word */
};

/* The first words by the first rule that knows them, or the first as it stands. How many. *dot: the full stop behind
 * the last one is not the end of a sentence ("Dr."). */
size_t say_rules(struct say *s, const struct say_language *l, const struct token *t, size_t n, bool *dot);

/* say_address.c: of every language */
size_t say_link(struct saying *s);
size_t say_mail(struct saying *s);
size_t say_url(struct saying *s);
size_t say_phone(struct saying *s);
size_t say_hour(struct saying *s); /* "15:30 Uhr" */

/* say_german.c */
size_t say_german_abbreviation(struct saying *s);
size_t say_german_date(struct saying *s);
size_t say_german_ordinal(struct saying *s);

/* say_date.c: English */
size_t say_iso_date(struct saying *s);
size_t say_slash_date(struct saying *s);
size_t say_month_date(struct saying *s);
size_t say_time(struct saying *s);

/* say_amount.c: English */
size_t say_money(struct saying *s);
size_t say_ordinal_number(struct saying *s);
size_t say_fraction(struct saying *s);
size_t say_range(struct saying *s);
size_t say_version(struct saying *s);
size_t say_amount(struct saying *s);

/* say_short.c: English */
size_t say_abbreviation(struct saying *s);
size_t say_acronym(struct saying *s);
size_t say_code(struct saying *s);
/* Letters by their names. */
void say_letters(struct say *s, const char *letters, size_t n);

#endif
