/* Base64, one text a line: bytes come back from their text; a text that is taken is the text of its bytes, but for the
 * bits that pad. */
#include "fuzz.h"

#include "base64.h"

static void back_from_text(const uint8_t *bytes, size_t n)
{
	char *text = malloc(base64_length(n) + 1);
	uint8_t *again = malloc(n + 1);

	EXPECT(text && again && base64_encode(text, bytes, n) == base64_length(n));
	EXPECT(base64_decode(again, n, text, base64_length(n)) == (long)n && memcmp(again, bytes, n) == 0);
	EXPECT(!n || base64_decode(again, n - 1, text, base64_length(n)) == -1);
	free(text);
	free(again);
}

static void try_one(const uint8_t *bytes, size_t n)
{
	uint8_t *out = malloc(n + 1);
	char *text = fuzz_bytes(bytes, n), *same;
	long got = base64_decode(out, n, text, n);

	if (got >= 0) {
		same = malloc(n + 1);
		EXPECT(same && base64_encode(same, out, (size_t)got) == n);
		for (size_t i = 0; i < n; i++)
			EXPECT(same[i] == text[i] || (i + 3 >= n && text[n - 1] == '='));
		free(same);
		EXPECT(base64_decode((uint8_t *)text, n, text, n) == got); /* in place */
		EXPECT(memcmp(text, out, (size_t)got) == 0);
	}
	free(text);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	back_from_text(bytes, n);
	while (n) {
		const uint8_t *newline = memchr(bytes, '\n', n);
		size_t length = newline ? (size_t)(newline - bytes) : n;

		try_one(bytes, length);
		bytes += length + (newline != NULL);
		n -= length + (newline != NULL);
	}
	return 0;
}
