#include "token.h"

#include <string.h>
#include <strings.h>

#include "utf8.h"

/* What may stand before and behind a word and is not said. */
static const char *const around[] = { "!", "\"", "'", "(", ")", "[", "]", "{", "}", "<", ">", "*", "_", "`", "~", "|",
				      "“", "”",	 "„", "‘", "’", "«", "»", "‹", "›", "•", "¡", "¿", "–", "—", "‒" };
static const struct {
	const char *mark;
	char stop;
} stops[] = { { "...", ',' }, { ".", '.' }, { "!", '!' }, { "?", '?' },
	      { ",", ',' },   { ";", ',' }, { ":", ',' }, { "…", ',' } };

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool is_space(const char *text, size_t n, size_t *length)
{
	*length = 1;
	if (*text == ' ' || (*text >= '\t' && *text <= '\r'))
		return true;
	*length = 2; /* no-break space */
	return n >= 2 && memcmp(text, "\302\240", 2) == 0;
}

static size_t begins(const char *text, size_t n, const char *mark)
{
	size_t length = strlen(mark);

	return n >= length && memcmp(text, mark, length) == 0 ? length : 0;
}

static bool ends(const char *text, size_t n, const char *mark)
{
	size_t length = strlen(mark);

	return n >= length && memcmp(text + n - length, mark, length) == 0;
}

static size_t around_before(const char *text, size_t n)
{
	size_t length;

	for (size_t i = 0; i < COUNT(around); i++)
		if ((length = begins(text, n, around[i])))
			return length;
	return *text == '#' && (n == 1 || text[1] == '#') ? 1 : 0; /* a heading, not a number sign */
}

/* Takes off one mark behind the core. */
static bool take_behind(struct token *t, bool *closes)
{
	for (size_t i = 0; i < COUNT(stops); i++)
		if (ends(t->core, t->core_n, stops[i].mark)) {
			t->dots = strcmp(stops[i].mark, ".") == 0;
			if (!t->stop || stops[i].stop == '?') /* the outermost counts, but of "?!" the question */
				t->stop = stops[i].stop;
			t->core_n -= strlen(stops[i].mark);
			return true;
		}
	for (size_t i = 0; i < COUNT(around); i++)
		if (ends(t->core, t->core_n, around[i])) {
			*closes = *closes || *around[i] == ')';
			t->dots = false;
			t->core_n -= strlen(around[i]);
			return true;
		}
	return false;
}

static void find_core(struct token *t)
{
	bool closes = false;
	size_t length;

	t->core = t->at;
	t->core_n = t->n;
	t->stop = 0;
	t->dots = t->opens = false;
	while (t->core_n && (length = around_before(t->core, t->core_n))) {
		t->opens = t->opens || *t->core == '(';
		t->core += length;
		t->core_n -= length;
	}
	while (t->core_n && take_behind(t, &closes))
		;
	if (closes && !t->stop && !memmem(t->core, t->core_n, "](", 2)) /* a remark ends, not a link */
		t->stop = ',';
}

bool token_read(struct token *t, const char *text, const char *end)
{
	size_t length;

	while (text < end && is_space(text, (size_t)(end - text), &length))
		text += length;
	if (text >= end)
		return false;
	t->at = text;
	while (text < end && !is_space(text, (size_t)(end - text), &length)) {
		size_t one = utf8_character(text, (size_t)(end - text));

		text += one ? one : 1;
	}
	t->n = (size_t)(text - t->at);
	t->breaks = false;
	while (text < end && is_space(text, (size_t)(end - text), &length)) {
		t->breaks = t->breaks || *text == '\n';
		text += length;
	}
	t->next = text;
	find_core(t);
	return true;
}

bool token_is(const struct token *t, const char *word)
{
	return strlen(word) == t->core_n && strncasecmp(t->core, word, t->core_n) == 0;
}

bool token_upper(const struct token *t)
{
	return t->core_n && *t->core >= 'A' && *t->core <= 'Z';
}

bool token_lower(const struct token *t)
{
	return t->core_n && *t->core >= 'a' && *t->core <= 'z';
}

bool token_digit(const struct token *t)
{
	return t->core_n && *t->core >= '0' && *t->core <= '9';
}
