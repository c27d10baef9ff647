#include "../../cmd/rd-ingest/unheard.h"

#include <cmocka.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../cmd/rd-ingest/unheard_map.h"
#include "frame.h"

#define A (2u << 24 | 1)
#define B (2u << 24 | 2)
#define C (5u << 24 | 1)
#define MS_BYTES 8

static char dir[] = "/tmp/t_unheard-XXXXXX";

static void say(struct unheard *u, uint32_t item, size_t ms, uint8_t byte)
{
	static uint8_t audio[60 * 8000];

	memset(audio, byte, ms * MS_BYTES);
	assert_int_equal(unheard_append(u, item, audio, ms * MS_BYTES), 0);
}

static bool keeps(const void *ctx, uint32_t item)
{
	return item == *(const uint32_t *)ctx;
}

/* The list as "2.0.1 100/300 end, …". */
static const char *shown(const struct event_heard *list, size_t n)
{
	static char text[1024];
	char name[16];
	size_t at = 0;

	text[0] = 0;
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s %ld/%ld%s", i ? ", " : "",
				       frame_item_name(list[i].item, name), list[i].heard_ms, list[i].sent_ms,
				       list[i].end ? " end" : "");
	return text;
}

static const char *items(struct unheard *u)
{
	struct event_heard list[UNHEARD_SEGMENTS];

	return shown(list, unheard_items(u, list, UNHEARD_SEGMENTS, NULL, NULL));
}

static const char *news(struct unheard *u)
{
	struct event_heard list[UNHEARD_SEGMENTS];

	return shown(list, unheard_news(u, list, UNHEARD_SEGMENTS, 0));
}

/* Sends all that there is; the bytes as runs "AAABB" of one letter for each 100 ms. */
static const char *sent(struct unheard *u, struct unheard_cursor *c)
{
	static char text[128];
	uint8_t out[100 * MS_BYTES];
	bool complete, first;
	size_t n, k = 0;

	while ((n = unheard_next(u, c, &complete, &first)) > 0) {
		n = n < sizeof out ? n : sizeof out;
		unheard_read(u, c, out, n);
		assert_int_equal(out[0], out[n - 1]);
		text[k++] = (char)out[0];
	}
	text[k] = 0;
	return text;
}

static void unheard_plays_in_order(void **state)
{
	struct unheard u;
	struct unheard_cursor c;
	const char *why;

	(void)state;
	assert_int_equal(unheard_open(&u, NULL, &why), 0);
	assert_null(why);
	c = unheard_begin(&u);
	say(&u, A, 200, 'a');
	say(&u, A, 100, 'a');
	say(&u, C, 100, 'c');
	say(&u, A, 200, 'A');
	assert_int_equal(unheard_end(&u, A), 0);
	assert_int_equal(unheard_end(&u, C), 0);
	assert_int_equal(unheard_end(&u, B), 0);
	assert_string_equal(sent(&u, &c), "aaacAA");
	assert_int_equal(unheard_bytes(&u), 600 * MS_BYTES);
	assert_string_equal(items(&u), "5.0.1 0/100, 2.0.1 0/500, 2.0.2 0/0");
	assert_string_equal(news(&u), "");
	unheard_heard(&u, 250 * MS_BYTES);
	assert_string_equal(news(&u), "2.0.1 250/500");
	assert_string_equal(news(&u), "");
	unheard_heard(&u, 100 * MS_BYTES);
	assert_string_equal(news(&u), "5.0.1 50/100, 2.0.1 300/500");
	unheard_heard(&u, 250 * MS_BYTES - 1);
	assert_string_equal(news(&u), "5.0.1 100/100 end, 2.0.1 499/500");
	unheard_heard(&u, 1);
	assert_string_equal(news(&u), "2.0.1 500/500 end, 2.0.2 0/0 end");
	assert_string_equal(items(&u), "");
	assert_int_equal(unheard_bytes(&u), 0);
	unheard_close(&u);
	unheard_close(&u);
}

