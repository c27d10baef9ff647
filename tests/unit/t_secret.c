/* Secrets: where they are looked for, in which order, how they are cut, and that their place is empty afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "secret.h"

static char folder[64], path[128];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/t_secret-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/T_SECRET_KEY", folder);
	return setenv("CREDENTIALS_DIRECTORY", folder, 1);
}

static int remove_folder(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder);
}

static void write_credential(const char *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static const struct {
	const char *bytes;
	size_t n;
	const char *found;
	int why;
} files[] = {
	{ "sk-1", 4, "sk-1", 0 },
	{ "sk-1\n", 5, "sk-1", 0 },
	{ "sk-1\r\n\n", 7, "sk-1", 0 },
	{ " a b \n", 6, " a b ", 0 },
	{ "123456789012345", 15, "123456789012345", 0 },
	{ "1234567890123456", 16, NULL, EMSGSIZE },
	{ "a\0b", 3, NULL, EMSGSIZE },
	{ "", 0, NULL, ENOENT },
	{ "\n", 1, NULL, ENOENT },
};

static void test_files_are_cut_and_bounded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char out[16];
		int result;

		write_credential(files[i].bytes, files[i].n);
		errno = 0;
		result = secret_find("T_SECRET_KEY", out, sizeof(out));
		if (files[i].found) {
			assert_int_equal(result, 0);
			assert_string_equal(out, files[i].found);
		} else {
			assert_int_equal(result, -1);
			assert_int_equal(errno, files[i].why);
			assert_int_equal(out[0], 0); /* nothing half a secret is left */
		}
	}
}

static void test_the_credential_comes_before_the_environment(void **state)
{
	char out[64];

	(void)state;
	setenv("T_SECRET_KEY", "of the environment", 1);
	write_credential("of the file\n", 12);
	assert_int_equal(secret_find("T_SECRET_KEY", out, sizeof(out)), 0);
	assert_string_equal(out, "of the file");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(secret_find("T_SECRET_KEY", out, sizeof(out)), 0);
	assert_string_equal(out, "of the environment");
	unsetenv("T_SECRET_KEY");
	assert_int_equal(secret_find("T_SECRET_KEY", out, sizeof(out)), -1);
	assert_int_equal(errno, ENOENT);
}

static void test_a_folder_loaded_whole(void **state)
{
	char out[64], loaded[128];

	(void)state; /* systemd's LoadCredential=secrets:FOLDER */
	snprintf(loaded, sizeof(loaded), "%s/secrets_T_SECRET_KEY", folder);
	write_credential("of the folder\n", 14);
	assert_int_equal(rename(path, loaded), 0);
	assert_int_equal(secret_find("T_SECRET_KEY", out, sizeof(out)), 0);
	assert_string_equal(out, "of the folder");
	assert_int_equal(unlink(loaded), 0);
}

static void test_names_are_no_paths(void **state)
{
	static const char *const bad[] = { "", "a", "../A", "A/B", "A.B", "1A", "_A", "A B" };
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(secret_is_name(bad[i]));
		assert_int_equal(secret_find(bad[i], out, sizeof(out)), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(secret_take(bad[i], out, sizeof(out)), -1);
		assert_int_equal(errno, EINVAL);
	}
	assert_true(secret_is_name("OPENAI_API_KEY_2"));
}

static void test_taking_leaves_the_place_empty(void **state)
{
	char out[64], *place;

	(void)state;
	setenv("T_SECRET_KEY", "hunter2", 1);
	place = getenv("T_SECRET_KEY");
	assert_int_equal(secret_take("T_SECRET_KEY", out, sizeof(out)), 0);
	assert_string_equal(out, "hunter2");
	assert_memory_equal(place, "\0\0\0\0\0\0\0", 8);
	assert_null(getenv("T_SECRET_KEY"));
	assert_int_equal(secret_take("T_SECRET_KEY", out, sizeof(out)), -1);
	assert_int_equal(errno, ENOENT);

	setenv("T_SECRET_KEY", "hunter2", 1);
	place = getenv("T_SECRET_KEY");
	assert_int_equal(secret_take("T_SECRET_KEY", out, 7), -1); /* too long: gone all the same */
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(place[0], 0);
	assert_null(getenv("T_SECRET_KEY"));
}

static void test_wiping(void **state)
{
	char bytes[] = "hunter2";

	(void)state;
	secret_wipe(bytes, sizeof(bytes));
	assert_memory_equal(bytes, "\0\0\0\0\0\0\0", sizeof(bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_are_cut_and_bounded),
		cmocka_unit_test(test_the_credential_comes_before_the_environment),
		cmocka_unit_test(test_a_folder_loaded_whole),
		cmocka_unit_test(test_names_are_no_paths),
		cmocka_unit_test(test_taking_leaves_the_place_empty),
		cmocka_unit_test(test_wiping),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
