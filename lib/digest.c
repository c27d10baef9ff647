#include "digest.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

void digest_sha256(const void *bytes, size_t n, uint8_t out[DIGEST_BYTES])
{
	int ok = EVP_Digest(bytes, n, out, NULL, EVP_sha256(), NULL);

	assert(ok == 1); /* but for memory nothing can fail */
	(void)ok;
}

char *digest_hex(const char *text, char out[DIGEST_HEX_BYTES])
{
	uint8_t digest[DIGEST_BYTES];

	digest_sha256(text, strlen(text), digest);
	for (size_t i = 0; i < DIGEST_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return out;
}

/* No pass phrase is asked for: a key that has one is none that we can use. */
static int on_phrase(char *out, int size, int writing, void *ctx)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)ctx;
	return -1;
}

static EVP_PKEY *read_key(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, on_phrase, NULL) : NULL;

	BIO_free(bio);
	if (key && EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
		EVP_PKEY_free(key);
		return NULL;
	}
	return key;
}

long digest_rs256(const char *pem, const void *bytes, size_t n, uint8_t out[DIGEST_SIGNATURE_BYTES])
{
	EVP_PKEY *key = read_key(pem);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t length = DIGEST_SIGNATURE_BYTES;
	int ok = key && ctx && EVP_PKEY_get_size(key) <= (int)DIGEST_SIGNATURE_BYTES &&
		 EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
		 EVP_DigestSign(ctx, out, &length, bytes, n) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok ? (long)length : -1;
}
