/* An answer of a WebDAV server. */
#include "fuzz.h"

#include "../../cmd/tools/calendar/multistatus.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct multistatus m;

	if (multistatus_read(&m, (const char *)bytes, n) == 0)
		EXPECT(m.count <= MULTISTATUS_MAX);
	else
		EXPECT(m.count == 0);
	multistatus_close(&m);
	return 0;
}
