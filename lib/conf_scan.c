#include "conf_store.h"

#include <stdbool.h>
#include <string.h>

#include "utf8.h"

struct scan {
	char *p;
	const char *file;
	int line;
	int depth, opened[2]; /* lines of the braces that are open: a section's, a list's */
	char before;	      /* the last byte that says something */
	bool in_word;
	int *openings, count, max;
	struct complaint *out;
};

static int wrong(struct scan *s, int line, const char *what)
{
	complaint_add(s->out, s->file, line, "%s", what);
	return -1;
}

/* Some editors put it before a file. */
static void blank_byte_order_mark(char *text, size_t n)
{
	static const char mark[] = "\xef\xbb\xbf";

	if (n >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0)
		memset(text, ' ', sizeof mark - 1);
}

/* Text throughout; the \r of a line's end becomes a space, so that it gets into no value. */
static int scan_bytes(struct scan *s, size_t n)
{
	int line = 1;

	for (size_t i = 0; i < n;) {
		unsigned char c = (unsigned char)s->p[i];
		size_t bytes = utf8_character(s->p + i, n - i);

		if (c == '\r' && s->p[i + 1] == '\n')
			c = (unsigned char)(s->p[i] = ' ');
		if (!bytes || (c < ' ' && c != '\n' && c != '\t') || c == 127) {
			complaint_add(s->out, s->file, line, "byte 0x%02x: expected UTF-8 text", c);
			return -1;
		}
		line += c == '\n';
		i += bytes;
	}
	return 0;
}

static void blank_line(struct scan *s)
{
	while (*s->p && *s->p != '\n')
		*s->p++ = ' ';
}

static int blank_block(struct scan *s)
{
	int line = s->line;
	char *end = strstr(s->p + 2, "*/");

	if (!end)
		return wrong(s, line, "/*: expected */ behind it");
	for (; s->p < end + 2; s->p++) {
		s->line += *s->p == '\n';
		if (*s->p != '\n')
			*s->p = ' ';
	}
	return 0;
}

/* Values and titles may be: libconfuse refuses an empty name without a word. */
static bool may_be_empty(const struct scan *s)
{
	return s->before == '=' || s->depth == 2 || (s->depth == 0 && s->before && !strchr("})", s->before));
}

/* From an opening quote to behind the closing one, which stands on the same line unless \ ends it: so an open one is
 * found where it is. Escapes that libconfuse would trip over (and stay fallen) are refused. */
static int scan_quotes(struct scan *s)
{
	char quote = *s->p++;
	int line = s->line;
	bool empty = true;

	for (; *s->p != quote; s->p++) {
		if (!*s->p || *s->p == '\n')
			return wrong(s, line, "a quote is open: expected it closed on its line (\\n is a line's end)");
		if (quote == '"' && s->p[0] == '$' && s->p[1] == '{')
			return wrong(s, s->line, "${: expected no variables; write \\${, or see RINGDOWN_SECTION_KEY");
		empty &= *s->p == '\\' && s->p[1] == '\n';
		if (*s->p != '\\')
			continue;
		s->p++;
		if (quote == '"' && (!*s->p || !strchr("\"\\nt$\n", *s->p)))
			return wrong(s, s->line, "a backslash: expected \\\" \\\\ \\n \\t \\$ or the line's end");
		if (!*s->p)
			return wrong(s, line, "a quote is open: expected it closed on its line");
		s->line += *s->p == '\n';
	}
	s->p++;
	return empty && !may_be_empty(s) ? wrong(s, line, "\"\": expected a key, or a section") : 0;
}

static int scan_opening(struct scan *s)
{
	char what[96];

	if (s->before == '=') { /* of a list */
		if (s->depth < 2)
			s->opened[s->depth++] = s->line;
		else
			return wrong(s, s->line, "{: expected no list within a list");
		return 0;
	}
	if (s->depth) {
		snprintf(what, sizeof(what), "{: expected } first, for the { of line %d", s->opened[s->depth - 1]);
		return wrong(s, s->line, what);
	}
	if (s->count < s->max)
		s->openings[s->count] = s->line;
	s->count++;
	s->opened[s->depth++] = s->line;
	return 0;
}

/* include("FILE"), from its bracket: libconfuse loses memory over any other one. */
static int scan_call(struct scan *s)
{
	s->p++;
	s->p += strspn(s->p, " \t");
	if (*s->p == '"' || *s->p == '\'') {
		if (scan_quotes(s))
			return -1;
		s->p += strspn(s->p, " \t");
		if (*s->p == ')')
			return 0;
	}
	return wrong(s, s->line, "(: expected include(\"FILE\")");
}

static int scan_mark(struct scan *s)
{
	switch (*s->p) {
	case '(': return scan_call(s);
	case '{': return scan_opening(s);
	case '}':
		if (!s->depth)
			return wrong(s, s->line, "}: expected a { before it");
		s->depth--;
		return 0;
	case '+':
		return wrong(s, s->line,
			     s->p[1] == '=' ? "+=: expected = and the whole list" : "+: expected it in quotes");
	case '*': return wrong(s, s->line, "*: expected it in quotes");
	case ';': return wrong(s, s->line, ";: expected nothing between keys");
	case '$': return s->p[1] == '{' ? wrong(s, s->line, "${: expected no variables, see RINGDOWN_SECTION_KEY") : 0;
	default: return 0;
	}
}

/* One step on: white space, a comment, a string, or a byte of something else. */
static int scan_step(struct scan *s)
{
	bool in_word = s->in_word;
	char c = *s->p;

	s->in_word = false;
	if (c == '#' || (!in_word && c == '/' && s->p[1] == '/')) {
		blank_line(s);
		return 0;
	}
	if (!in_word && c == '/' && s->p[1] == '*')
		return blank_block(s);
	if (c == ' ' || c == '\t' || c == '\n') {
		s->line += c == '\n';
		s->p++;
		return 0;
	}
	if (c == '"' || c == '\'') {
		if (scan_quotes(s))
			return -1;
		s->before = c;
		return 0;
	}
	if (scan_mark(s))
		return -1;
	c = *s->p;
	s->in_word = !strchr("{}()=,", c);
	s->before = c;
	s->p++;
	return 0;
}

int conf_scan(char *text, size_t n, const char *file, int *openings, int max, struct complaint *out)
{
	struct scan s = { .p = text, .file = file, .line = 1, .openings = openings, .max = max, .out = out };

	blank_byte_order_mark(text, n);
	if (scan_bytes(&s, n))
		return -1;
	while (*s.p)
		if (scan_step(&s))
			return -1;
	if (s.depth)
		return wrong(&s, s.opened[s.depth - 1], "{: expected } behind it");
	return s.count;
}
