/* Base64, standard alphabet with padding: for the two places where audio crosses into JSON, 50 times a second. */
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Characters that n bytes need, without a terminating NUL. */
static inline size_t base64_length(size_t n)
{
	return (n + 2) / 3 * 4;
}

/* Writes base64_length(n) characters, no NUL; returns how many. */
size_t base64_encode(char *out, const uint8_t *bytes, size_t n);

/* Bytes written, or -1: a foreign character, a wrong length or padding, or more than size bytes. */
long base64_decode(uint8_t *out, size_t size, const char *text, size_t n);

#endif
