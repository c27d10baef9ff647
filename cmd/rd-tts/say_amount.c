#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "say_number.h"
#include "say_plain.h"
#include "say_rules.h"

static const struct {
	const char *sign; /* before or behind the amount */
	const char *one, *many, *cent, *cents;
} currencies[] = {
	{ "$", "dollar", "dollars", "cent", "cents" },
	{ "US$", "dollar", "dollars", "cent", "cents" },
	{ "USD", "dollar", "dollars", "cent", "cents" },
	{ "€", "euro", "euros", "cent", "cents" },
	{ "EUR", "euro", "euros", "cent", "cents" },
	{ "£", "pound", "pounds", "penny", "pence" },
	{ "GBP", "pound", "pounds", "penny", "pence" },
	{ "¥", "yen", "yen", NULL, NULL },
	{ "JPY", "yen", "yen", NULL, NULL },
	{ "CHF", "franc", "francs", "centime", "centimes" },
	{ "₹", "rupee", "rupees", "paisa", "paise" },
};
static const char *const magnitudes[][2] = { { "k", "thousand" }, { "K", "thousand" }, { "m", "million" },
					     { "M", "million" },  { "mn", "million" }, { "bn", "billion" },
					     { "B", "billion" } };
static const char *const large[] = { "thousand", "million", "billion", "trillion", "hundred" };
static const struct {
	const char *sign, *one, *many;
} units[] = {
	{ "%", "percent", "percent" },
	{ "km", "kilometer", "kilometers" },
	{ "m", "meter", "meters" },
	{ "cm", "centimeter", "centimeters" },
	{ "mm", "millimeter", "millimeters" },
	{ "mi", "mile", "miles" },
	{ "ft", "foot", "feet" },
	{ "yd", "yard", "yards" },
	{ "kg", "kilogram", "kilograms" },
	{ "g", "gram", "grams" },
	{ "mg", "milligram", "milligrams" },
	{ "lb", "pound", "pounds" },
	{ "lbs", "pound", "pounds" },
	{ "oz", "ounce", "ounces" },
	{ "l", "liter", "liters" },
	{ "L", "liter", "liters" },
	{ "ml", "milliliter", "milliliters" },
	{ "mph", "mile per hour", "miles per hour" },
	{ "km/h", "kilometer per hour", "kilometers per hour" },
	{ "h", "hour", "hours" },
	{ "hr", "hour", "hours" },
	{ "hrs", "hour", "hours" },
	{ "min", "minute", "minutes" },
	{ "mins", "minute", "minutes" },
	{ "sec", "second", "seconds" },
	{ "secs", "second", "seconds" },
	{ "s", "second", "seconds" },
	{ "ms", "millisecond", "milliseconds" },
	{ "°C", "degree Celsius", "degrees Celsius" },
	{ "°F", "degree Fahrenheit", "degrees Fahrenheit" },
	{ "°", "degree", "degrees" },
	{ "KB", "kilobyte", "kilobytes" },
	{ "kB", "kilobyte", "kilobytes" },
	{ "MB", "megabyte", "megabytes" },
	{ "GB", "gigabyte", "gigabytes" },
	{ "TB", "terabyte", "terabytes" },
	{ "Hz", "hertz", "hertz" },
	{ "kHz", "kilohertz", "kilohertz" },
	{ "MHz", "megahertz", "megahertz" },
	{ "GHz", "gigahertz", "gigahertz" },
	{ "W", "watt", "watts" },
	{ "kW", "kilowatt", "kilowatts" },
	{ "kWh", "kilowatt hour", "kilowatt hours" },
	{ "V", "volt", "volts" },
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool is(const char *text, size_t n, const char *word)
{
	return strlen(word) == n && memcmp(text, word, n) == 0;
}

static const char *large_word(const struct token *t)
{
	for (size_t i = 0; i < COUNT(large); i++)
		if (token_is(t, large[i]))
			return large[i];
	return NULL;
}

/* --- money */

static size_t currency_before(const char *text, size_t n, size_t *length)
{
	for (size_t i = 0; i < COUNT(currencies); i++) {
		*length = strlen(currencies[i].sign);
		if (*length < n && memcmp(text, currencies[i].sign, *length) == 0 &&
		    isdigit((unsigned char)text[*length]))
			return i;
	}
	return COUNT(currencies);
}

static size_t currency_of(const char *text, size_t n)
{
	size_t i = 0;

	while (i < COUNT(currencies) && !is(text, n, currencies[i].sign))
		i++;
	return i;
}

static void say_sum(struct say *s, const struct say_number *n, size_t c, const char *magnitude)
{
	bool cents = !magnitude && n->fraction_n == 2 && currencies[c].cent, one = n->value == 1 && !magnitude;
	unsigned part = cents ? (unsigned)(n->fraction[0] - '0') * 10 + (unsigned)(n->fraction[1] - '0') : 0;
	struct say_number whole = *n;

	if (cents)
		whole.fraction_n = 0;
	if (!cents || n->value || !part) {
		say_number(s, &whole);
		if (magnitude)
			say_words(s, magnitude);
		say_words(s, one && !whole.fraction_n ? currencies[c].one : currencies[c].many);
	}
	if (part) {
		if (n->value)
			say_words(s, "and");
		say_cardinal(s, part);
		say_words(s, part == 1 ? currencies[c].cent : currencies[c].cents);
	}
}

size_t say_money(struct saying *s)
{
	const char *text = s->t->core, *magnitude = NULL;
	size_t n = s->t->core_n, skip = 0, taken = 1, c = currency_before(text, n, &skip);
	struct say_number number;

	skip = c < COUNT(currencies) ? skip : 0;
	if (!say_number_read(&number, text + skip, n - skip))
		return 0;
	text += skip + number.length;
	n -= skip + number.length;
	for (size_t i = 0; n && i < COUNT(magnitudes); i++)
		if (skip && is(text, n, magnitudes[i][0])) {
			magnitude = magnitudes[i][1];
			n = 0;
		}
	if (!magnitude && s->n > 1 && !n && !s->t->stop && (magnitude = large_word(&s->t[1])))
		taken++;
	if (!skip && n)
		c = currency_of(text, n);
	else if (!skip && s->n > taken && !s->t[taken - 1].stop &&
		 (c = currency_of(s->t[taken].core, s->t[taken].core_n)) < COUNT(currencies))
		taken++;
	if (c == COUNT(currencies) || (skip && n))
		return 0;
	say_sum(s->out, &number, c, magnitude);
	return taken;
}

/* --- numbers of other kinds */

size_t say_ordinal_number(struct saying *s)
{
	const char *end = s->t->core;
	struct say_number n;

	if (s->t->core_n < 3)
		return 0;
	end += s->t->core_n - 2;
	if (!say_number_is(&n, s->t->core, s->t->core_n - 2) || n.fraction_n || n.minus ||
	    (strncasecmp(end, "st", 2) && strncasecmp(end, "nd", 2) && strncasecmp(end, "rd", 2) &&
	     strncasecmp(end, "th", 2)))
		return 0;
	say_ordinal(s->out, n.value);
	return 1;
}

size_t say_fraction(struct saying *s)
{
	const char *text = s->t->core, *slash = memchr(text, '/', s->t->core_n);
	struct say_number over, under;

	if (!slash || !say_number_is(&over, text, (size_t)(slash - text)) || over.fraction_n ||
	    !say_number_is(&under, slash + 1, s->t->core_n - (size_t)(slash - text) - 1) || under.fraction_n)
		return 0;
	say_cardinal(s->out, over.value);
	if (under.value > over.value && under.value == 2) {
		say_words(s->out, "half");
	} else if (under.value > over.value && under.value == 4) {
		say_words(s->out, over.value == 1 ? "quarter" : "quarters");
	} else if (under.value > over.value && under.value <= 10) {
		say_ordinal(s->out, under.value);
		if (over.value > 1)
			say_join(s->out, 's');
	} else {
		say_cardinal(s->out, under.value); /* 24/7, 50/50 */
	}
	return 1;
}

/* Where a dash stands between two things that begin with digits. */
static size_t dash_in(const char *text, size_t n, size_t *length)
{
	for (size_t i = 1; i + 1 < n; i++) {
		*length = text[i] == '-' ? 1 : i + 3 < n && memcmp(text + i, "–", 3) == 0 ? 3 : 0;
		if (*length && isdigit((unsigned char)text[i + *length]))
			return i;
	}
	return 0;
}

size_t say_range(struct saying *s)
{
	struct token from = *s->t, to = *s->t;
	size_t length = 0, at = dash_in(s->t->core, s->t->core_n, &length);
	bool dot;

	if (!at || !token_digit(s->t))
		return 0;
	from.core_n = at;
	from.stop = 0;
	to.core += at + length;
	to.core_n -= at + length;
	if (dash_in(to.core, to.core_n, &length))
		return 0; /* three of them are no range */
	(void)say_rules(s->out, s->language, &from, 1, &dot);
	say_words(s->out, "to");
	(void)say_rules(s->out, s->language, &to, 1, &dot);
	return 1;
}

size_t say_version(struct saying *s)
{
	const char *text = s->t->core;
	size_t n = s->t->core_n, dots = 0, begin = 0;
	struct say_number part;

	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)text[i]) && (text[i] != '.' || i == 0 || text[i - 1] == '.'))
			return 0;
		dots += text[i] == '.';
	}
	if (dots < 2)
		return 0;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && text[i] != '.')
			continue;
		if (begin)
			say_words(s->out, "point");
		if (say_number_is(&part, text + begin, i - begin))
			say_number(s->out, &part);
		begin = i + 1;
	}
	return 1;
}

