#include "paragraphs.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

#define SENTENCE_BYTES_MIN 200u /* of a paragraph that is cut at the end of a sentence */
#define MARK_BYTES_MAX 1000u	/* a link's address, a tag: so far its end is looked for, or many would take for ever */

enum block { BLOCK_TEXT, BLOCK_HEADING, BLOCK_ITEM };

struct scan {
	struct paragraphs *p;
	char *text; /* of the paragraph that is being gathered */
	size_t n;
	enum block block;
	bool markdown, code, failed;
};

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* --- marks inside a line */

/* Behind the bracket that closes the one at p, or p + 1 if none does. */
static const char *skip_brackets(const char *p, char open, char close)
{
	const char *from = p;
	int depth = 0;

	for (; *p && p < from + MARK_BYTES_MAX; p++) {
		depth += *p == open;
		if (*p == close && --depth == 0)
			return p + 1;
	}
	return from + 1;
}

/* [words](address), ![picture](address), [words][name], [^note]: the words stay. */
static const char *pass_link(const char *p)
{
	if (*p == '!')
		return p + 1;
	if (*p == '[')
		return p[1] == '^' ? skip_brackets(p, '[', ']') : p + 1;
	if (p[1] == '(')
		return skip_brackets(p + 1, '(', ')');
	return p[1] == '[' ? skip_brackets(p + 1, '[', ']') : p + 1;
}

/* A tag goes, an address in angles stays without them; a lone < is one. */
static const char *pass_angle(const char *p, char **out)
{
	size_t most = strnlen(p, MARK_BYTES_MAX);
	const char *end = memchr(p, '>', most);
	size_t n = end ? (size_t)(end - p) : 0;

	if (!end || (!isalpha((unsigned char)p[1]) && p[1] != '/' && p[1] != '!')) {
		*(*out)++ = *p;
		return p + 1;
	}
	if (memchr(p, ':', n) || memchr(p, '@', n))
		if (!memchr(p, ' ', n)) {
			memmove(*out, p + 1, n - 1);
			*out += n - 1;
		}
	return p + n + 1;
}

static const char *pass_entity(const char *p, char **out)
{
	static const struct {
		const char *name;
		char is;
	} known[] = { { "&amp;", '&' },	 { "&lt;", '<' },   { "&gt;", '>' },
		      { "&quot;", '"' }, { "&#39;", '\'' }, { "&nbsp;", ' ' } };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strncmp(p, known[i].name, strlen(known[i].name)) == 0) {
			*(*out)++ = known[i].is;
			return p + strlen(known[i].name);
		}
	*(*out)++ = *p;
	return p + 1;
}

/* Emphasis stands at a word's edge: not in "2 * 3", and an underscore not within a_name. */
static bool is_emphasis(const char *text, const char *p)
{
	char before = p > text ? p[-1] : ' ', after = p[strspn(p, (char[]){ *p, 0 })];

	if (*p == '_')
		return !is_letter(before) || !is_letter(after);
	return !(isspace((unsigned char)before) && (isspace((unsigned char)after) || !after));
}

/* In place: it only ever gets shorter. 0, or -1 without memory. */
static int strip_marks(char *text)
{
	char *out = text;
	char *copy = strdup(text); /* what stands before a mark is looked at, and overwritten here */

	if (!copy)
		return -1;
	for (const char *p = copy; *p;) {
		if (*p == '\\' && ispunct((unsigned char)p[1])) {
			*out++ = p[1];
			p += 2;
		} else if (*p == '[' || *p == ']' || (*p == '!' && p[1] == '[')) {
			p = pass_link(p);
		} else if (*p == '<') {
			p = pass_angle(p, &out);
		} else if (*p == '&') {
			p = pass_entity(p, &out);
		} else if (*p == '`' || (*p == '~' && p[1] == '~') ||
			   ((*p == '*' || *p == '_') && is_emphasis(copy, p))) {
			p += strspn(p, (char[]){ *p, 0 });
		} else {
			*out++ = *p++;
		}
	}
	*out = 0;
	free(copy);
	return 0;
}

/* --- paragraphs */

/* Room for one more; doubles at each power of two. */
static bool has_place(struct paragraphs *p)
{
	char **more;

	if (p->count & (p->count - 1))
		return true;
	more = reallocarray(p->all, p->count ? 2 * p->count : 1, sizeof *more);
	if (!more)
		return false;
	p->all = more;
	return true;
}

static void keep(struct scan *s, const char *text, size_t n)
{
	if (!has_place(s->p)) {
		s->failed = true;
		return;
	}
	s->p->all[s->p->count] = strndup(text, n);
	if (s->p->all[s->p->count])
		s->p->count++;
	else
		s->failed = true;
}

/* So much of a long one as ends with a sentence, a word, or at least a character. */
static size_t cut(const char *text)
{
	size_t most = utf8_clip(text, PARAGRAPHS_BYTES_MAX), n;

	if (!text[most])
		return most;
	for (n = most; n > SENTENCE_BYTES_MIN; n--)
		if (text[n] == ' ' && strchr(".!?", text[n - 1]))
			return n;
	for (n = most; n > SENTENCE_BYTES_MIN; n--)
		if (text[n] == ' ')
			return n;
	return most;
}

