/* URLs, in pairs of lines: one that is taken, printed and taken again is the same; so is what it means by the second.
 */
#include "fuzz.h"

#include "url.h"

static void round_trip(const struct url *u)
{
	char text[URL_BYTES + 64], authority[160];
	struct url again;

	url_print(u, text, sizeof text);
	EXPECT(u->port >= 1 && u->port <= 65535 && u->target[0] == '/');
	for (const char *p = text; *p; p++)
		EXPECT((unsigned char)*p > ' ' && *p != 0x7f && *p != '#');
	if (strlen(text) >= URL_BYTES)
		return;
	EXPECT(url_read(&again, text) == 0);
	EXPECT(strcmp(again.scheme, u->scheme) == 0 && strcmp(again.host, u->host) == 0);
	EXPECT(strcmp(again.target, u->target) == 0 && again.port == u->port && again.tls == u->tls);
	EXPECT(!strchr(url_authority(u, authority, sizeof authority), '@'));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *first, *second;
	struct url u, meant;

	while ((first = fuzz_line(&bytes, &n))) {
		second = fuzz_line(&bytes, &n);
		if (url_read(&u, first) == 0) {
			round_trip(&u);
			if (second && url_resolve(&meant, &u, second) == 0)
				round_trip(&meant);
		}
		free(first);
		free(second);
	}
	return 0;
}
