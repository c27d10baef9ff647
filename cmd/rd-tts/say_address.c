#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "say_number.h"
#include "say_plain.h"
#include "say_rules.h"

#define GROUPS 12 /* of a telephone number */

static const char *const schemes[] = { "https://", "http://", "www.", "mailto:", "tel:" };
/* What makes an address of two words with a dot. */
static const char *const ends[] = {
	"com", "org", "net", "edu", "gov", "info", "io", "dev", "app", "eu", "de", "uk",
	"fr",  "es",  "it",  "at",  "ch",  "nl",   "us", "ca",	"au",  "co", "ai", "example"
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

/* --- links, addresses of the web and of mail */

/* What is linked, not where to. */
size_t say_link(struct saying *s)
{
	const char *text = s->t->core, *cut = memmem(text, s->t->core_n, "](", 2);

	if (!cut)
		return 0;
	say_plain(s->out, s->language, text, (size_t)(cut - text));
	return 1;
}

/* Names with their dots and dashes: "example dot com". */
static void say_name(struct saying *s, const char *name, size_t n)
{
	const struct say_language *l = s->language;
	size_t begin = 0;

	for (size_t i = 0; i <= n; i++) {
		const char *sign = i == n	    ? NULL
				   : name[i] == '.' ? l->dot
				   : name[i] == '-' ? l->dash
				   : name[i] == '_' ? l->underscore
				   : name[i] == '+' ? l->plus
						    : NULL;

		if (i < n && !sign)
			continue;
		say_plain(s->out, l, name + begin, i - begin);
		if (sign)
			say_words(s->out, sign);
		begin = i + 1;
	}
}

static bool is_end(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (strlen(ends[i]) == n && strncasecmp(ends[i], name, n) == 0)
			return true;
	return false;
}

/* Letters, digits and dashes with dots between them, the last part one that ends addresses. */
static size_t host_length(const char *text, size_t n)
{
	size_t i = 0, last = 0;

	for (; i < n && (is_word(text[i]) || (text[i] == '.' && i > last)); i++)
		if (text[i] == '.')
			last = i + 1;
	return last > 1 && i > last && isalpha((unsigned char)text[0]) && is_end(text + last, i - last) ? i : 0;
}

static size_t until(const char *text, size_t n, const char *signs)
{
	size_t i = 0;

	while (i < n && !strchr(signs, text[i] ? text[i] : ' '))
		i++;
	return i;
}

size_t say_url(struct saying *s)
{
	const char *text = s->t->core;
	size_t n = s->t->core_n, skip = 0, host;

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (n - skip > strlen(schemes[i]) && strncasecmp(text + skip, schemes[i], strlen(schemes[i])) == 0)
			skip += strlen(schemes[i]);
	text += skip;
	n -= skip;
	host = skip ? until(text, n, "/?#:") : host_length(text, n);
	if (!host || (!skip && host < n && !strchr("/?#:", text[host])))
		return 0;
	if (text[host - 1] == ')')
		host--;
	say_name(s, text, host);
	return 1;
}

size_t say_mail(struct saying *s)
{
	const char *text = s->t->core, *at = memchr(text, '@', s->t->core_n);
	size_t skip = s->t->core_n > 7 && strncasecmp(text, "mailto:", 7) == 0 ? 7 : 0, n, host;

	if (!at || at == text + skip)
		return 0;
	n = (size_t)(at - text) - skip;
	host = s->t->core_n - skip - n - 1;
	for (size_t i = 0; i < n; i++)
		if (!is_word(text[skip + i]) && !strchr(".+", text[skip + i]))
			return 0;
	if (!memchr(at, '.', host + 1))
		return 0;
	say_name(s, text + skip, n);
	say_words(s->out, s->language->at);
	say_name(s, at + 1, host);
	return 1;
}

/* --- telephone numbers */

struct groups {
	const char *at[GROUPS];
	size_t n[GROUPS], count, digits;
	bool plus;
};

/* Digits with single signs between them. false: something else is there as well. */
static bool add_groups(struct groups *g, const char *text, size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t length = 0;

		while (i + length < n && isdigit((unsigned char)text[i + length]))
			length++;
		if (!length || g->count == GROUPS)
			return false;
		g->at[g->count] = text + i;
		g->n[g->count++] = length;
		g->digits += length;
		i += length;
		if (i < n && !strchr("-./)(", text[i]))
			return false;
		while (i < n && strchr("-./)(", text[i]))
			i++;
	}
	return true;
}

