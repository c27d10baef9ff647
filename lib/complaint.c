#include "complaint.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

#define SHOWN_BYTES 40

void complaint_open(struct complaint *c, char *text, size_t size)
{
	*c = (struct complaint){ .text = text, .size = size };
	if (size)
		text[0] = '\0';
}

static void append(struct complaint *c, int n)
{
	size_t left = c->size - c->used;

	if (n > 0 && left)
		c->used += (size_t)n < left ? (size_t)n : left - 1;
}

void complaint_add(struct complaint *c, const char *file, int line, const char *format, ...)
{
	va_list args;

	if (c->used + 1 < c->size)
		c->whole = c->count; /* all before this one */
	if (c->count++)
		append(c, snprintf(c->text + c->used, c->size - c->used, "\n"));
	if (c->used + 1 >= c->size)
		return;
	if (file && line)
		append(c, snprintf(c->text + c->used, c->size - c->used, "%s:%d: ", file, line));
	else if (file)
		append(c, snprintf(c->text + c->used, c->size - c->used, "%s: ", file));
	va_start(args, format);
	append(c, vsnprintf(c->text + c->used, c->size - c->used, format, args));
	va_end(args);
}

void complaint_end(struct complaint *c)
{
	char more[48];
	char *end;
	int n;

	if (c->used + 1 < c->size || c->whole == 0)
		return; /* it may have fitted to the byte: then the last one is told as more */
	while ((end = memrchr(c->text, '\n', c->used))) {
		c->used = (size_t)(end - c->text);
		n = snprintf(more, sizeof more, "\nand %u more", c->count - c->whole);
		if (n > 0 && c->used + (size_t)n < c->size) {
			memcpy(end, more, (size_t)n + 1);
			return;
		}
		c->whole--;
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many bytes at text may be a telephone number; *tail is where the last four digits begin. 0: none. */
static size_t number_at(const char *text, size_t *tail)
{
	size_t digits = 0, end = 0, last[4] = { 0 };

	if (!strchr("+(0123456789", *text))
		return 0;
	for (size_t i = 0; text[i] && strchr("0123456789 +()-", text[i]); i++) {
		if (!is_digit(text[i]))
			continue;
		last[digits++ % 4] = i;
		end = i + 1;
	}
	if (digits < 7)
		return 0;
	*tail = last[digits % 4];
	return end;
}

/* Copies value to out, which has room for SHOWN_BYTES and two ellipses; of numbers in it the last four digits, if that
 * is wished. */
static void show(const char *value, bool masked, char *out)
{
	static const char ellipsis[] = "…";
	char *end = out + SHOWN_BYTES;

	while (*value) {
		size_t tail = 0, hidden = masked ? number_at(value, &tail) : 0;
		size_t n = hidden ? hidden : utf8_character(value, strnlen(value, 4));

		if (n == 0)
			n = 1; /* of an override, whose bytes nobody has seen yet */
		if ((ptrdiff_t)(n - tail) > end - out)
			break;
		if (hidden)
			out = stpcpy(out, ellipsis);
		out = mempcpy(out, value + tail, n - tail);
		value += n;
	}
	memcpy(out, *value ? ellipsis : "", *value ? sizeof ellipsis : 1);
}

static const char *quote(const char *value, bool masked, char out[64])
{
	char shown[SHOWN_BYTES + 3 * sizeof "…"];

	show(value, masked, shown);
	snprintf(out, 64, "\"%s\"", shown);
	return out;
}

const char *complaint_quote(const char *value, char out[64])
{
	return quote(value, true, out);
}

const char *complaint_quote_number(const char *value, char out[64])
{
	return quote(value, false, out);
}
