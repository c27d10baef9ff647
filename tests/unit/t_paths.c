/* Folders by service, by hand and by configuration; files written whole, read bounded; ids before they become paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "paths.h"

static char folder[64];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/t_paths-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static const char *in_folder(const char *name)
{
	static char path[PATHS_MAX_BYTES];

	assert_int_equal(paths_format(path, sizeof(path), "%s/%s", folder, name), 0);
	return path;
}

static void clear_places(void)
{
	static const char *const names[] = { "RUNTIME_DIRECTORY", "STATE_DIRECTORY", "CACHE_DIRECTORY",
		"CONFIGURATION_DIRECTORY", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
		"RINGDOWN_CONFIG_PATH" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unsetenv(names[i]);
}

typedef int place(const struct conf *c, char *out, size_t size);

/* As a service these hold for everyone; what is by hand, only for who is not root. */
static const struct {
	place *place;
	const char *name, *value, *found, *found_by_root;
} places[] = {
	{ paths_runtime, "RUNTIME_DIRECTORY", "/run/a:/run/b", "/run/a", "/run/a" },
	{ paths_runtime, "STATE_DIRECTORY", "/var/lib/a", "/run/ringdown", "/run/ringdown" },
	{ paths_state, "STATE_DIRECTORY", "/var/lib/a", "/var/lib/a", "/var/lib/a" },
	{ paths_state, "RUNTIME_DIRECTORY", "/run/a", "/var/lib/ringdown", "/var/lib/ringdown" },
	{ paths_cache, "CACHE_DIRECTORY", "/var/cache/a", "/var/cache/a", "/var/cache/a" },
	{ paths_cache, "CACHE_DIRECTORY", "relative", "/home/anna/.cache/ringdown", "/var/cache/ringdown" },
	{ paths_runtime, "XDG_RUNTIME_DIR", "/run/user/7", "/run/user/7/ringdown", "/run/ringdown" },
	{ paths_state, "XDG_STATE_HOME", "/x", "/x/ringdown", "/var/lib/ringdown" },
	{ paths_state, "XDG_STATE_HOME", "x", "/home/anna/.local/state/ringdown", "/var/lib/ringdown" },
	{ paths_cache, "XDG_CACHE_HOME", "", "/home/anna/.cache/ringdown", "/var/cache/ringdown" },
};

static void test_places(void **state)
{
	char *home = getenv("HOME") ? strdup(getenv("HOME")) : NULL;

	(void)state;
	setenv("HOME", "/home/anna", 1);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		char out[PATHS_MAX_BYTES];

		clear_places();
		setenv(places[i].name, places[i].value, 1);
		assert_int_equal(places[i].place(NULL, out, sizeof(out)), 0);
		assert_string_equal(out, geteuid() ? places[i].found : places[i].found_by_root);
		assert_int_equal(places[i].place(NULL, out, 3), -1);
		assert_int_equal(errno, ENAMETOOLONG);
	}
	clear_places();
	if (home)
		setenv("HOME", home, 1);
	free(home);
}

static void test_the_configuration_wins(void **state)
{
	char error[256], out[PATHS_MAX_BYTES];
	struct conf *c = conf_open(NULL, error, sizeof(error));

	(void)state;
	clear_places();
	setenv("RUNTIME_DIRECTORY", "/run/a", 1);
	assert_int_equal(conf_set(c, "general", NULL, "runtime-dir", "/demo/run", error, sizeof(error)), 0);
	assert_int_equal(paths_runtime(c, out, sizeof(out)), 0);
	assert_string_equal(out, "/demo/run");
	assert_int_equal(conf_set(c, "general", NULL, "runtime-dir", "", error, sizeof(error)), 0);
	assert_int_equal(paths_runtime(c, out, sizeof(out)), 0);
	assert_string_equal(out, "/run/a");
	clear_places();
	conf_close(c);
}

static void test_the_configuration_file(void **state)
{
	char out[PATHS_MAX_BYTES], expected[PATHS_MAX_BYTES];

	(void)state;
	clear_places();
	assert_int_equal(paths_configuration("x.conf", out, sizeof(out)), 1);
	assert_string_equal(out, "x.conf");
	setenv("RINGDOWN_CONFIG_PATH", "/y.conf", 1);
	assert_int_equal(paths_configuration("x.conf", out, sizeof(out)), 1);
	assert_string_equal(out, "x.conf");
	assert_int_equal(paths_configuration(NULL, out, sizeof(out)), 1);
	assert_string_equal(out, "/y.conf");
	clear_places();
	setenv("CONFIGURATION_DIRECTORY", folder, 1);
	assert_int_equal(paths_configuration(NULL, out, sizeof(out)), 0);
	assert_int_equal(paths_format(expected, sizeof(expected), "%s/ringdown.conf", folder), 0);
	assert_int_equal(paths_write_atomically(expected, "", 0), 0);
	assert_int_equal(paths_configuration(NULL, out, sizeof(out)), 1);
	assert_string_equal(out, expected);
	assert_int_equal(unlink(expected), 0);
	clear_places();
}

