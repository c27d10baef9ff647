#include "say_number.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define WORDS_BYTES 256
#define LARGEST 999999999999999u

static const char *const small[] = { "zero",	 "one",	    "two",     "three",	    "four",	"five",	   "six",
				     "seven",	 "eight",   "nine",    "ten",	    "eleven",	"twelve",  "thirteen",
				     "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" };
static const char *const tens[] = {
	"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"
};
static const char *const powers[] = { "trillion", "billion", "million", "thousand" };
static const char *const strange[][2] = { /* ordinals */
					  { "one", "first" },	  { "two", "second" },	 { "three", "third" },
					  { "five", "fifth" },	  { "eight", "eighth" }, { "nine", "ninth" },
					  { "twelve", "twelfth" }
};

/* --- reading */

static size_t count_digits(const char *text, size_t size)
{
	size_t n = 0;

	while (n < size && isdigit((unsigned char)text[n]))
		n++;
	return n;
}

/* Threes with commas before them, behind one to three digits. */
static size_t count_threes(const char *text, size_t size)
{
	size_t n = 0;

	while (n + 4 <= size && text[n] == ',' && count_digits(text + n + 1, size - n - 1) == 3)
		n += 4;
	return n;
}

bool say_number_read(struct say_number *n, const char *text, size_t size)
{
	size_t at = size > 1 && *text == '-', threes;

	*n = (struct say_number){ .minus = at > 0, .whole = text + at };
	n->whole_n = count_digits(text + at, size - at);
	threes = n->whole_n > 0 && n->whole_n < 4 ? count_threes(text + at + n->whole_n, size - at - n->whole_n) : 0;
	n->commas = threes > 0;
	n->whole_n += threes;
	at += n->whole_n;
	for (size_t i = 0; i < n->whole_n; i++) {
		if (n->whole[i] == ',')
			continue;
		n->digits++;
		n->value = n->value > LARGEST ? n->value : n->value * 10 + (uint64_t)(n->whole[i] - '0');
	}
	if (at < size && text[at] == '.' && (n->fraction_n = count_digits(text + at + 1, size - at - 1))) {
		n->fraction = text + at + 1;
		at += 1 + n->fraction_n;
	}
	n->length = at;
	return n->whole_n || n->fraction_n;
}

bool say_number_is(struct say_number *n, const char *text, size_t size)
{
	return say_number_read(n, text, size) && n->length == size;
}

/* --- saying */

static void add(char words[WORDS_BYTES], const char *word)
{
	size_t n = strlen(words);

	snprintf(words + n, WORDS_BYTES - n, "%s%s", n ? " " : "", word);
}

static void add_hundreds(char words[WORDS_BYTES], unsigned n)
{
	if (n >= 100) {
		add(words, small[n / 100]);
		add(words, "hundred");
		n %= 100;
	}
	if (n >= 20) {
		add(words, tens[n / 10]);
		n %= 10;
	}
	if (n)
		add(words, small[n]);
}

static void cardinal(char words[WORDS_BYTES], uint64_t n)
{
	*words = 0;
	if (n == 0)
		add(words, small[0]);
	for (uint64_t power = 1000000000000u, i = 0; power >= 1000; power /= 1000, i++) {
		if (n < power)
			continue;
		add_hundreds(words, (unsigned)(n / power));
		add(words, powers[i]);
		n %= power;
	}
	add_hundreds(words, (unsigned)n);
}

void say_cardinal(struct say *s, uint64_t n)
{
	char words[WORDS_BYTES], digits[24];

	if (n > LARGEST) {
		snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
		say_digits(s, digits, strlen(digits));
		return;
	}
	cardinal(words, n);
	say_words(s, words);
}

void say_ordinal(struct say *s, uint64_t n)
{
	char words[WORDS_BYTES];
	char *last;
	size_t length;

	cardinal(words, n > LARGEST ? 0 : n);
	last = strrchr(words, ' ');
	last = last ? last + 1 : words;
	for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
		if (strcmp(last, strange[i][0]) == 0) {
			snprintf(last, (size_t)(words + sizeof words - last), "%s", strange[i][1]);
			say_words(s, words);
			return;
		}
	length = strlen(words);
	if (words[length - 1] == 'y')
		snprintf(words + length - 1, sizeof words - length + 1, "ieth");
	else
		snprintf(words + length, sizeof words - length, "th");
	say_words(s, words);
}

/* 1984, 2007, 2026, 1900, 2000 */
void say_year(struct say *s, uint64_t n)
{
	uint64_t century = n / 100, rest = n % 100;

	if (n < 1000 || n > 2999 || (n >= 2000 && n < 2010)) {
		say_cardinal(s, n);
		return;
	}
	say_cardinal(s, century);
	if (rest == 0)
		say_words(s, "hundred");
	else if (rest < 10)
		say_words(s, "oh");
	if (rest)
		say_cardinal(s, rest);
}

void say_digits(struct say *s, const char *digits, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isdigit((unsigned char)digits[i]))
			say_words(s, small[digits[i] - '0']);
}

void say_number(struct say *s, const struct say_number *n)
{
	if (n->minus)
		say_words(s, "minus");
	if (n->digits > 1 && *n->whole == '0')
		say_digits(s, n->whole, n->whole_n);
	else if (n->digits > 15)
		say_digits(s, n->whole, n->whole_n);
	else
		say_cardinal(s, n->value);
	if (n->fraction_n) {
		say_words(s, "point");
		say_digits(s, n->fraction, n->fraction_n);
	}
}
