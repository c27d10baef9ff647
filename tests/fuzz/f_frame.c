/* Frames from a byte stream and from packets: however the bytes arrive, the same frames come out, and each goes out
 * again as the bytes it came from. First byte: bit 7 packets instead of a stream, the rest how many bytes arrive at
 * once. */
#include "fuzz.h"

#include <sys/socket.h>
#include <unistd.h>

#include "reader.h"
#include "writer.h"

struct seen {
	uint64_t hash, count;
};

static void note(struct seen *s, const void *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s->hash = (s->hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
}

static void see(struct seen *s, const struct frame *f)
{
	uint8_t header[FRAME_HEADER];
	struct frame again;

	EXPECT(f->length <= FRAME_PAYLOAD_MAX);
	frame_pack(f, header);
	EXPECT(frame_unpack(&again, header) == 0);
	EXPECT(again.kind == f->kind && again.flags == f->flags && again.codec == f->codec &&
	       again.rate_100hz == f->rate_100hz && again.origin == f->origin && again.life == f->life &&
	       again.hops == f->hops && again.length == f->length && again.item == f->item && again.seq == f->seq &&
	       again.birth_us == f->birth_us);
	note(s, header, sizeof header);
	note(s, f->payload, f->length);
	s->count++;
	(void)frame_audio_us(f);
}

static struct seen feed(const uint8_t *bytes, size_t n, size_t piece)
{
	struct seen s = { 0 };
	struct reader r;
	struct frame f;
	int got = 0;

	EXPECT(reader_open(&r, -1) == 0);
	while (n > 0 && got >= 0) {
		size_t taken = reader_feed(&r, bytes, n < piece ? n : piece);

		bytes += taken;
		n -= taken;
		while ((got = reader_next(&r, &f)) > 0)
			see(&s, &f);
		EXPECT(taken > 0 || got < 0);
	}
	note(&s, &got, sizeof got);
	note(&s, &r.offset, sizeof r.offset);
	reader_close(&r);
	return s;
}

static void packets(const uint8_t *bytes, size_t n, size_t piece)
{
	struct seen s = { 0 };
	int ends[2];
	struct reader r;
	struct frame f;
	int got;

	EXPECT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0 && reader_open(&r, ends[0]) == 0);
	while (n > 0 && send(ends[1], bytes, n < piece ? n : piece, MSG_DONTWAIT) >= 0) {
		bytes += n < piece ? n : piece;
		n -= n < piece ? n : piece;
	}
	close(ends[1]);
	while ((got = reader_next(&r, &f)) >= 0) /* 0: too many bad ones at once */
		if (got)
			see(&s, &f);
	EXPECT(r.eof);
	reader_close(&r);
	close(ends[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	uint8_t way = fuzz_byte(&bytes, &n);
	size_t piece = (way & 0x7f) + 1u;
	struct seen whole, pieces;

	if (way & 0x80) {
		packets(bytes, n, piece * 16);
		return 0;
	}
	whole = feed(bytes, n, n);
	pieces = feed(bytes, n, piece);
	EXPECT(whole.count == pieces.count && whole.hash == pieces.hash);
	return 0;
}
