/* A mail: lines for the ear without line ends, a text that is UTF-8 and portions that end. */
#include "fuzz.h"

#include "../../cmd/tools/mail/aloud.h"
#include "../../cmd/tools/mail/message.h"
#include "utf8.h"

static void check_text(const char *text)
{
	char *said = aloud_text(text);
	size_t n = strlen(said);

	EXPECT(n <= strlen(text) + 1);
	for (size_t i = 0, length; i < n; i += length) {
		length = utf8_character(said + i, n - i);
		EXPECT(length > 0);
	}
	EXPECT(aloud_portions(said) >= (*said != 0));
	free(said);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct message m;

	EXPECT(message_read(&m, (const char *)bytes, n, n && bytes[0] % 8) == 0);
	EXPECT(!strpbrk(m.subject, "\r\n") && !strpbrk(m.name, "\r\n") && !strpbrk(m.address, "\r\n"));
	if (m.text)
		check_text(m.text);
	message_close(&m);
	return 0;
}