static void unheard_end_may_come_late(void **state)
{
	struct unheard u;
	const char *why;

	(void)state;
	assert_int_equal(unheard_open(&u, NULL, &why), 0);
	say(&u, A, 100, 'a');
	unheard_heard(&u, 100 * MS_BYTES);
	assert_string_equal(news(&u), "2.0.1 100/100");
	assert_string_equal(items(&u), "2.0.1 100/100");
	assert_int_equal(unheard_end(&u, A), 0);
	assert_string_equal(news(&u), "2.0.1 100/100 end");
	assert_string_equal(items(&u), "");
	unheard_close(&u);
}

static void unheard_drops_all_but_what_is_kept(void **state)
{
	struct unheard u;
	struct unheard_cursor c;
	struct event_heard list[UNHEARD_SEGMENTS];
	const uint32_t kept = B;
	const char *why;

	(void)state;
	assert_int_equal(unheard_open(&u, NULL, &why), 0);
	say(&u, A, 300, 'a');
	say(&u, B, 200, 'b');
	say(&u, C, 100, 'c');
	c = unheard_begin(&u);
	assert_string_equal(sent(&u, &c), "aaabbc");
	unheard_heard(&u, 100 * MS_BYTES);
	assert_string_equal(shown(list, unheard_items(&u, list, UNHEARD_SEGMENTS, keeps, &kept)),
			    "2.0.1 100/300, 5.0.1 0/100");
	unheard_drop(&u, keeps, &kept);
	assert_string_equal(items(&u), "2.0.2 0/200");
	c = unheard_begin(&u);
	assert_string_equal(sent(&u, &c), "bb");
	say(&u, B, 100, 'b');
	assert_string_equal(sent(&u, &c), "b");
	unheard_heard(&u, 300 * MS_BYTES);
	assert_string_equal(news(&u), "2.0.2 300/300");
	unheard_close(&u);
}

static void unheard_takes_back(void **state)
{
	struct unheard u;
	struct unheard_cursor c;
	const char *why;

	(void)state;
	assert_int_equal(unheard_open(&u, NULL, &why), 0);
	say(&u, A, 100, 'a');
	say(&u, B, 300, 'b');
	unheard_heard(&u, 200 * MS_BYTES);
	unheard_take_back(&u, 150 * MS_BYTES);
	assert_string_equal(items(&u), "2.0.1 50/100, 2.0.2 0/300");
	c = unheard_begin(&u);
	assert_int_equal(c.offset, 50 * MS_BYTES);
	unheard_take_back(&u, 1000 * MS_BYTES);
	assert_string_equal(items(&u), "2.0.1 0/100, 2.0.2 0/300");
	unheard_close(&u);
}

/* Far more than the ring holds passes through it, with and without rests; every byte comes out as it went in. */
static void unheard_turns_round(void **state)
{
	struct unheard u;
	struct unheard_cursor c;
	uint8_t in[5000], out[5000];
	uint32_t seed = 1;
	const char *why;
	bool complete, first;

	(void)state;
	assert_int_equal(unheard_open(&u, dir, &why), 0);
	c = unheard_begin(&u);
	for (uint32_t i = 0; i < 6000; i++) {
		size_t n = 1 + (seed = seed * 1664525u + 1013904223u) % sizeof in;

		for (size_t k = 0; k < n; k++)
			in[k] = (uint8_t)(i * 31 + k);
		assert_int_equal(unheard_append(&u, A + i / 10, in, n), 0);
		assert_int_equal(unheard_next(&u, &c, &complete, &first), n);
		unheard_read(&u, &c, out, n);
		assert_memory_equal(in, out, n);
		unheard_heard(&u, n);
		if (i % 10 == 9)
			assert_int_equal(unheard_end(&u, A + i / 10), 0);
		(void)news(&u);
		if (i % 7 == 0)
			unheard_rest(&u);
	}
	unheard_close(&u);
	unlink("unheard");
}

