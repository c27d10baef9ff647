#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define FRAMES 3

static const char *const payloads[FRAMES] = { "{\"type\":\"a\"}", "", "abcdef" };

static struct frame frame_number(int i)
{
	return (struct frame){ .kind = i == 0 ? FRAME_EVENT : FRAME_DOWN,
			       .origin = 1,
			       .seq = (uint32_t)i + 1,
			       .codec = i ? CODEC_MULAW : 0,
			       .rate_100hz = i ? 80 : 0,
			       .length = (uint32_t)strlen(payloads[i]),
			       .payload = (const uint8_t *)payloads[i] };
}

/* All frames one behind the other, as frames or as lines. Bytes. */
static size_t lay_out(bool text, uint8_t *out, size_t size)
{
	size_t n = 0;

	for (int i = 0; i < FRAMES; i++) {
		struct frame f = frame_number(i);

		if (text) {
			n += (size_t)frame_to_line(&f, (char *)out + n, size - n);
			continue;
		}
		frame_pack(&f, out + n);
		memcpy(out + n + FRAME_HEADER, f.payload, f.length);
		n += FRAME_HEADER + f.length;
	}
	return n;
}

static void expect_frame(struct reader *r, int i)
{
	struct frame f, want = frame_number(i);

	assert_int_equal(reader_next(r, &f), 1);
	assert_int_equal(f.kind, want.kind);
	assert_int_equal(f.seq, want.seq);
	assert_int_equal(f.length, want.length);
	assert_memory_equal(f.payload, want.payload, want.length);
}

static void expect_end(struct reader *r, int failed)
{
	struct frame f;
	int got = 0;

	for (int i = 0; i < 3 && got == 0; i++) /* the end may be seen one call later */
		got = reader_next(r, &f);
	assert_int_equal(got, -1);
	assert_int_equal(errno, failed);
	assert_int_equal(failed == 0, r->why == NULL);
}

static const size_t pieces[] = { 1, 2, 31, 33, 4096 };

static void a_stream_in_pieces(void **state)
{
	(void)state;
	for (int text = 0; text <= 1; text++)
		for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
			uint8_t bytes[1024];
			size_t n = lay_out(text, bytes, sizeof bytes);
			struct reader r;
			struct frame f;
			int fds[2], seen = 0;

			assert_int_equal(pipe(fds), 0);
			assert_int_equal(reader_open(&r, fds[0]), 0);
			assert_int_equal(reader_next(&r, &f), 0); /* and does not wait */
			for (size_t done = 0; done < n; done += pieces[p]) {
				size_t k = n - done < pieces[p] ? n - done : pieces[p];

				assert_int_equal(write(fds[1], bytes + done, k), (int)k);
				while (reader_next(&r, &f) == 1)
					assert_int_equal(f.seq, ++seen);
			}
			assert_int_equal(seen, FRAMES);
			assert_int_equal(r.offset, text ? FRAMES : n);
			close(fds[1]);
			expect_end(&r, 0);
			reader_close(&r);
			reader_close(&r);
			close(fds[0]);
		}
}

static void bytes_that_are_fed(void **state)
{
	uint8_t bytes[1024];

	(void)state;
	for (int text = 0; text <= 1; text++) {
		size_t n = lay_out(text, bytes, sizeof bytes);
		struct reader r;
		struct frame f;
		int seen = 0;

		assert_int_equal(reader_open(&r, -1), 0);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(reader_feed(&r, bytes + i, 1), 1);
			while (reader_next(&r, &f) == 1)
				assert_int_equal(f.seq, ++seen);
		}
		assert_int_equal(seen, FRAMES);
		assert_int_equal(reader_next(&r, &f), 0);
		reader_close(&r);
	}
}

static void feeding_has_an_end(void **state)
{
	static uint8_t blank[300000];
	struct reader r;
	struct frame f;
	size_t took;

	(void)state;
	memset(blank, 'x', sizeof blank);
	assert_int_equal(reader_open(&r, -1), 0);
	took = reader_feed(&r, blank, sizeof blank);
	assert_true(took >= FRAME_MAX && took < sizeof blank);
	assert_int_equal(reader_next(&r, &f), -1);
	assert_int_equal(errno, EBADMSG);
	reader_close(&r);
}

static const struct {
	const char *bytes;
	size_t n;
	int seen; /* frames before the end */
	const char *why;
	uint64_t offset;
} ends[] = {
	{ "", 0, 0, NULL, 0 },
	{ "{\"type\":\"a\"}", 12, 1, NULL, 1 }, /* the last line may lack its newline */
	{ "\n\n{\"type\":\"a\"}\n\n", 16, 1, NULL, 4 },
	{ "\xf5R", 2, 0, "a whole frame expected before the end", 0 },
	{ "\xf5R\x01\x02\0\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0abc", 35, 0,
	  "a whole frame expected before the end", 0 },
	{ "\xf5R\x02\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32, 0, "frame version 1 expected",
	  0 },
	{ "\xf5X\x01\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32, 0, "frame expected", 0 },
	{ "\xf5R\x01\x02\0\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32, 0, "frame expected", 0 },
	{ "\xf5R\x01\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0garbage garbage garbage garbage ", 64,
	  1, "frame expected", 32 },
	{ "{}\nhello\n", 9, 1, "seven words expected: kind origin.life seq item flags format payload", 2 },
};

static void ends_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct reader r;
		struct frame f;
		int fds[2], got, seen = 0;

		assert_int_equal(pipe(fds), 0);
		assert_int_equal(write(fds[1], ends[i].bytes, ends[i].n), (int)ends[i].n);
		close(fds[1]);
		assert_int_equal(reader_open(&r, fds[0]), 0);
		while ((got = reader_next(&r, &f)) >= 0) /* all is there: what answers 0 has just seen the end */
			seen += got;
		assert_int_equal(errno, ends[i].why ? EBADMSG : 0);
		assert_int_equal(seen, ends[i].seen);
		if (ends[i].why)
			assert_string_equal(r.why, ends[i].why);
		else
			assert_null(r.why);
		assert_int_equal(r.offset, ends[i].offset);
		reader_close(&r);
		close(fds[0]);
	}
}