static const struct {
	const char *id;
	bool good;
} ids[] = {
	{ "CA0123456789abcdef0123456789abcdef", true },
	{ "LO00000000000000000000000000000000", true },
	{ "CA0123456789ABCDEF0123456789abcdef", false },
	{ "ca0123456789abcdef0123456789abcdef", false },
	{ "CA0123456789abcdef0123456789abcde", false },
	{ "CA0123456789abcdef0123456789abcdef0", false },
	{ "CA../../../../../../../etc/passwd0", false },
	{ "CA0123456789abcdef0123456789abcde\n", false },
	{ "", false },
};

static void test_call_ids(void **state)
{
	char out[PATHS_MAX_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		assert_int_equal(paths_call_id(ids[i].id), ids[i].good);
		assert_int_equal(paths_call("/run/r", ids[i].id, out, sizeof(out)), ids[i].good ? 0 : -1);
	}
	assert_int_equal(paths_call("/run/r", ids[0].id, out, sizeof(out)), 0);
	assert_string_equal(out, "/run/r/calls/CA0123456789abcdef0123456789abcdef");
	assert_int_equal(paths_call("/run/r", ids[0].id, out, 40), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void test_files_are_whole(void **state)
{
	char buf[8], temporary[PATHS_MAX_BYTES];
	const char *path = in_folder("a");

	(void)state;
	assert_int_equal(paths_write_atomically(path, "seven b", 7), 0);
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(paths_read_bounded(path, buf, sizeof(buf)), 7);
	assert_string_equal(buf, "seven b");
	assert_int_equal(paths_read_bounded(path, buf, 7), -1);
	assert_int_equal(errno, EFBIG);
	assert_int_equal(paths_write_atomically(path, "", 0), 0);
	assert_int_equal(paths_read_bounded(path, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");

	assert_int_equal(paths_format(temporary, sizeof(temporary), "%s.tmp", path), 0);
	assert_int_equal(access(temporary, F_OK), -1);
	assert_int_equal(symlink("/tmp/elsewhere", temporary), 0); /* a trap */
	assert_int_equal(paths_write_atomically(path, "x", 1), -1);
	assert_int_equal(errno, ELOOP);
	assert_int_equal(paths_write_durably(path, "x", 1), -1);
	assert_int_equal(errno, ELOOP);
	assert_int_equal(unlink(temporary), 0);
	assert_int_equal(paths_write_durably(path, "six b", 5), 0);
	assert_int_equal(paths_read_bounded(path, buf, sizeof(buf)), 5);
	assert_string_equal(buf, "six b");
	assert_int_equal(access(temporary, F_OK), -1);
	assert_int_equal(unlink(path), 0);

	assert_int_equal(paths_read_bounded(path, buf, sizeof(buf)), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(paths_read_bounded(folder, buf, sizeof(buf)), -1);
	assert_int_equal(errno, EISDIR);
	assert_int_equal(paths_read_bounded("/dev/zero", buf, sizeof(buf)), -1);
	assert_int_equal(errno, ENOTSUP);
	assert_int_equal(mkfifo(path, 0600), 0); /* nobody writes to it, and it is not waited for */
	assert_int_equal(paths_read_bounded(path, buf, sizeof(buf)), -1);
	assert_int_equal(errno, ENOTSUP);
	assert_int_equal(rename(path, temporary), 0);
	assert_int_equal(paths_write_atomically(path, "x", 1), -1);
	assert_int_equal(errno, ENXIO);
	(void)unlink(temporary);
	assert_int_equal(paths_write_atomically(in_folder("none/a"), "x", 1), -1);
	assert_int_equal(errno, ENOENT);
}

static void test_folders_are_ours(void **state)
{
	(void)state;
	assert_int_equal(paths_mkdir(in_folder("a/b/c")), 0);
	assert_int_equal(mode_of(in_folder("a/b/c")), 0700);
	assert_int_equal(mode_of(in_folder("a/b")), 0700);
	assert_int_equal(paths_mkdir(in_folder("a/b/c")), 0);
	assert_int_equal(chmod(in_folder("a/b/c"), 0770), 0);
	assert_int_equal(paths_mkdir(in_folder("a/b/c")), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(rmdir(in_folder("a/b/c")), 0);
	assert_int_equal(paths_write_atomically(in_folder("a/b/c"), "", 0), 0);
	assert_int_equal(paths_mkdir(in_folder("a/b/c")), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(unlink(in_folder("a/b/c")), 0);
	assert_int_equal(rmdir(in_folder("a/b")), 0);
	assert_int_equal(rmdir(in_folder("a")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_the_configuration_wins),
		cmocka_unit_test(test_the_configuration_file),
		cmocka_unit_test(test_call_ids),
		cmocka_unit_test(test_files_are_whole),
		cmocka_unit_test(test_folders_are_ours),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
