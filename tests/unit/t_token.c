#include "../../cmd/rd-webhook/token.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "paths.h"

#define CALL "CA00000000000000000000000000000001"
#define NOW_MS ((uint64_t)5000000000)

static char runtime[] = "/tmp/t_token.XXXXXX";

static int make_runtime(void **state)
{
	(void)state;
	return mkdtemp(runtime) && token_open(runtime) == 0 ? 0 : -1;
}

static int remove_runtime(void **state)
{
	char path[PATHS_MAX_BYTES];

	(void)state;
	if (token_sweep(runtime, UINT64_MAX) < 0 || paths_format(path, sizeof path, "%s/tokens", runtime) < 0)
		return -1;
	return rmdir(path) < 0 ? -1 : rmdir(runtime); /* which also shows that nothing else was left */
}

static size_t files(void)
{
	char path[PATHS_MAX_BYTES];
	size_t n = 0;
	DIR *dir;

	assert_int_equal(paths_format(path, sizeof path, "%s/tokens", runtime), 0);
	dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void write_file(const char *name, const char *text)
{
	char path[PATHS_MAX_BYTES];

	assert_int_equal(paths_format(path, sizeof path, "%s/tokens/%s", runtime, name), 0);
	assert_int_equal(paths_write_atomically(path, text, strlen(text)), 0);
}

static void token_is_good_once(void **state)
{
	char hex[TOKEN_CHARS + 1], other[TOKEN_CHARS + 1], path[PATHS_MAX_BYTES];
	struct stat file;
	struct token t;

	(void)state;
	assert_int_equal(token_make(runtime, CALL, 7, NOW_MS, hex), 0);
	assert_int_equal(token_make(runtime, CALL, 8, NOW_MS, other), 0);
	assert_string_not_equal(hex, other);
	assert_int_equal(strspn(hex, "0123456789abcdef"), TOKEN_CHARS);
	assert_int_equal(paths_format(path, sizeof path, "%s/tokens/%s", runtime, hex), 0);
	assert_int_equal(stat(path, &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);
	assert_int_equal(token_spend(runtime, hex, NOW_MS + TOKEN_LIFE_MS - 1, &t), 0);
	assert_string_equal(t.call, CALL);
	assert_int_equal(t.step, 7);
	assert_int_equal(token_spend(runtime, hex, NOW_MS, &t), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(token_spend(runtime, other, NOW_MS, &t), 0);
	assert_int_equal(t.step, 8);
	assert_int_equal(files(), 0);
}

static void token_expires(void **state)
{
	char hex[TOKEN_CHARS + 1];
	struct token t;

	(void)state;
	assert_int_equal(token_make(runtime, CALL, 0, NOW_MS, hex), 0);
	assert_int_equal(token_spend(runtime, hex, NOW_MS + TOKEN_LIFE_MS, &t), -1);
	assert_int_equal(errno, ETIME);
	assert_int_equal(token_spend(runtime, hex, NOW_MS, &t), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(files(), 0);
}

static void token_refuses_other_names(void **state)
{
	static const char *const names[] = { "",
		                             "0",
		                             "..",
		                             "../calls/x",
		                             "00112233445566778899aabbccddeefg",
		                             "00112233445566778899AABBCCDDEEFF",
		                             "00112233445566778899aabbccddeeff0",
		                             "../../../../../../../../etc/pass" };
	struct token t;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_int_equal(token_spend(runtime, names[i], NOW_MS, &t), -1);
		assert_int_equal(errno, EINVAL);
	}
	assert_int_equal(token_make(runtime, "../calls", 0, NOW_MS, (char[TOKEN_CHARS + 1]){ "" }), -1);
	assert_int_equal(errno, EINVAL);
}

static void token_refuses_other_contents(void **state)
{
	static const char *const contents[] = {
		"",
		CALL,
		CALL "\n",
		CALL " ",
		CALL " 1",
		CALL " 1 ",
		CALL " 1 9",
		CALL " 1 x\n",
		CALL " x 9\n",
		CALL " 1 9\n ",
		CALL " 4294967296 9\n",
		CALL " 99999999999999999999 9\n",
		CALL " 1 99999999999999999999\n",
		"ca" CALL " 1 9\n",
		CALL " 1 9\n" CALL " 1 9\n" CALL " 1 9\n",
	};
	static const char hex[] = "00112233445566778899aabbccddeeff";
	struct token t;

	(void)state;
	for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
		write_file(hex, contents[i]);
		assert_int_equal(token_spend(runtime, hex, 1, &t), -1);
		assert_true(errno == EBADMSG || errno == EFBIG);
	}
	assert_int_equal(files(), 0);
	write_file(hex, CALL " 4294967295 9\n");
	assert_int_equal(token_spend(runtime, hex, 8, &t), 0);
	assert_int_equal(t.step, UINT32_MAX);
}

/* Eight processes want the same token at once: each reads one byte off a pipe to start, and exits 0 if it won. */
static void token_has_one_winner(void **state)
{
	char hex[TOKEN_CHARS + 1];
	int start[2], status, won = 0;
	struct token t;

	(void)state;
	assert_int_equal(token_make(runtime, CALL, 0, NOW_MS, hex), 0);
	assert_int_equal(pipe(start), 0);
	for (int i = 0; i < 8; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			char c;

			if (read(start[0], &c, 1) != 1)
				_exit(2);
			_exit(token_spend(runtime, hex, NOW_MS, &t) == 0 ? 0 : errno == ENOENT ? 1 : 2);
		}
	}
	assert_int_equal(write(start[1], "12345678", 8), 8);
	for (int i = 0; i < 8; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
		won += WEXITSTATUS(status) == 0;
	}
	close(start[0]);
	close(start[1]);
	assert_int_equal(won, 1);
	assert_int_equal(files(), 0);
}

static void token_sweeps_what_is_old(void **state)
{
	char old[TOKEN_CHARS + 1], fresh[TOKEN_CHARS + 1];
	struct token t;

	(void)state;
	assert_int_equal(token_make(runtime, CALL, 1, NOW_MS, old), 0);
	assert_int_equal(token_make(runtime, CALL, 2, NOW_MS + 30000, fresh), 0);
	write_file("00112233445566778899aabbccddeeff.spent", CALL " 1 9\n"); /* whoever won it died */
	write_file("00112233445566778899aabbccddee00", "");
	assert_int_equal(token_sweep(runtime, NOW_MS + TOKEN_LIFE_MS), 3);
	assert_int_equal(files(), 1);
	assert_int_equal(token_spend(runtime, fresh, NOW_MS + TOKEN_LIFE_MS, &t), 0);
	assert_int_equal(token_sweep(runtime, NOW_MS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(token_is_good_once),        cmocka_unit_test(token_expires),
		cmocka_unit_test(token_refuses_other_names), cmocka_unit_test(token_refuses_other_contents),
		cmocka_unit_test(token_has_one_winner),      cmocka_unit_test(token_sweeps_what_is_old),
	};

	return cmocka_run_group_tests(tests, make_runtime, remove_runtime);
}
