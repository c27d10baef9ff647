#include "base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Value + 1 of each character; 0 means foreign. */
static const uint8_t value1[256] = {
	['A'] = 1,  ['B'] = 2,	['C'] = 3,  ['D'] = 4,	['E'] = 5,  ['F'] = 6,	['G'] = 7,  ['H'] = 8,
	['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
	['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
	['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
	['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
	['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
	['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

size_t base64_encode(char *out, const uint8_t *p, size_t n)
{
	char *o = out;

	for (; n >= 3; p += 3, n -= 3) {
		*o++ = alphabet[p[0] >> 2];
		*o++ = alphabet[(p[0] & 3) << 4 | p[1] >> 4];
		*o++ = alphabet[(p[1] & 15) << 2 | p[2] >> 6];
		*o++ = alphabet[p[2] & 63];
	}
	if (n) {
		uint8_t second = n == 2 ? p[1] : 0;

		*o++ = alphabet[p[0] >> 2];
		*o++ = alphabet[(p[0] & 3) << 4 | second >> 4];
		*o++ = n == 2 ? alphabet[(second & 15) << 2] : '=';
		*o++ = '=';
	}
	return (size_t)(o - out);
}

/* Four characters, the last `pad` of them taken as they would be without padding. -1: a foreign one. */
static long group(const uint8_t *p, size_t pad)
{
	uint8_t a = value1[p[0]], b = value1[p[1]], c = pad > 1 ? 1 : value1[p[2]], d = pad ? 1 : value1[p[3]];

	if (!a || !b || !c || !d)
		return -1;
	return (long)(a - 1) << 18 | (long)(b - 1) << 12 | (long)(c - 1) << 6 | (long)(d - 1);
}

long base64_decode(uint8_t *out, size_t size, const char *text, size_t n)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t pad = 0, bytes, done = 0;
	long v = 0;

	if (n % 4)
		return -1;
	while (pad < 2 && pad < n && text[n - 1 - pad] == '=')
		pad++;
	bytes = n / 4 * 3 - pad;
	if (bytes > size)
		return -1;
	for (; done + 3 <= bytes; done += 3, p += 4) {
		v = group(p, 0);
		if (v < 0)
			return -1;
		out[done] = (uint8_t)(v >> 16);
		out[done + 1] = (uint8_t)(v >> 8);
		out[done + 2] = (uint8_t)v;
	}
	if (done < bytes)
		v = group(p, pad);
	for (size_t k = 0; v >= 0 && done < bytes; k++)
		out[done++] = (uint8_t)(v >> (16 - 8 * k));
	return v < 0 ? -1 : (long)bytes;
}
