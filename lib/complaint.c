#include "complaint.h"

#include <ctype.h>
#include <stdarg.h>
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

static size_t digits_in(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += isdigit((unsigned char)*text) != 0;
	return n;
}

const char *complaint_quote(const char *value, char out[64])
{
	size_t n = strlen(value), shown = utf8_clip(value, SHOWN_BYTES);

	if (n > 4 && digits_in(value) >= 7) {
		snprintf(out, 64, "\"…%s\"", value + n - 4);
		return out;
	}
	snprintf(out, 64, "\"%.*s%s\"", (int)shown, value, shown < n ? "…" : "");
	return out;
}