static void unheard_is_bounded(void **state)
{
	static uint8_t audio[8000];
	struct unheard u;
	const char *why;
	int n = 0;

	(void)state;
	assert_int_equal(unheard_open(&u, NULL, &why), 0);
	while (unheard_append(&u, A, audio, sizeof audio) == 0)
		n++;
	assert_int_equal(n, 599);
	unheard_heard(&u, 2 * sizeof audio);
	assert_int_equal(unheard_append(&u, A, audio, sizeof audio), 0);
	unheard_close(&u);
	assert_int_equal(unheard_open(&u, NULL, &why), 0);
	for (uint32_t i = 0; i < UNHEARD_SEGMENTS; i++)
		assert_int_equal(unheard_append(&u, A + i, audio, 8), 0);
	assert_int_equal(unheard_append(&u, A + UNHEARD_SEGMENTS, audio, 8), -1);
	assert_int_equal(unheard_end(&u, A + UNHEARD_SEGMENTS), -1);
	assert_int_equal(unheard_append(&u, A + UNHEARD_SEGMENTS - 1, audio, 8), 0);
	unheard_heard(&u, 8); /* nobody ended it, it is all heard: it makes room */
	assert_int_equal(unheard_append(&u, A + UNHEARD_SEGMENTS, audio, 8), 0);
	unheard_close(&u);
}

static void unheard_survives_its_process(void **state)
{
	struct unheard u;
	struct unheard_cursor c;
	const char *why;

	(void)state;
	assert_int_equal(unheard_open(&u, dir, &why), 0);
	say(&u, A, 300, 'a');
	say(&u, B, 200, 'b');
	assert_int_equal(unheard_end(&u, B), 0);
	unheard_heard(&u, 100 * MS_BYTES);
	unheard_set(&u, UNHEARD_GENERATION, 7);
	unheard_set(&u, UNHEARD_STEP, 3);
	unheard_set_errand(&u, "{\"verb\":\"hangup\"}");
	unheard_close(&u);

	assert_int_equal(unheard_open(&u, dir, &why), 1);
	assert_null(why);
	assert_string_equal(items(&u), "2.0.1 100/300, 2.0.2 0/200");
	c = unheard_begin(&u);
	assert_string_equal(sent(&u, &c), "aabb");
	assert_int_equal(unheard_fact(&u, UNHEARD_GENERATION), 7);
	assert_int_equal(unheard_fact(&u, UNHEARD_STEP), 3);
	assert_int_equal(unheard_fact(&u, UNHEARD_STARTED), 0);
	assert_string_equal(unheard_errand(&u), "{\"verb\":\"hangup\"}");
	unheard_set_errand(&u, NULL);
	assert_null(unheard_errand(&u));
	unheard_close(&u);
	unlink("unheard");
}

/* Speaks, is heard, clears without end, until it is killed: each item's audio is its own letter. */
static void live(struct unheard *u)
{
	uint32_t item = A;
	uint8_t audio[700];
	struct event_heard list[UNHEARD_SEGMENTS];

	for (uint32_t i = 0;; i++) {
		memset(audio, (int)('a' + item % 26), sizeof audio);
		(void)unheard_append(u, item, audio, 1 + i % sizeof audio);
		if (i % 5 == 0) {
			(void)unheard_end(u, item);
			item = A + i % 60000;
		}
		unheard_heard(u, i % 600);
		if (i % 11 == 0)
			(void)unheard_news(u, list, UNHEARD_SEGMENTS, 0);
		if (i % 97 == 0)
			unheard_drop(u, keeps, &item);
		unheard_set_errand(u, i % 2 ? "{\"verb\":\"hangup\"}" : NULL);
	}
}

