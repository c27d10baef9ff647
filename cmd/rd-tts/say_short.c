#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "say_number.h"
#include "say_plain.h"
#include "say_rules.h"

static const struct {
	const char *sign, *words;
	bool ends; /* may stand at the end of a sentence, its full stop being both */
} abbreviations[] = {
	{ "Dr", "doctor", false },	 { "Mr", "mister", false },	  { "Mrs", "missis", false },
	{ "Ms", "miz", false },		 { "Prof", "professor", false },  { "St", "street", true },
	{ "Jr", "junior", true },	 { "Sr", "senior", true },	  { "vs", "versus", false },
	{ "etc", "et cetera", true },	 { "e.g", "for example", false }, { "eg", "for example", false },
	{ "i.e", "that is", false },	 { "ie", "that is", false },	  { "approx", "approximately", false },
	{ "incl", "including", false },	 { "excl", "excluding", false },  { "a.m", "ay m", true },
	{ "p.m", "p m", true },		 { "Inc", "incorporated", true }, { "Ltd", "limited", true },
	{ "Corp", "corporation", true }, { "Co", "company", true },	  { "Ave", "avenue", true },
	{ "Blvd", "boulevard", true },	 { "Rd", "road", true },	  { "dept", "department", false },
	{ "ext", "extension", false },	 { "tel", "telephone", false },	  { "Mon", "Monday", true },
	{ "Tue", "Tuesday", true },	 { "Wed", "Wednesday", true },	  { "Thu", "Thursday", true },
	{ "Fri", "Friday", true },	 { "Sat", "Saturday", true },	  { "Sun", "Sunday", true },
	{ "min", "minutes", true },	 { "max", "maximum", false },	  { "P.S", "p s", false },
	{ "U.S", "U S", true },		 { "U.K", "U K", true },
};
static const char *const plain_ones[][2] = { { "ok", "okay" },	   { "okay", "okay" },
					     { "mr", "mister" },   { "mrs", "missis" },
					     { "dr", "doctor" },   { "vs", "versus" },
					     { "w/o", "without" }, { "asap", "as soon as possible" } };
/* Said by their letters, though they could be read. */
static const char *const spelled[] = { "API",  "FAQ", "URL", "USA", "UK",  "EU",   "UN",  "ID",	  "AI",	 "PC",
				       "TV",   "CEO", "CIA", "FBI", "UFO", "VIP",  "DIY", "ETA",  "ISO", "IP",
				       "DNA",  "USB", "UI",  "CPU", "GPU", "RSVP", "HIV", "ISBN", "IOU", "US",
				       "IBAN", "AC",  "DJ",  "DVD", "CD",  "SMS",  "MMS", "PDF" };

#define COUNT(a) (sizeof(a) / sizeof *(a))

static size_t says(struct saying *s, const char *words, bool dot)
{
	say_words(s->out, words);
	s->dot = dot;
	return 1;
}

/* Words as well, where nothing follows that they would shorten: "He sat." */
static bool is_word(const char *sign)
{
	return strcmp(sign, "Sat") == 0 || strcmp(sign, "Sun") == 0 || strcmp(sign, "Co") == 0 ||
	       strcmp(sign, "min") == 0;
}

static bool is_sign(const struct token *t, const char *sign)
{
	return token_is(t, sign) && (!isupper((unsigned char)*sign) || token_upper(t));
}

/* With a full stop behind it. */
static size_t say_shortened(struct saying *s)
{
	const struct token *t = s->t;
	bool goes_on = s->n > 1 && !token_upper(&t[1]);

	for (size_t i = 0; i < COUNT(abbreviations); i++) {
		if (!is_sign(t, abbreviations[i].sign) || (is_word(abbreviations[i].sign) && !goes_on))
			continue;
		if (strcmp(abbreviations[i].sign, "St") == 0 && s->n > 1 && !goes_on)
			return says(s, "saint", true);
		return says(s, abbreviations[i].words, !abbreviations[i].ends || goes_on);
	}
	if (is_sign(t, "No") && s->n > 1 && token_digit(&t[1]))
		return says(s, "number", true);
	if (t->core_n != 1 || !token_upper(t) || *t->core == 'I' || s->n < 2)
		return 0;
	say_letters(s->out, t->core, 1); /* J. Smith */
	s->dot = true;
	return 1;
}

size_t say_abbreviation(struct saying *s)
{
	size_t taken = s->t->dots ? say_shortened(s) : 0;

	for (size_t i = 0; !taken && i < COUNT(plain_ones); i++)
		if (token_is(s->t, plain_ones[i][0]))
			taken = says(s, plain_ones[i][1], false);
	return taken;
}

void say_letters(struct say *s, const char *letters, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (letters[i] == 'A' || letters[i] == 'a')
			say_words(s, "ay"); /* not the article */
		else if (isalpha((unsigned char)letters[i]))
			say_bytes(s, letters + i, 1);
	}
}

size_t say_acronym(struct saying *s)
{
	size_t n = s->t->core_n;
	bool plural = n > 2 && s->t->core[n - 1] == 's';

	n -= plural;
	for (size_t i = 0; i < COUNT(spelled); i++) {
		if (strlen(spelled[i]) != n || memcmp(spelled[i], s->t->core, n) != 0)
			continue;
		say_letters(s->out, s->t->core, n);
		if (plural)
			say_join(s->out, 's');
		return 1;
	}
	return 0;
}

/* Letters and digits mixed: A4, MP3, COVID-19, 7b3f. */
size_t say_code(struct saying *s)
{
	const char *text = s->t->core;
	size_t n = s->t->core_n, digits = 0, letters = 0, run;

	for (size_t i = 0; i < n; i++) {
		digits += isdigit((unsigned char)text[i]) != 0;
		letters += isalpha((unsigned char)text[i]) != 0;
		if (!isalnum((unsigned char)text[i]) && !strchr("-_/.:", text[i]))
			return 0;
	}
	if (!digits || (!letters && n == digits))
		return 0;
	for (size_t i = 0; i < n; i += run) {
		bool number = isdigit((unsigned char)text[i]) != 0, upper = true;
		struct say_number value;

		run = 0;
		while (i + run < n && isalnum((unsigned char)text[i + run]) &&
		       (isdigit((unsigned char)text[i + run]) != 0) == number) {
			upper = upper && isupper((unsigned char)text[i + run]);
			run++;
		}
		if (run == 0) {
			if (text[i] == '.')
				say_words(s->out, "point");
			run = 1;
		} else if (number && run <= 3 && text[i] != '0' && say_number_is(&value, text + i, run)) {
			say_cardinal(s->out, value.value);
		} else if (number) {
			say_digits(s->out, text + i, run);
		} else if (run <= 3 && (upper || run == 1)) {
			say_letters(s->out, text + i, run);
		} else {
			say_plain(s->out, s->language, text + i, run);
		}
	}
	return 1;
}
