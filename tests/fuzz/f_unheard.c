/* The play-out queue's file as a predecessor may have left it: it is found whole or begun anew, and whatever is done
 * with it then keeps within it. First byte: what is damaged; then pairs of what is done, and with how much. */
#include "fuzz.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>

#include "../../cmd/rd-ingest/unheard_map.h"

static char path[96];
static uint8_t audio[65536];

static bool keep_odd(const void *ctx, uint32_t item)
{
	(void)ctx;
	return item & 1;
}

/* The head and the segments, written over with any bytes from any place on. */
static void damage(const uint8_t *bytes, size_t n, size_t at)
{
	int fd = open(path, O_RDWR);
	size_t end = offsetof(struct unheard_map, audio);

	EXPECT(fd >= 0);
	at %= end;
	if (n > end - at)
		n = end - at;
	EXPECT(pwrite(fd, bytes, n, (off_t)at) == (ssize_t)n);
	close(fd);
}

static void look(struct unheard *u)
{
	struct unheard_cursor c = unheard_begin(u);
	struct event_heard list[UNHEARD_SEGMENTS];
	bool complete, first;
	uint64_t seen = 0, most = (uint64_t)UNHEARD_SEGMENTS * UNHEARD_AUDIO_BYTES;
	size_t n;

	while ((n = unheard_next(u, &c, &complete, &first)) && seen < most) {
		n = n < sizeof audio ? n : sizeof audio;
		unheard_read(u, &c, audio, n);
		seen += n;
	}
	EXPECT(seen < most);
	EXPECT(unheard_items(u, list, UNHEARD_SEGMENTS, NULL, NULL) <= UNHEARD_SEGMENTS);
	EXPECT(unheard_news(u, list, UNHEARD_SEGMENTS, 0) <= UNHEARD_SEGMENTS);
	(void)unheard_errand(u);
}

static void act(struct unheard *u, uint8_t what, size_t much, bool damaged)
{
	struct event_heard list[UNHEARD_SEGMENTS];
	uint64_t before = unheard_bytes(u);

	switch (what % 8) {
	case 0:
	case 1:
		if (unheard_append(u, 1 + what / 8, audio, much * 64) == 0)
			EXPECT(damaged || unheard_bytes(u) == before + much * 64);
		break;
	case 2: (void)unheard_end(u, 1 + what / 8); break;
	case 3:
		unheard_heard(u, much < before / 100 ? much * 100 : before);
		EXPECT(damaged || unheard_bytes(u) <= before);
		break;
	case 4: unheard_take_back(u, much); break;
	case 5: unheard_drop(u, keep_odd, NULL); break;
	case 6: (void)unheard_news(u, list, much % UNHEARD_SEGMENTS, much); break;
	case 7: much & 1 ? unheard_rest(u) : unheard_orphan(u); break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	uint8_t way = fuzz_byte(&bytes, &n);
	struct unheard u;
	const char *why;
	int found;

	snprintf(path, sizeof path, "%s/unheard", fuzz_folder());
	(void)unlink(path);
	EXPECT(unheard_open(&u, fuzz_folder(), &why) == 0 && !why);
	for (size_t i = 0; i < 64 && n >= 2 && *bytes != 0xff; i++) {
		uint8_t what = fuzz_byte(&bytes, &n);

		act(&u, what, fuzz_byte(&bytes, &n), false);
	}
	unheard_close(&u);
	if (way)
		damage(bytes, n, way * 8u);
	found = unheard_open(&u, fuzz_folder(), &why);
	EXPECT(way ? found >= 0 : found == 1);
	look(&u);
	for (; n >= 2; bytes++, n--)
		act(&u, bytes[0], bytes[1], way != 0);
	unheard_close(&u);
	return 0;
}