/* kill -9 at any moment leaves a whole queue: it is taken, and no item has a byte of another. */
static void unheard_is_whole_whenever_it_is_killed(void **state)
{
	(void)state;
	for (int run = 0; run < 60; run++) {
		int ready[2];
		struct unheard u;
		const char *why;
		char byte;
		pid_t pid;

		assert_int_equal(pipe(ready), 0);
		pid = fork();
		if (pid == 0) {
			if (unheard_open(&u, dir, &why) < 0 || write(ready[1], "x", 1) != 1)
				_exit(1);
			live(&u);
		}
		assert_int_equal(read(ready[0], &byte, 1), 1);
		for (volatile int i = 0; i < run * 20000; i++) /* another moment each time */
			;
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		close(ready[0]);
		close(ready[1]);
		assert_int_equal(unheard_open(&u, dir, &why), 1);
		assert_null(why);
		for (struct unheard_cursor c = unheard_begin(&u);;) {
			bool complete, first;
			uint8_t out[1000];
			size_t n = unheard_next(&u, &c, &complete, &first);

			if (!n)
				break;
			n = n < sizeof out ? n : sizeof out;
			unheard_read(&u, &c, out, n);
			for (size_t k = 1; k < n; k++)
				assert_int_equal(out[k], out[0]);
		}
		assert_true(!unheard_errand(&u) || strcmp(unheard_errand(&u), "{\"verb\":\"hangup\"}") == 0);
		unheard_close(&u);
	}
	unlink("unheard");
}

static void unheard_takes_no_damaged_file(void **state)
{
	static const off_t offsets[] = { 0, 20, 40, 48, 72, 80 };
	struct unheard u;
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
		int fd;

		assert_true(unheard_open(&u, dir, &why) >= 0);
		say(&u, A, 100, 'a');
		unheard_close(&u);
		fd = open("unheard", O_RDWR);
		assert_int_equal(pwrite(fd, "\377\377\377\377\377\377\377\377", 8, offsets[i]), 8);
		close(fd);
		if (unheard_open(&u, dir, &why) == 0) {
			assert_non_null(why);
			assert_string_equal(items(&u), "");
			say(&u, B, 100, 'b');
		}
		unheard_close(&u);
		unlink("unheard");
	}
	assert_int_equal(truncate(dir, 0), -1);	  /* a folder: only to be sure that it is one */
	for (int whole = 0; whole < 2; whole++) { /* whoever made it was killed before it was filled */
		assert_int_equal(close(open("unheard", O_CREAT | O_WRONLY, 0600)), 0);
		assert_int_equal(truncate("unheard", whole ? sizeof(struct unheard_map) : 0), 0);
		assert_int_equal(unheard_open(&u, dir, &why), 0);
		assert_null(why);
		unheard_close(&u);
		unlink("unheard");
	}
}

static void unheard_goes_on_without_a_folder(void **state)
{
	struct unheard u;
	const char *why;

	(void)state;
	assert_int_equal(unheard_open(&u, "/tmp/t_unheard-there-is-none", &why), 0);
	assert_non_null(why);
	say(&u, A, 100, 'a');
	assert_string_equal(items(&u), "2.0.1 0/100");
	unheard_close(&u);
}

/* A full file system must not be a SIGBUS: played here by a descriptor that cannot reserve. */
static void unheard_leaves_a_full_file_system(void **state)
{
	struct unheard u;
	struct unheard_cursor c;
	const char *why;

	(void)state;
	assert_int_equal(unheard_open(&u, dir, &why), 0);
	say(&u, A, 300, 'a');
	unheard_heard(&u, 100 * MS_BYTES);
	close(u.fd);
	u.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; i < 100; i++)
		say(&u, B, 1000, 'b');
	assert_string_equal(items(&u), "2.0.1 100/300, 2.0.2 0/100000");
	c = unheard_begin(&u);
	unheard_drop(&u, keeps, &(const uint32_t){ A });
	assert_string_equal(sent(&u, &c), "aa");
	unheard_close(&u);
	assert_int_equal(access("unheard", F_OK), -1);
}

static int enter(void **state)
{
	(void)state;
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unheard_plays_in_order),
		cmocka_unit_test(unheard_end_may_come_late),
		cmocka_unit_test(unheard_drops_all_but_what_is_kept),
		cmocka_unit_test(unheard_takes_back),
		cmocka_unit_test(unheard_turns_round),
		cmocka_unit_test(unheard_is_bounded),
		cmocka_unit_test(unheard_survives_its_process),
		cmocka_unit_test(unheard_is_whole_whenever_it_is_killed),
		cmocka_unit_test(unheard_takes_no_damaged_file),
		cmocka_unit_test(unheard_goes_on_without_a_folder),
		cmocka_unit_test(unheard_leaves_a_full_file_system),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
