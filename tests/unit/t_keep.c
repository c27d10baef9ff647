#include "keep.h"

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[PATHS_MAX_BYTES], why[KEEP_WHY_BYTES];

/* Adds one word for whom the environment names. */
static int add(const char *word)
{
	struct keep k;
	int failed = keep_open(&k, "test", true, why, sizeof why);

	if (!failed) {
		cJSON_AddItemToArray(keep_list(&k, "words"), cJSON_CreateString(word));
		failed = keep_write(&k, why, sizeof why);
	}
	keep_close(&k);
	return failed;
}

/* How many words there are; -1: it cannot be read. */
static int count(void)
{
	struct keep k;
	int n = keep_open(&k, "test", false, why, sizeof why) < 0 ? -1 : cJSON_GetArraySize(keep_list(&k, "words"));

	keep_close(&k);
	return n;
}

static void person(const char *caller, const char *household)
{
	caller ? setenv("RINGDOWN_CALLER", caller, 1) : unsetenv("RINGDOWN_CALLER");
	household ? setenv("RINGDOWN_HOUSEHOLD", household, 1) : unsetenv("RINGDOWN_HOUSEHOLD");
}

static void everybody_has_their_own(void **state)
{
	(void)state;
	person("+15551234567", "");
	assert_int_equal(count(), 0);
	assert_int_equal(access(folder, F_OK), -1); /* reading makes nothing */
	assert_int_equal(add("anna"), 0);
	person("+15557654321", "");
	assert_int_equal(count(), 0);
	person("+15557654321", "smith");
	assert_int_equal(add("ben"), 0);
	assert_int_equal(add("ben"), 0);
	person("+15550100009", "smith");
	assert_int_equal(count(), 2);
	person(NULL, NULL);
	assert_int_equal(count(), 0);
	person("+15551234567", NULL);
	assert_int_equal(count(), 1);
	person("", "");
	assert_int_equal(count(), -1);
	assert_non_null(strstr(why, "withholds"));
}

/* Many at once: none is lost. */
static void all_who_write_are_written(void **state)
{
	int status;

	(void)state;
	person("+15550100001", "");
	for (int i = 0; i < 20; i++)
		if (fork() == 0)
			_exit(add("one of many") < 0);
	for (int i = 0; i < 20; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count(), 20);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const char *const damaged[] = { "", "{", "[]", "{}", "{\"owner\":\"caller +15550100003\",\"words\":[]}" };

/* What cannot be read, or is somebody else's, is told, and left alone. */
static void damage_is_told(void **state)
{
	char path[PATHS_MAX_BYTES];
	struct keep k;
	struct stat st;

	(void)state;
	person("+15550100002", "");
	assert_int_equal(add("x"), 0);
	assert_int_equal(keep_open(&k, "test", false, why, sizeof why), 0);
	snprintf(path, sizeof path, "%s", k.path);
	keep_close(&k);
	keep_close(&k);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
		write_file(path, damaged[i]);
		assert_int_equal(count(), -1);
		assert_int_equal(add("y"), -1);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_size, strlen(damaged[i]));
	}
	write_file(path, "{\"owner\":\"caller +15550100002\",\"words\":7}");
	assert_int_equal(add("y"), 0);
	assert_int_equal(count(), 1);
}

static void what_grows_too_large_is_refused(void **state)
{
	char *word = calloc(1, KEEP_MAX_BYTES);

	(void)state;
	memset(word, 'x', KEEP_MAX_BYTES - 1);
	person("+15550100004", "");
	assert_int_equal(add("x"), 0);
	assert_int_equal(add(word), -1);
	assert_non_null(strstr(why, "File too large"));
	assert_int_equal(count(), 1);
	free(word);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(everybody_has_their_own),
		cmocka_unit_test(all_who_write_are_written),
		cmocka_unit_test(damage_is_told),
		cmocka_unit_test(what_grows_too_large_is_refused),
	};
	const char *tmp = getenv("TMP");
	char own[] = "/tmp/rd-keep-XXXXXX";

	snprintf(folder, sizeof folder, "%s/kept/here", tmp ? tmp : mkdtemp(own));
	setenv("RINGDOWN_TOOL_DIR", folder, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
