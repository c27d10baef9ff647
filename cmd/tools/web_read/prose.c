#include "prose.h"

#include <stdlib.h>
#include <string.h>

#include "utf8.h"

/* What 0x80 to 0x9f mean where somebody wrote windows-1252 and called it something else. */
static const char *const of_c1[32] = { "\xe2\x82\xac",
				       "",
				       "\xe2\x80\x9a",
				       "\xc6\x92",
				       "\xe2\x80\x9e",
				       "\xe2\x80\xa6",
				       "\xe2\x80\xa0",
				       "\xe2\x80\xa1",
				       "\xcb\x86",
				       "\xe2\x80\xb0",
				       "\xc5\xa0",
				       "\xe2\x80\xb9",
				       "\xc5\x92",
				       "",
				       "\xc5\xbd",
				       "",
				       "",
				       "\xe2\x80\x98",
				       "\xe2\x80\x99",
				       "\xe2\x80\x9c",
				       "\xe2\x80\x9d",
				       "\xe2\x80\xa2",
				       "\xe2\x80\x93",
				       "\xe2\x80\x94",
				       "\xcb\x9c",
				       "\xe2\x84\xa2",
				       "\xc5\xa1",
				       "\xe2\x80\xba",
				       "\xc5\x93",
				       "",
				       "\xc5\xbe",
				       "\xc5\xb8" };

static bool make_room(struct prose *p, size_t n)
{
	size_t size = p->size ? p->size : 512;
	char *text;

	if (p->n + n > p->limit)
		return p->full = true, false;
	while (size < p->n + n + 3)
		size *= 2;
	if (size > p->size) {
		text = realloc(p->text, size);
		if (!text)
			return p->failed = true, false;
		p->text = text;
		p->size = size;
	}
	return true;
}

/* At most 3 bytes before, n of a character. */
static void put(struct prose *p, const char *bytes, size_t n)
{
	bool ended = p->n && strchr(",;:.!?", p->text[p->n - 1]);
	const char *before = !p->n		    ? ""
			     : p->broken	    ? "\n\n"
			     : p->comma && !ended   ? ", "
			     : p->comma || p->space ? " "
						    : "";
	size_t first = strlen(before);

	if (p->full || p->failed || !make_room(p, first + n))
		return;
	memcpy(p->text + p->n, before, first);
	memcpy(p->text + p->n + first, bytes, n);
	p->n += first + n;
	p->text[p->n] = 0;
	p->space = p->comma = p->broken = false;
}

/* Marks that steer a line's breaking and direction, and that no voice says. */
static bool is_unseen(const unsigned char *c)
{
	static const char *const marks[] = { "\xc2\xad", "\xe2\x81\xa0", "\xef\xbb\xbf", "\xef\xbf\xbc" };

	if (c[0] == 0xe2 && c[1] == 0x80 && ((c[2] >= 0x8b && c[2] <= 0x8f) || (c[2] >= 0xaa && c[2] <= 0xae)))
		return true;
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (strncmp((const char *)c, marks[i], strlen(marks[i])) == 0)
			return true;
	return false;
}

static bool is_space(const unsigned char *c)
{
	return *c <= ' ' || *c == 0x7f || (c[0] == 0xc2 && c[1] == 0xa0) || /* no-break, and those of type-setters */
	       (c[0] == 0xe2 && c[1] == 0x80 && (c[2] <= 0x8a || c[2] == 0xa8 || c[2] == 0xa9 || c[2] == 0xaf)) ||
	       (c[0] == 0xe3 && c[1] == 0x80 && c[2] == 0x80);
}

void prose_text(struct prose *p, const char *text)
{
	for (size_t length; *text; text += length) {
		const unsigned char *c = (const unsigned char *)text;

		length = utf8_character(text, 4); /* the NUL ends it sooner */
		if (!length) {
			length = 1;
			put(p, "?", 1);
		} else if (is_space(c)) {
			p->space = true;
		} else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f) {
			put(p, of_c1[c[1] - 0x80], strlen(of_c1[c[1] - 0x80]));
		} else if (!is_unseen(c)) {
			put(p, text, length);
		}
	}
}

void prose_break(struct prose *p)
{
	p->broken = p->n > 0;
	p->space = p->comma = false;
}

void prose_stop(struct prose *p)
{
	if (!p->n || p->broken || strchr(".!?:;,", p->text[p->n - 1]))
		return;
	p->space = p->comma = false;
	put(p, ".", 1);
}

void prose_comma(struct prose *p)
{
	p->comma = p->n > 0 && !p->broken;
}

void prose_empty(struct prose *p)
{
	p->n = 0;
	if (p->text)
		p->text[0] = 0;
	p->space = p->comma = p->broken = p->full = false;
}

char *prose_take(struct prose *p)
{
	char *text, *end;

	if (p->failed) {
		prose_close(p);
		return NULL;
	}
	text = p->text ? p->text : strdup("");
	if (text && p->full) {
		end = strrchr(text, '\n');
		if (!end || (size_t)(end - text) < p->n / 2)
			end = strrchr(text, ' ');
		if (end)
			*end = 0;
		for (size_t n = strlen(text); n && text[n - 1] == '\n';)
			text[--n] = 0;
	}
	p->text = NULL;
	p->n = p->size = 0;
	return text;
}

void prose_close(struct prose *p)
{
	free(p->text);
	p->text = NULL;
	p->n = p->size = 0;
}
