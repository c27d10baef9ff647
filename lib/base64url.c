#include "base64url.h"

#include <stdlib.h>
#include <string.h>

#include "base64.h"

static void swap(char *text, const char *from, const char *to)
{
	for (char *p = text; *p; p++) {
		if (*p == from[0])
			*p = to[0];
		else if (*p == from[1])
			*p = to[1];
	}
}

char *base64url_encode(const void *bytes, size_t n)
{
	char *text = malloc(base64_length(n) + 1);
	size_t length;

	if (!text)
		return NULL;
	length = base64_encode(text, bytes, n);
	while (length && text[length - 1] == '=')
		length--;
	text[length] = 0;
	swap(text, "+/", "-_");
	return text;
}

uint8_t *base64url_decode(const char *text, size_t n, size_t *bytes)
{
	char *padded = malloc(n + 4);
	uint8_t *out = malloc(n + 1);
	long length = -1;

	while (n && text[n - 1] == '=')
		n--;
	if (padded && out) {
		memcpy(padded, text, n);
		while (n % 4)
			padded[n++] = '=';
		padded[n] = 0;
		swap(padded, "-_", "+/");
		length = base64_decode(out, n, padded, n);
	}
	free(padded);
	if (length < 0) {
		free(out);
		return NULL;
	}
	out[length] = 0;
	*bytes = (size_t)length;
	return out;
}
