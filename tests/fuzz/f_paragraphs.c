/* A document, first byte even: Markdown, odd: text. Paragraphs are whole characters within the limit, without control
 * characters or spaces at their ends. */
#include "fuzz.h"

#include "paragraphs.h"
#include "utf8.h"

static void check_one(const char *text)
{
	size_t n = strlen(text);

	EXPECT(n > 0 && n <= PARAGRAPHS_BYTES_MAX && text[0] != ' ' && text[n - 1] != ' ');
	for (size_t i = 0, length; i < n; i += length) {
		length = utf8_character(text + i, n - i);
		EXPECT(length > 0 && (unsigned char)text[i] >= ' ' && text[i] != 0x7f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct paragraphs p = { .count = 0 };
	char *text = fuzz_text(bytes, n);

	utf8_clean(text, n); /* as the file is read */
	EXPECT(paragraphs_make(&p, text, n && bytes[0] % 2 == 0) == 0);
	EXPECT(!p.titled || p.count > 0);
	for (size_t i = 0; i < p.count; i++)
		check_one(p.all[i]);
	paragraphs_close(&p);
	free(text);
	return 0;
}
