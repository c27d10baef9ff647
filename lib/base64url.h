/* Base64 with the alphabet of URLs (RFC 4648 §5), no padding: JSON Web Tokens, Gmail. */
#ifndef BASE64URL_H
#define BASE64URL_H

#include <stddef.h>
#include <stdint.h>

/* The text of n bytes, the caller's to free; NULL without memory. */
char *base64url_encode(const void *bytes, size_t n);

/* The bytes of a text of n characters, padded or not, the caller's, a NUL behind them; NULL: it is none, or no memory.
 */
uint8_t *base64url_decode(const char *text, size_t n, size_t *bytes);

#endif
