#include "sign.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base64.h"

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct field *)a)->name, ((const struct field *)b)->name);
}

int sign(char out[SIGN_BYTES], const char *token, const char *url, const struct field *fields, size_t count)
{
	struct field *sorted = malloc((count + 1) * sizeof *sorted);
	size_t size = strlen(url) + 1, n = strlen(url);
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	char *data;

	for (size_t i = 0; i < count; i++)
		size += strlen(fields[i].name) + strlen(fields[i].value);
	data = malloc(size);
	if (sorted && data) {
		memcpy(data, url, n);
		if (count)
			memcpy(sorted, fields, count * sizeof *sorted);
		qsort(sorted, count, sizeof *sorted, by_name);
		for (size_t i = 0; i < count; i++) {
			n = (size_t)(stpcpy(data + n, sorted[i].name) - data);
			n = (size_t)(stpcpy(data + n, sorted[i].value) - data);
		}
		if (!HMAC(EVP_sha1(), token, (int)strlen(token), (const unsigned char *)data, n, mac, &length))
			length = 0;
	}
	free(sorted);
	free(data);
	out[base64_encode(out, mac, length)] = '\0';
	return length ? 0 : -1;
}