static void a_file_is_read_to_its_end(void **state)
{
	char path[] = "/tmp/t_reader.XXXXXX";
	uint8_t bytes[1024];
	size_t n = lay_out(false, bytes, sizeof bytes);
	struct reader r;
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, bytes, n), (int)n);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(reader_open(&r, fd), 0);
	for (int i = 0; i < FRAMES; i++)
		expect_frame(&r, i);
	expect_end(&r, 0);
	reader_close(&r);
	close(fd);
	unlink(path);
}

static void messages_are_frames(void **state)
{
	static const uint8_t half[FRAME_HEADER + 2] = { 0xf5, 0x52, 1, 2, [12] = 5 };
	static const uint8_t longer[FRAME_HEADER + 2] = { 0xf5, 0x52, 1, 2, [12] = 1 };
	uint8_t bytes[1024];
	struct reader r;
	struct frame f;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(reader_open(&r, fds[0]), 0);
	assert_int_equal(reader_next(&r, &f), 0);
	for (int i = 0; i < FRAMES; i++) {
		struct frame one = frame_number(i);

		frame_pack(&one, bytes);
		memcpy(bytes + FRAME_HEADER, one.payload, one.length);
		assert_int_equal(send(fds[1], "bad", 3, 0), 3);
		assert_int_equal(send(fds[1], half, sizeof half, 0), (int)sizeof half);
		assert_int_equal(send(fds[1], longer, sizeof longer, 0), (int)sizeof longer);
		assert_int_equal(send(fds[1], "", 0, 0), 0); /* nothing is no end */
		assert_int_equal(send(fds[1], bytes, FRAME_HEADER + one.length, 0), (int)(FRAME_HEADER + one.length));
		expect_frame(&r, i);
	}
	assert_int_equal(r.bad, 4 * FRAMES);
	assert_int_equal(reader_next(&r, &f), 0);
	for (int i = 0; i < 100; i++) /* nor does it hold up the loop */
		assert_int_equal(send(fds[1], "bad", 3, 0), 3);
	assert_int_equal(reader_next(&r, &f), 0);
	assert_in_range(r.bad, 4 * FRAMES + 1, 4 * FRAMES + 99);
	while (r.bad < 4 * FRAMES + 100)
		assert_int_equal(reader_next(&r, &f), 0);
	close(fds[1]);
	expect_end(&r, 0);
	reader_close(&r);
	close(fds[0]);
}

static void another_version_is_refused(void **state)
{
	static const uint8_t newer[FRAME_HEADER] = { 0xf5, 0x52, 2, 1 };
	struct reader r;
	struct frame f;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(reader_open(&r, fds[0]), 0);
	assert_int_equal(send(fds[1], newer, sizeof newer, 0), (int)sizeof newer);
	assert_int_equal(reader_next(&r, &f), -1);
	assert_int_equal(errno, EBADMSG);
	assert_string_equal(r.why, "frame version 1 expected");
	reader_close(&r);
	close(fds[0]);
	close(fds[1]);
}

static void the_largest_message_is_whole(void **state)
{
	uint8_t *bytes = calloc(1, FRAME_MAX);
	struct frame f = { .kind = FRAME_EVENT, .length = FRAME_PAYLOAD_MAX };
	struct reader r;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(reader_open(&r, fds[0]), 0);
	frame_pack(&f, bytes);
	bytes[FRAME_MAX - 1] = 'z';
	assert_int_equal(send(fds[1], bytes, FRAME_MAX, 0), FRAME_MAX);
	assert_int_equal(reader_next(&r, &f), 1);
	assert_int_equal(f.length, FRAME_PAYLOAD_MAX);
	assert_int_equal(f.payload[FRAME_PAYLOAD_MAX - 1], 'z');
	reader_close(&r);
	close(fds[0]);
	close(fds[1]);
	free(bytes);
}

static void the_writers_end_by_shutdown_is_the_end(void **state)
{
	struct reader r;
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(reader_open(&r, fds[0]), 0);
	assert_int_equal(shutdown(fds[1], SHUT_WR), 0);
	expect_end(&r, 0);
	reader_close(&r);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_in_pieces),
		cmocka_unit_test(bytes_that_are_fed),
		cmocka_unit_test(feeding_has_an_end),
		cmocka_unit_test(ends_are_told_apart),
		cmocka_unit_test(a_file_is_read_to_its_end),
		cmocka_unit_test(messages_are_frames),
		cmocka_unit_test(another_version_is_refused),
		cmocka_unit_test(the_largest_message_is_whole),
		cmocka_unit_test(the_writers_end_by_shutdown_is_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
