/* Lines of an IMAP server: heads lie within them, UIDs are in order. */
#include "fuzz.h"

#include "../../cmd/tools/mail/imapreply.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const char *lines = (const char *)bytes;
	struct imapreply_head h;
	unsigned long uids[5], max = 0;
	size_t at = 0, count;
	long total = 0;

	while (imapreply_head(lines, n, &at, &h))
		EXPECT(h.uid && h.bytes >= lines && h.bytes + h.n <= lines + n && at <= n);
	count = imapreply_search(lines, n, uids, 5, &total);
	EXPECT(count <= 5 && (long)count <= total);
	for (size_t i = 1; i < count; i++)
		EXPECT(uids[i - 1] >= uids[i]);
	(void)imapreply_count(lines, n, &total, &max);
	return 0;
}
