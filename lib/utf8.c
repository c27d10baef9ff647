#include "utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The length of the character at s, at most n bytes; 0: it is none (overlong, a surrogate, beyond the last, cut off).
 */
size_t utf8_character(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = *s < 0x80 ? 1 : *s >> 5 == 6 ? 2 : *s >> 4 == 14 ? 3 : *s >> 3 == 30 ? 4 : 0;
	uint32_t code;

	if (length < 2)
		return length;
	if (length > n)
		return 0;
	code = *s & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	return code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? 0 : length;
}

void utf8_clean(char *bytes, size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t length = utf8_character(bytes + i, n - i);

		if (!length)
			bytes[i] = '?';
		else if (!bytes[i])
			bytes[i] = ' ';
		i += length ? length : 1;
	}
}

size_t utf8_clip(const char *text, size_t most)
{
	size_t n = strnlen(text, most + 1);

	if (n > most)
		for (n = most; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	return n;
}

size_t utf8_count(const char *text, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

int utf8_replace(char **at, const char *text, size_t n)
{
	char *copy = strndup(text, n);

	if (!copy)
		return -1;
	free(*at);
	*at = copy;
	return 0;
}