/* Whether so many groups are a number to call, not one to count. */
static bool is_phone(const struct groups *g, const struct token *first)
{
	if (g->digits < 7 || g->digits > 15)
		return false;
	if (g->plus || first->opens || (*g->at[0] == '0' && g->n[0] > 1))
		return true;
	if (g->count == 1)
		return g->digits >= 10;
	for (size_t i = 0; i < g->count; i++) /* threes and fours, and a one before them */
		if (g->n[i] != 3 && g->n[i] != 4 && !(i == 0 && g->n[i] == 1))
			return false;
	return g->n[g->count - 1] == 4;
}

static void say_group(struct saying *s, const char *digits, size_t n)
{
	if (s->language->english) {
		say_digits(s->out, digits, n);
	} else {
		for (size_t i = 0; i < n; i++)
			say_bytes(s->out, digits + i, 1);
	}
	say_mark(s->out, ',');
}

/* In one piece: by threes, the last ones by four; of +1 as they are written there. */
static void say_ungrouped(struct saying *s, const char *digits, size_t n, bool plus)
{
	if (plus && n == 11 && *digits == '1') {
		say_group(s, digits++, 1);
		n--;
	}
	while (n > 4) {
		size_t some = n == 5 ? 2 : 3;

		say_group(s, digits, some);
		digits += some;
		n -= some;
	}
	say_group(s, digits, n);
}

static void say_groups(struct saying *s, const struct groups *g)
{
	if (g->plus)
		say_words(s->out, s->language->plus);
	for (size_t i = 0; i < g->count; i++)
		if (g->n[i] > 5)
			say_ungrouped(s, g->at[i], g->n[i], g->plus && i == 0);
		else
			say_group(s, g->at[i], g->n[i]);
	if (s->out->n && s->out->text[s->out->n - 1] == ',') /* behind it stands what is written there */
		s->out->text[--s->out->n] = 0;
}

size_t say_phone(struct saying *s)
{
	struct groups g = { .count = 0 }, longer;
	const char *text = s->t->core;
	size_t n = s->t->core_n, taken = 0, skip = n > 4 && strncasecmp(text, "tel:", 4) == 0 ? 4 : 0;

	g.plus = n > skip + 1 && text[skip] == '+';
	skip += g.plus;
	if (!add_groups(&g, text + skip, n - skip))
		return 0;
	taken = is_phone(&g, s->t) ? 1 : 0;
	longer = g;
	for (size_t i = 1; i < s->n; i++) { /* groups with spaces between them */
		const struct token *before = &s->t[i - 1];

		if ((before->stop && before->at[before->n - 1] != ')') || before->breaks ||
		    !add_groups(&longer, s->t[i].core, s->t[i].core_n))
			break;
		if (is_phone(&longer, s->t) && (g.plus || s->t->opens || *text == '0' || taken)) {
			taken = i + 1;
			g = longer;
		}
	}
	if (taken)
		say_groups(s, &g);
	return taken;
}

/* --- times, where a word says that they are some: "15:30 Uhr" is said "15 Uhr 30" */

size_t say_hour(struct saying *s)
{
	const char *text = s->t->core, *colon = memchr(text, ':', s->t->core_n);
	size_t n = colon ? (size_t)(colon - text) : 0;

	if (!s->language->hour || s->n < 2 || s->t->stop || !token_is(&s->t[1], s->language->hour) || n < 1 || n > 2 ||
	    s->t->core_n != n + 3)
		return 0;
	for (size_t i = 0; i < s->t->core_n; i++)
		if (i != n && !isdigit((unsigned char)text[i]))
			return 0;
	if (n == 2 && *text == '0') {
		text++;
		n--;
	}
	say_bytes(s->out, text, n);
	say_words(s->out, s->language->hour);
	if (memcmp(colon + 1, "00", 2) != 0)
		say_bytes(s->out, colon + (colon[1] == '0' ? 2 : 1), colon[1] == '0' ? 1 : 2);
	return 2;
}
