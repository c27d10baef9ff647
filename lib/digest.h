/* What services want computed over a text: SHA-256 for keys of our own, RS256 (RFC 7518) for what an account signs. By
 * OpenSSL, which stands in digest.c alone. Pure. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32u
#define DIGEST_HEX_BYTES 65u
#define DIGEST_SIGNATURE_BYTES 1024u /* more than any RSA key's */

void digest_sha256(const void *bytes, size_t n, uint8_t out[DIGEST_BYTES]);

/* The same of a text, as small hexadecimal digits. Returns out. */
char *digest_hex(const char *text, char out[DIGEST_HEX_BYTES]);

/* Signs with the private RSA key of a PEM text. The signature's length, or -1: that is no such key. */
long digest_rs256(const char *pem, const void *bytes, size_t n, uint8_t out[DIGEST_SIGNATURE_BYTES]);

#endif