/* --- amounts, with what is counted or measured */

/* Four digits that follow nothing that is counted: 1984, 2026. */
static bool is_year(const struct say_number *n, const struct saying *s)
{
	return n->digits == 4 && !n->commas && !n->fraction_n && !n->minus && n->value >= 1900 && n->value < 2100 &&
	       n->length == s->t->core_n;
}

static size_t unit_of(const char *text, size_t n)
{
	size_t i = 0;

	while (i < COUNT(units) && !is(text, n, units[i].sign))
		i++;
	return i;
}

static const char *magnitude_of(const char *text, size_t n)
{
	for (size_t i = 0; i < COUNT(magnitudes); i++)
		if (*magnitudes[i][0] != 'm' && *magnitudes[i][0] != 'B' && is(text, n, magnitudes[i][0]))
			return magnitudes[i][1];
	return NULL;
}

/* What stands at once behind the number: a unit, a thousand. false: something else. */
static bool say_attached(struct saying *s, const struct say_number *n, const char *text, size_t left)
{
	size_t u = unit_of(text, left);
	const char *magnitude = magnitude_of(text, left);

	if (u == COUNT(units) && !magnitude)
		return false;
	say_number(s->out, n);
	say_words(s->out, u == COUNT(units)		    ? magnitude
			  : n->value == 1 && !n->fraction_n ? units[u].one
							    : units[u].many);
	return true;
}

size_t say_amount(struct saying *s)
{
	const char *text = s->t->core, *sign = NULL;
	size_t size = s->t->core_n, skip;
	struct say_number n;

	if (size > 1 && *text == '#')
		sign = "number";
	else if (size > 1 && *text == '+')
		sign = "plus";
	skip = sign ? 1 : 0;
	if (size > 3 && memcmp(text, "−", 3) == 0) {
		sign = "minus";
		skip = 3;
	}
	if (!say_number_read(&n, text + skip, size - skip))
		return 0;
	if (skip + n.length < size) {
		if (sign || !say_attached(s, &n, text + n.length, size - n.length))
			return 0;
		return 1;
	}
	if (sign)
		say_words(s->out, sign);
	if (s->n > 1 && !s->t->stop && unit_of(s->t[1].core, s->t[1].core_n) < COUNT(units)) {
		(void)say_attached(s, &n, s->t[1].core, s->t[1].core_n);
		s->dot = s->t[1].dots && s->n > 2 && !token_upper(&s->t[2]);
		return 2;
	}
	if (!sign && is_year(&n, s))
		say_year(s->out, n.value);
	else
		say_number(s->out, &n);
	return 1;
}
