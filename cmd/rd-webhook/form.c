#include "form.h"

#include <errno.h>
#include <string.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes text[0..n), which never grows, and ends it with a NUL: at text[n] at the latest. */
static int decode(char *text, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < n ? hex_digit(text[i + 1]) : -1;
			int low = high < 0 ? -1 : hex_digit(text[i + 2]);

			if (low < 0)
				return -1;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (c == '\0') /* a C string further in would end here, and the signature would not */
			return -1;
		text[out++] = c;
	}
	text[out] = '\0';
	return 0;
}

/* One field, `name=value` or `name` alone, of n bytes. */
static int read_field(struct form_field *field, char *text, size_t n)
{
	char *equals = memchr(text, '=', n);
	size_t name_bytes = equals ? (size_t)(equals - text) : n;

	field->name = text;
	field->value = "";
	if (equals) {
		field->value = equals + 1;
		if (decode(equals + 1, n - name_bytes - 1) < 0)
			return -1;
	}
	return decode(text, name_bytes);
}

static int fail(struct form *form, int error)
{
	form->count = 0;
	errno = error;
	return -1;
}

int form_read(struct form *form, char *text, size_t n)
{
	char *end = text + n;

	form->count = 0;
	if (n > FORM_BYTES)
		return fail(form, EMSGSIZE);
	for (char *at = text; at < end;) {
		char *stop = memchr(at, '&', (size_t)(end - at));

		if (!stop)
			stop = end;
		if (stop > at) {
			if (form->count == FORM_FIELDS)
				return fail(form, EMSGSIZE);
			if (read_field(&form->field[form->count++], at, (size_t)(stop - at)) < 0)
				return fail(form, EILSEQ);
		}
		at = stop + 1;
	}
	return 0;
}

const char *form_get(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (strcmp(form->field[i].name, name) == 0)
			return form->field[i].value;
	return NULL;
}
