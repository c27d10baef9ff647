#include "say_plain.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "utf8.h"

#define PIECE_BYTES 200 /* of one word: what is longer is cut into several */

static const struct {
	char sign;
	const char *english;
} signs[] = { { '&', "and" }, { '%', "percent" }, { '@', "at" }, { '+', "plus" }, { '=', "equals" } };

/* Letters with marks on them, which flite does not know: U+00C0 to U+017F as plain ones; '-': none. */
static const char *const latin_1 = "AAAAAAACEEEEIIIIDNOOOOO-OUUUUYTsaaaaaaaceeeeiiiidnooooo-ouuuuyty";
static const char *const latin_a = "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnNnNnnNn"
				   "OoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

static uint32_t code_of(const char *text, size_t length)
{
	static const uint8_t mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t code = (uint8_t)*text & mask[length];

	for (size_t i = 1; i < length; i++)
		code = code << 6 | ((uint8_t)text[i] & 0x3f);
	return code;
}

/* What espeak-ng has words for, of what is silent otherwise: £ ¥ § ° µ and the signs of money. */
static bool is_named(uint32_t code)
{
	return code == 0xa3 || code == 0xa5 || code == 0xa7 || code == 0xb0 || code == 0xb5 ||
	       (code >= 0x20a0 && code <= 0x20cf);
}

/* Symbols, arrows, dingbats, joiners, variation selectors, private use, emoji. */
static bool is_silent(uint32_t code)
{
	return (code >= 0x80 && code < 0xc0 && code != 0xaa && code != 0xb5 && code != 0xba) || code == 0xd7 ||
	       code == 0xf7 || (code >= 0x2000 && code <= 0x2bff) || (code >= 0x3000 && code <= 0x303f) ||
	       (code >= 0xe000 && code <= 0xf8ff) || (code >= 0xfe00 && code <= 0xfe0f) || code == 0xfeff ||
	       code == 0xfffd || code >= 0x1f000;
}

static size_t plain_letter(const struct say_language *l, const char *text, size_t length, char out[4])
{
	uint32_t code = code_of(text, length);

	if (code == 0x2019) /* an apostrophe */
		return *out = '\'', 1;
	if (is_silent(code) && (l->english || !is_named(code)))
		return *out = ' ', 1;
	if (l->english && code >= 0xc0 && code <= 0x17f) {
		char letter = code < 0x100 ? latin_1[code - 0xc0] : latin_a[code - 0x100];

		return *out = letter == '-' ? ' ' : letter, 1;
	}
	memcpy(out, text, length);
	return length;
}

static void say_sign(struct say *s, const struct say_language *l, char sign)
{
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (signs[i].sign == sign)
			say_bytes(s, l->english ? signs[i].english : &signs[i].sign,
				  l->english ? strlen(signs[i].english) : 1);
}

/* What stands within words and numbers, where the engine reads those itself. */
static bool is_within(const struct say_language *l, const char *text, size_t i, size_t n)
{
	if (l->english || i == 0 || i + 1 >= n)
		return false;
	if (text[i] == '-' || text[i] == '.' || text[i] == ',' || text[i] == ':')
		return isdigit((unsigned char)text[i + 1]) || text[i] == '-';
	return false;
}

void say_plain(struct say *s, const struct say_language *l, const char *text, size_t n)
{
	char piece[PIECE_BYTES + 4];
	size_t length = 0;

	for (size_t i = 0, one; i < n; i += one) {
		bool keeps = isalnum((unsigned char)text[i]) || (text[i] == '\'' && length);

		one = utf8_character(text + i, n - i);
		one = one ? one : 1;
		if (one > 1)
			length += plain_letter(l, text + i, one, piece + length);
		else if (keeps || is_within(l, text, i, n))
			piece[length++] = text[i];
		else
			piece[length++] = ' ';
		if (length >= PIECE_BYTES || piece[length - 1] == ' ') {
			say_bytes(s, piece, length);
			length = 0;
		}
		if (one == 1)
			say_sign(s, l, text[i]);
	}
	say_bytes(s, piece, length);
}
