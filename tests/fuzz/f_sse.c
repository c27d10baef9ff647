/* A stream of events: read whole and byte by byte it tells the same events, within its limit. */
#include "fuzz.h"

#include <errno.h>

#include "hash.h"
#include "sse.h"

#define LIMIT 100

struct told {
	uint64_t hash;
	unsigned count;
};

static bool on_event(struct sse *s, const struct sse_event *e)
{
	struct told *t = s->ctx;

	EXPECT(e->data_bytes <= LIMIT && e->data[e->data_bytes] == 0);
	t->hash = hash_bytes(t->hash, e->data, e->data_bytes + 1);
	t->hash = hash_bytes(t->hash, e->name, strlen(e->name) + 1);
	t->count++;
	return true;
}

static int feed(struct sse *s, const char *text, size_t n, size_t piece)
{
	for (size_t at = 0; at < n; at += piece)
		if (sse_feed(s, text + at, n - at < piece ? n - at : piece) < 0) {
			EXPECT(errno == EMSGSIZE);
			return -1;
		}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct told whole = { .hash = HASH_BEGIN }, pieces = whole;
	struct sse a = { .limit = LIMIT, .on_event = on_event, .ctx = &whole };
	struct sse b = { .limit = LIMIT, .on_event = on_event, .ctx = &pieces };
	char *text = fuzz_bytes(bytes, n);

	EXPECT(feed(&a, text, n, n ? n : 1) == feed(&b, text, n, 1));
	EXPECT(whole.hash == pieces.hash && whole.count == pieces.count);
	EXPECT(strcmp(a.last_id, b.last_id) == 0 && a.retry_ms == b.retry_ms && a.retry_ms >= 0);
	sse_close(&a);
	sse_close(&b);
	free(text);
	return 0;
}
