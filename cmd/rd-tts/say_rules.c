#include "say_rules.h"

#include <string.h>

#include "say_plain.h"

static const struct {
	size_t (*says)(struct saying *s);
	const char *language; /* NULL: all */
} rules[] = {
	{ say_link, NULL },		   /* [text](https://…) */
	{ say_mail, NULL },		   /* anna@example.com */
	{ say_url, NULL },		   /* https://example.com/a?b, example.com */
	{ say_hour, NULL },		   /* 15:30 Uhr */
	{ say_german_abbreviation, "de" }, /* z. B., Dr. */
	{ say_german_date, "de" },	   /* 3.5.2026 */
	{ say_german_ordinal, "de" },	   /* 3. Mai */
	{ say_iso_date, "en" },		   /* 2026-11-21, 2026-11-21T15:04:05Z */
	{ say_slash_date, "en" },	   /* 11/21/2026, 21.11.2026 */
	{ say_month_date, "en" },	   /* November 21, 2026; 21 Nov; May 2026 */
	{ say_time, "en" },		   /* 3:40 pm, 15:40, 9am */
	{ say_money, "en" },		   /* $5.20, €3 million, 12 EUR */
	{ say_phone, NULL },		   /* +1 555 123 4567, (555) 123-4567 */
	{ say_ordinal_number, "en" },	   /* 21st */
	{ say_fraction, "en" },		   /* 1/2, 24/7 */
	{ say_range, "en" },		   /* 3-5, 9am-5pm */
	{ say_version, "en" },		   /* 1.2.3 */
	{ say_amount, "en" },		   /* 1,234.5; 5 km; 20 %; 2026 */
	{ say_abbreviation, "en" },	   /* Dr., e.g., etc. */
	{ say_acronym, "en" },		   /* FAQ */
	{ say_code, "en" },		   /* A4, COVID-19 */
};

size_t say_rules(struct say *s, const struct say_language *l, const struct token *t, size_t n, bool *dot)
{
	struct saying saying = { s, l, t, n, false };
	size_t taken = 0;

	for (size_t i = 0; !taken && i < sizeof rules / sizeof *rules; i++)
		if (!rules[i].language || strcmp(rules[i].language, l->code) == 0)
			taken = rules[i].says(&saying);
	if (!taken) {
		say_plain(s, l, t->core, t->core_n);
		taken = 1;
	}
	*dot = saying.dot;
	return taken;
}