static size_t squeeze(char *text)
{
	char *out = text;

	for (const char *p = text; *p; p++) {
		bool space = (unsigned char)*p <= ' ' || *p == 0x7f;

		if (!space)
			*out++ = *p;
		else if (out > text && out[-1] != ' ')
			*out++ = ' ';
	}
	while (out > text && out[-1] == ' ')
		out--;
	*out = 0;
	return (size_t)(out - text);
}

/* The gathered text becomes a paragraph, or several; a heading and an item end as a sentence does. There is room for
 * the stop: the text was shorter than the line it came from, or its marks are gone. */
static void flush(struct scan *s)
{
	size_t n;

	s->text[s->n] = 0;
	if (s->markdown && strip_marks(s->text) < 0)
		s->failed = true;
	n = squeeze(s->text);
	if (n && s->block != BLOCK_TEXT && !strchr(".!?:;,", s->text[n - 1])) {
		s->text[n++] = '.';
		s->text[n] = 0;
	}
	if (n && s->p->count == 0)
		s->p->titled = s->block == BLOCK_HEADING;
	for (const char *p = s->text; *p;) {
		size_t take = cut(p);

		keep(s, p, take);
		p += take;
		p += strspn(p, " ");
	}
	s->n = 0;
	s->block = BLOCK_TEXT;
}

static void gather(struct scan *s, const char *line)
{
	size_t n = strlen(line);

	if (s->n)
		s->text[s->n++] = ' ';
	memcpy(s->text + s->n, line, n);
	s->n += n;
}

/* --- lines */

static bool is_all(const char *line, const char *of)
{
	size_t n = strspn(line, of);

	return n >= 3 && !line[n];
}

/* Behind "- ", "* ", "+ "; NULL: it is no item. "12. " stays, to be said. */
static const char *item_of(const char *line)
{
	size_t digits = strspn(line, "0123456789");

	if (*line && strchr("-*+", *line) && line[1] == ' ') {
		line += 2 + strspn(line + 2, " ");
		if (line[0] == '[' && line[1] && line[2] == ']')
			line += 3;
		return line;
	}
	return digits && digits < 4 && (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ' ? line
													       : NULL;
}

static void take_row(struct scan *s, char *line)
{
	flush(s);
	if (!line[strspn(line, "|-: \t")])
		return;
	s->block = BLOCK_ITEM;
	for (char *rest, *cell = strtok_r(line, "|", &rest); cell; cell = strtok_r(NULL, "|", &rest)) {
		if (!cell[strspn(cell, " \t")])
			continue;
		if (s->n)
			s->text[s->n++] = ','; /* in the place of a bar */
		gather(s, cell + strspn(cell, " \t"));
		while (s->n && s->text[s->n - 1] == ' ')
			s->n--;
	}
	flush(s);
}

static void take_heading(struct scan *s, char *line)
{
	size_t n = strlen(line);

	flush(s);
	while (n && (line[n - 1] == '#' || line[n - 1] == ' '))
		line[--n] = 0;
	s->block = BLOCK_HEADING;
	gather(s, line);
	flush(s);
}

static void take_markdown(struct scan *s, char *line)
{
	const char *item;
	size_t marks;

	line += strspn(line, " \t>");
	marks = strspn(line, "#");
	item = item_of(line);
	if (strncmp(line, "```", 3) == 0 || strncmp(line, "~~~", 3) == 0) {
		flush(s);
		s->code = !s->code;
	} else if (s->code) {
		return;
	} else if (marks && marks <= 6 && (line[marks] == ' ' || !line[marks])) {
		take_heading(s, line + marks);
	} else if (s->n && s->block == BLOCK_TEXT && (is_all(line, "=") || is_all(line, "-"))) {
		s->block = BLOCK_HEADING;
		flush(s);
	} else if (!*line || is_all(line, "- ") || is_all(line, "* ") || is_all(line, "_ ")) {
		flush(s);
	} else if (item) {
		flush(s);
		s->block = BLOCK_ITEM;
		gather(s, item);
	} else if (*line == '|') {
		take_row(s, line);
	} else {
		gather(s, line);
	}
}

static void take_text(struct scan *s, char *line)
{
	if (line[strspn(line, " \t\f")])
		gather(s, line);
	else
		flush(s);
}

/* Behind the lines between two --- at the very beginning. */
static char *skip_front(char *text)
{
	char *end = strncmp(text, "---\n", 4) == 0 ? strstr(text + 3, "\n---\n") : NULL;

	return end ? end + 5 : text;
}

static void blank_comments(char *text)
{
	for (char *from = text, *end; (from = strstr(from, "<!--")) && (end = strstr(from, "-->")); from = end)
		for (end += 3; from < end; from++)
			if (*from != '\n')
				*from = ' ';
}

int paragraphs_make(struct paragraphs *p, char *text, bool markdown)
{
	/* twice: commas and stops need more room than the marks in whose place they stand */
	struct scan s = { .p = p, .text = calloc(2, strlen(text) + 1), .markdown = markdown };
	char *line = text, *next;

	if (!s.text)
		return -1;
	if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	if (markdown) {
		line = skip_front(line);
		blank_comments(line);
	}
	for (; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		line[strcspn(line, "\r")] = 0;
		(markdown ? take_markdown : take_text)(&s, line);
	}
	flush(&s);
	free(s.text);
	return s.failed ? -1 : 0;
}

void paragraphs_close(struct paragraphs *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->all[i]);
	free(p->all);
	*p = (struct paragraphs){ .count = 0 };
}
