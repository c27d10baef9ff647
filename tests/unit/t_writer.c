#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "reader.h"

static uint8_t payload[4000];

static struct frame numbered(uint32_t seq, enum frame_kind kind, uint32_t length)
{
	payload[0] = (uint8_t)seq;
	return (struct frame){ .kind = (uint8_t)kind, .origin = 1, .seq = seq, .length = length, .payload = payload };
}

/* Sends until the other side takes no more, then reads all of it while flushing: everything comes, in order. */
static void fill_and_drain(int in, int out, bool packets)
{
	struct writer w;
	struct reader r;
	struct frame f;
	uint32_t sent = 0, seen = 0;

	assert_int_equal(writer_open(&w, out, false), 0);
	assert_int_equal(w.packets, packets);
	assert_int_equal(reader_open(&r, in), 0);
	while (w.queue.depth < 50) {
		sent++;
		f = numbered(sent, FRAME_EVENT, sent % 3 ? 4000 : 0);
		assert_int_equal(writer_send(&w, &f), 0);
	}
	assert_true(writer_waiting(&w));
	while (seen < sent) {
		while (reader_next(&r, &f) == 1) {
			assert_int_equal(f.seq, ++seen);
			assert_int_equal(f.length, seen % 3 ? 4000 : 0);
			if (f.length)
				assert_int_equal(f.payload[0], seen & 0xff);
		}
		assert_int_equal(writer_flush(&w), 0);
	}
	assert_false(writer_waiting(&w));
	assert_int_equal(r.bad, 0);
	writer_close(&w);
	reader_close(&r);
	close(in);
	close(out);
}

static void what_is_not_taken_waits(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	fill_and_drain(fds[0], fds[1], false);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	fill_and_drain(fds[0], fds[1], true);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	fill_and_drain(fds[0], fds[1], false);
}

static void a_frame_is_one_message(void **state)
{
	struct writer w;
	struct frame f = numbered(1, FRAME_DOWN, 160);
	uint8_t got[1000];
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	assert_int_equal(writer_open(&w, fds[1], false), 0);
	assert_int_equal(writer_send(&w, &f), 0);
	assert_int_equal(writer_send(&w, &f), 0);
	assert_int_equal(recv(fds[0], got, sizeof got, 0), FRAME_HEADER + 160);
	assert_int_equal(recv(fds[0], got, sizeof got, 0), FRAME_HEADER + 160);
	writer_close(&w);
	writer_close(&w);
	close(fds[0]);
	close(fds[1]);
}

static void nobody_reads(void **state)
{
	struct frame f = numbered(1, FRAME_DOWN, 160);

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	for (int packets = 0; packets <= 1; packets++) {
		struct writer w;
		int fds[2];

		assert_int_equal(packets ? socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) : pipe(fds), 0);
		close(fds[0]);
		assert_int_equal(writer_open(&w, fds[1], false), 0);
		assert_int_equal(writer_send(&w, &f), -1);
		assert_int_equal(errno, EPIPE);
		writer_close(&w);
		close(fds[1]);
	}
}

static void text_is_lines(void **state)
{
	static const char want[] = "down 1.0 7 - - - YWJj\nevent 1.0 8 - - - {}\n";
	struct frame f = { .kind = FRAME_DOWN, .origin = 1, .seq = 7, .length = 3, .payload = (const uint8_t *)"abc" };
	struct writer w;
	char got[256];
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(writer_open(&w, fds[1], true), 0);
	assert_int_equal(writer_send(&w, &f), 0);
	f = (struct frame){ .kind = FRAME_EVENT, .origin = 1, .seq = 8, .length = 2, .payload = (const uint8_t *)"{}" };
	assert_int_equal(writer_send(&w, &f), 0);
	assert_int_equal(read(fds[0], got, sizeof got), (int)strlen(want));
	assert_memory_equal(got, want, strlen(want));
	writer_close(&w);
	close(fds[0]);
	close(fds[1]);
}

static void a_terminal_gets_no_binary(void **state)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY), terminal, flags;
	struct frame f = numbered(1, FRAME_DOWN, 3);
	struct writer w;

	(void)state;
	assert_true(fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0);
	terminal = open(ptsname(fd), O_RDWR | O_NOCTTY);
	assert_true(terminal >= 0);
	flags = fcntl(terminal, F_GETFL);
	assert_int_equal(writer_open(&w, terminal, false), 0);
	assert_true(w.text);
	assert_int_equal(writer_send(&w, &f), 0);
	assert_int_equal(fcntl(terminal, F_GETFL), flags); /* the flags are the shell's too */
	writer_close(&w);
	close(terminal);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_taken_waits),
		cmocka_unit_test(a_frame_is_one_message),
		cmocka_unit_test(nobody_reads),
		cmocka_unit_test(text_is_lines),
		cmocka_unit_test(a_terminal_gets_no_binary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
