#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lines.h"

static struct loop loop;
static char heard[8][64];
static int count;
static const char *ended;

static void on_line(struct lines *l, char *line, size_t n)
{
	(void)l;
	assert_int_equal(strlen(line), n);
	snprintf(heard[count++ % 8], sizeof heard[0], "%.60s", line);
}

static void on_end(struct lines *l, const char *why)
{
	ended = why;
	lines_close(l);
}

static void open_pair(struct lines *l, int *other)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	*l = (struct lines){ .on_line = on_line, .on_end = on_end };
	assert_int_equal(lines_open(l, &loop, pair[0]), 0);
	*other = pair[1];
	count = 0;
	ended = NULL;
}

static void say(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(loop_step(&loop, 1000), 0);
}

static void lines_come_whole_however_they_are_cut(void **state)
{
	struct lines l;
	int fd;

	(void)state;
	open_pair(&l, &fd);
	say(fd, "{\"a\"");
	assert_int_equal(count, 0);
	say(fd, ":1}\n\n{}\nre");
	assert_int_equal(count, 2);
	assert_string_equal(heard[0], "{\"a\":1}");
	assert_string_equal(heard[1], "{}");
	say(fd, "st\n");
	assert_string_equal(heard[2], "rest");
	close(fd);
	assert_int_equal(loop_step(&loop, 1000), 0);
	assert_string_equal(ended, "it has closed");
	lines_close(&l);
}

static void many_lines_take_turns(void **state)
{
	static char much[2 * 1000 + 1];
	struct lines l;
	int fd;

	(void)state;
	for (int i = 0; i < 1000; i++)
		memcpy(much + 2 * i, "x\n", 2);
	open_pair(&l, &fd);
	say(fd, much);
	assert_int_equal(count, 32);
	assert_int_equal(loop_step(&loop, 1000), 0);
	assert_int_equal(count, 64);
	close(fd); /* its end comes behind them */
	for (int i = 0; !ended && i < 100; i++)
		assert_int_equal(loop_step(&loop, 1000), 0);
	assert_int_equal(count, 1000);
	assert_string_equal(ended, "it has closed");

	open_pair(&l, &fd);
	say(fd, much);
	assert_int_equal(write(fd, much, sizeof much - 1), sizeof much - 1);
	lines_take(&l);
	assert_int_equal(count, 2000);
	lines_close(&l);
	close(fd);
}

static void a_line_without_end_ends_the_connection(void **state)
{
	static char much[65536];
	struct lines l;
	int fd;

	(void)state;
	open_pair(&l, &fd);
	memset(much, 'x', sizeof much);
	for (size_t done = 0; !ended;) {
		ssize_t k = write(fd, much, sizeof much - done);

		if (k > 0)
			done += (size_t)k;
		assert_int_equal(loop_step(&loop, 1000), 0);
	}
	assert_non_null(strstr(ended, "65536"));
	assert_int_equal(count, 0);
	close(fd);
}

static void one_who_does_not_read_is_not_waited_for(void **state)
{
	static char line[4096];
	struct lines l;
	int fd, sent = 0;

	(void)state;
	open_pair(&l, &fd);
	memset(line, 'y', sizeof line);
	while (lines_send(&l, line, sizeof line) == 0)
		assert_true(++sent < 2000);
	assert_int_equal(errno, ENOBUFS);
	close(fd);
	lines_close(&l);
	lines_close(&l);
}

static void a_long_path_is_reached_through_its_folder(void **state)
{
	char folder[] = "/tmp/rd-lines-XXXXXX", path[512];
	struct lines l = { .on_line = on_line, .on_end = on_end };
	struct stat st;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/%0120d", folder, 0);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/%0120d/monitor", folder, 0);
	fd = lines_listen(path, 0660);
	assert_true(fd >= 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(lines_connect(&l, &loop, path), 0);
	lines_close(&l);
	close(fd);
	unlink(path);
	*strrchr(path, '/') = 0;
	rmdir(path);
	rmdir(folder);
	assert_int_equal(lines_connect(&l, &loop, "/nowhere/at/all"), -1);
}

static void what_has_arrived_can_be_taken_before_the_end(void **state)
{
	struct lines l;
	int fd;

	(void)state;
	open_pair(&l, &fd);
	assert_int_equal(write(fd, "{}\n{\"last\":1}\nha", 17), 17);
	close(fd);
	lines_take(&l);
	assert_int_equal(count, 2);
	assert_string_equal(heard[1], "{\"last\":1}");
	lines_take(&l);
	lines_close(&l);
	lines_take(&l);
	assert_int_equal(count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_whole_however_they_are_cut),
		cmocka_unit_test(many_lines_take_turns),
		cmocka_unit_test(a_line_without_end_ends_the_connection),
		cmocka_unit_test(one_who_does_not_read_is_not_waited_for),
		cmocka_unit_test(what_has_arrived_can_be_taken_before_the_end),
		cmocka_unit_test(a_long_path_is_reached_through_its_folder),
	};
	int failed;

	if (loop_open(&loop) < 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	loop_close(&loop);
	return failed;
}
