/* A page in a character set that its first byte chooses, through iconv and libxml2: the title and the paragraphs are
 * valid UTF-8, bounded, with one empty line between paragraphs and no other control character. */
#include "fuzz.h"

#include <stdbool.h>

#include "../../cmd/tools/web_read/article.h"
#include "../../cmd/tools/web_read/charset.h"
#include "utf8.h"

static void check_text(const char *text, bool broken)
{
	size_t n = strlen(text);

	for (size_t i = 0, length; i < n; i += length) {
		length = utf8_character(text + i, n - i);
		EXPECT(length > 0);
		EXPECT((unsigned char)text[i] >= ' ' || (broken && text[i] == '\n'));
		EXPECT(text[i] != 0x7f && (text[i] != ' ' || (i && text[i - 1] > ' ') || (i && text[i - 1] < 0)));
	}
	EXPECT(!strstr(text, "\n\n\n") && (!n || text[n - 1] != '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const types[] = { "",
					     "text/html; charset=utf-8",
					     "text/html; charset=iso-8859-1",
					     "text/html; charset=shift_jis",
					     "text/html; charset=utf-16",
					     "text/html; charset=iso-2022-jp" };
	const char *type = types[fuzz_byte(&bytes, &n) % (sizeof types / sizeof types[0])];
	char *raw = fuzz_bytes(bytes, n), *text;
	struct article a;
	size_t length;

	text = charset_to_utf8(raw, n, type, true, &length);
	EXPECT(text && length == strlen(text) && length <= 3 * n + 4);
	EXPECT(article_read(&a, text, length) == 0);
	EXPECT(strlen(a.title) < sizeof a.title && strlen(a.text) <= ARTICLE_MAX_BYTES);
	check_text(a.title, false);
	check_text(a.text, true);
	article_close(&a);
	free(text);
	free(raw);
	return 0;
}
