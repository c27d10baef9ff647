#include "../../cmd/rd-webhook/folder.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include <cjson/cJSON.h>

#include "json.h"
#include "paths.h"

#define CALL "CA00000000000000000000000000000001"

static char runtime[] = "/tmp/t_folder.XXXXXX";

static const struct folder_call anna = { .call = CALL,
	                                 .carrier = "twilio",
	                                 .direction = "in",
	                                 .from = "+15551234567",
	                                 .to = "+15550100000",
	                                 .attestation = "A",
	                                 .agent = "home",
	                                 .config = 7 };

static int make_runtime(void **state)
{
	(void)state;
	return mkdtemp(runtime) && folder_open(runtime) == 0 ? 0 : -1;
}

static int remove_runtime(void **state)
{
	char path[PATHS_MAX_BYTES];

	(void)state;
	if (paths_format(path, sizeof path, "%s/calls", runtime) < 0)
		return -1;
	return rmdir(path) < 0 ? -1 : rmdir(runtime); /* which also shows that nothing was left */
}

static char *path_of(char *path, const char *name)
{
	assert_int_equal(paths_format(path, PATHS_MAX_BYTES, "%s/calls/" CALL "/%s", runtime, name), 0);
	return path;
}

static void write_file(const char *name, const char *text)
{
	char path[PATHS_MAX_BYTES];

	assert_int_equal(paths_write_atomically(path_of(path, name), text, strlen(text)), 0);
}

static int make_folder(void **state)
{
	(void)state;
	return folder_make(runtime, &anna) == 1 ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return folder_remove(runtime, CALL);
}

static void folder_is_made_once(void **state)
{
	char path[PATHS_MAX_BYTES];
	struct stat file;

	(void)state;
	assert_false(folder_exists(runtime, CALL));
	assert_int_equal(folder_make(runtime, &anna), 1);
	assert_true(folder_exists(runtime, CALL));
	assert_int_equal(folder_make(runtime, &anna), 0);
	assert_int_equal(stat(path_of(path, ""), &file), 0);
	assert_int_equal(file.st_mode & 0777, 0700);
	assert_int_equal(stat(path_of(path, "call.json"), &file), 0);
	assert_int_equal(file.st_mode & 0777, 0600);
	assert_int_equal(folder_remove(runtime, CALL), 0);
	assert_false(folder_exists(runtime, CALL));
	assert_int_equal(folder_remove(runtime, CALL), -1);
	assert_int_equal(errno, ENOENT);
}

static void folder_tells_who_calls(void **state)
{
	static const char *const wanted[][2] = { { "call", CALL },         { "carrier", "twilio" },
		                                 { "direction", "in" },    { "from", "+15551234567" },
		                                 { "to", "+15550100000" }, { "attestation", "A" },
		                                 { "agent", "home" } };
	char path[PATHS_MAX_BYTES], text[FOLDER_CALL_BYTES];
	struct cJSON *call;
	ssize_t n;

	(void)state;
	n = paths_read_bounded(path_of(path, "call.json"), text, sizeof text);
	assert_true(n > 0);
	call = json_parse(text, (size_t)n);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		assert_string_equal(json_text(call, wanted[i][0]), wanted[i][1]);
	assert_int_equal(json_number(call, "config", 0), 7);
	assert_int_equal(strlen(json_text(call, "at")), 24);
	assert_null(json_text(call, "caller_name"));
	cJSON_Delete(call);
}

/* Whoever won the mkdir died before call.json was there: the next webhook completes it. */
static void folder_half_made_is_completed(void **state)
{
	char path[PATHS_MAX_BYTES];

	(void)state;
	assert_int_equal(mkdir(path_of(path, ""), 0700), 0);
	assert_int_equal(folder_make(runtime, &anna), 1);
	assert_true(folder_exists(runtime, CALL));
	assert_int_equal(folder_remove(runtime, CALL), 0);
}

static void folder_refuses_what_is_too_much(void **state)
{
	char name[FOLDER_CALL_BYTES + 1], path[PATHS_MAX_BYTES];
	struct folder_call c = anna;

	(void)state;
	memset(name, 'a', FOLDER_CALL_BYTES);
	name[FOLDER_CALL_BYTES] = '\0';
	c.caller_name = name;
	assert_int_equal(folder_make(runtime, &c), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(access(path_of(path, ""), F_OK), -1);
}

static void folder_refuses_other_names(void **state)
{
	static const char *const names[] = { "",          ".",        "..",
		                             "../tokens", "CA",       "ca00000000000000000000000000000001",
		                             CALL "0",    CALL "/..", "CA0000000000000000000000000000000G" };
	struct folder_call c = anna;
	struct folder_next next;
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		c.call = names[i];
		assert_int_equal(folder_make(runtime, &c), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(folder_answer(runtime, names[i], 0, out, sizeof out), -1);
		assert_int_equal(folder_keep_answer(runtime, names[i], 0, "a", 1), -1);
		assert_int_equal(folder_next(runtime, names[i], 0, &next), -1);
		assert_int_equal(folder_remove(runtime, names[i]), -1);
		assert_false(folder_exists(runtime, names[i]));
		assert_false(folder_ended(runtime, names[i], out, sizeof out));
		assert_int_equal(folder_agent(runtime, names[i], out, sizeof out), -1);
	}
}

static void folder_repeats_an_answer_to_the_byte(void **state)
{
	char out[16];

	(void)state;
	assert_int_equal(folder_answer(runtime, CALL, 3, out, sizeof out), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(folder_keep_answer(runtime, CALL, 3, "<first/>\n", 9), 0);
	assert_int_equal(folder_keep_answer(runtime, CALL, 3, "<second/>\n", 10), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(folder_keep_answer(runtime, CALL, 33, "<other/>\n", 9), 0);
	assert_int_equal(folder_answer(runtime, CALL, 3, out, sizeof out), 9);
	assert_memory_equal(out, "<first/>\n", 9);
	assert_int_equal(folder_answer(runtime, CALL, 3, out, 9), -1);
	assert_int_equal(errno, EFBIG);
}

static void folder_reads_what_comes_next(void **state)
{
	static const struct {
		const char *json;
		int found; /* what folder_next returns for step 3 */
		struct folder_next next;
	} cases[] = {
		{ "{\"step\":3,\"verb\":\"hangup\"}", 1, { .verb = FOLDER_HANGUP } },
		{ "{\"step\":3,\"verb\":\"say\",\"text\":\"Sorry.\"}", 1, { .verb = FOLDER_SAY, .text = "Sorry." } },
		{ "{\"step\":3,\"verb\":\"press\",\"digits\":\"ww12#\"}\n",
		  1,
		  { .verb = FOLDER_PRESS, .digits = "ww12#" } },
		{ "{\"step\":3,\"verb\":\"transfer\",\"to\":\"+15557654321\"}",
		  1,
		  { .verb = FOLDER_TRANSFER, .to = "+15557654321" } },
		{ "{\"step\":3,\"verb\":\"transfer\",\"to\":\"+15557654321\",\"return\":true,\"more\":1}",
		  1,
		  { .verb = FOLDER_TRANSFER, .to = "+15557654321", .comes_back = true } },
		{ "{\"step\":2,\"verb\":\"hangup\"}", 0, { 0 } },
		{ "{\"step\":4,\"verb\":\"hangup\"}", 0, { 0 } },
		{ "{\"step\":3.5,\"verb\":\"hangup\"}", 0, { 0 } },
		{ "{\"verb\":\"hangup\"}", 0, { 0 } },
		{ "", -1, { 0 } },
		{ "{\"step\":3,\"verb\":\"hangup\"", -1, { 0 } },
		{ "[3]", -1, { 0 } },
		{ "{\"step\":3}", -1, { 0 } },
		{ "{\"step\":3,\"verb\":\"hang\"}", -1, { 0 } },
		{ "{\"step\":3,\"verb\":\"say\"}", -1, { 0 } },
		{ "{\"step\":3,\"verb\":\"say\",\"text\":\"\"}", -1, { 0 } },
		{ "{\"step\":3,\"verb\":\"press\"}", -1, { 0 } },
		{ "{\"step\":3,\"verb\":\"press\",\"digits\":12}", -1, { 0 } },
		{ "{\"step\":3,\"verb\":\"press\",\"digits\":\"12x\"}", -1, { 0 } },
		{ "{\"step\":3,\"verb\":\"press\",\"digits\":"
		  "\"1234567890123456789012345678901234567890123456789012345678901234\"}",
		  -1,
		  { 0 } },
		{ "{\"step\":3,\"verb\":\"transfer\"}", -1, { 0 } },
		{ "{\"step\":3,\"verb\":\"transfer\",\"to\":\"sip:anna@example.com\"}", -1, { 0 } },
		{ "{\"step\":3,\"verb\":\"transfer\",\"to\":\"+1555123456789012\"}", -1, { 0 } },
	};
	struct folder_next next;

	(void)state;
	assert_int_equal(folder_next(runtime, CALL, 3, &next), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		write_file("next", cases[i].json);
		if (folder_next(runtime, CALL, 3, &next) != cases[i].found)
			fail_msg("should be %d: %s", cases[i].found, cases[i].json);
		if (cases[i].found < 0)
			assert_int_equal(errno, EBADMSG);
		if (cases[i].found <= 0)
			continue;
		assert_int_equal(next.verb, cases[i].next.verb);
		assert_string_equal(next.to, cases[i].next.to);
		assert_string_equal(next.digits, cases[i].next.digits);
		assert_string_equal(next.text, cases[i].next.text);
		assert_int_equal(next.comes_back, cases[i].next.comes_back);
	}
}

/* 16 KiB of two-byte characters, the first one odd, so that the limit falls within one. */
static void folder_cuts_a_long_text_at_a_character(void **state)
{
	static char json[20000];
	struct folder_next next;
	size_t n = (size_t)snprintf(json, sizeof json, "{\"step\":0,\"verb\":\"say\",\"text\":\"");

	(void)state;
	for (size_t i = 0; i < 8000; i++, n += 2)
		memcpy(json + n, "\xc3\xbc", 2);
	snprintf(json + n, sizeof json - n, "\"}");
	write_file("next", json);
	assert_int_equal(folder_next(runtime, CALL, 0, &next), 1);
	assert_int_equal(strlen(next.text), sizeof next.text - 2);
	assert_memory_equal(next.text + sizeof next.text - 4, "\xc3\xbc", 3);
}

static void folder_bounds_what_comes_next(void **state)
{
	static char json[40000];
	struct folder_next next;

	(void)state;
	memset(json, ' ', sizeof json - 1);
	write_file("next", json);
	assert_int_equal(folder_next(runtime, CALL, 0, &next), -1);
}

static void folder_knows_its_end(void **state)
{
	char reason[16];

	(void)state;
	assert_false(folder_ended(runtime, CALL, NULL, 0));
	assert_false(folder_ended(runtime, CALL, reason, sizeof reason));
	write_file("ended", "{\"reason\":\"caller\",\"at\":\"2026-11-21T04:47:00.123Z\"}");
	assert_true(folder_ended(runtime, CALL, NULL, 0));
	assert_true(folder_ended(runtime, CALL, reason, sizeof reason));
	assert_string_equal(reason, "caller");
	write_file("ended", "{\"reason\":\"a reason that is too long\"}");
	assert_true(folder_ended(runtime, CALL, reason, sizeof reason));
	assert_string_equal(reason, "");
	write_file("ended", "half");
	assert_true(folder_ended(runtime, CALL, reason, sizeof reason));
	assert_string_equal(reason, "");
}

static void folder_knows_its_agent(void **state)
{
	char agent[16];

	(void)state;
	assert_int_equal(folder_agent(runtime, CALL, agent, sizeof agent), 0);
	assert_string_equal(agent, "home");
	write_file("call.json", "{\"agent\":7}");
	assert_int_equal(folder_agent(runtime, CALL, agent, sizeof agent), -1);
	assert_int_equal(errno, EBADMSG);
	assert_string_equal(agent, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folder_is_made_once),
		cmocka_unit_test_setup_teardown(folder_tells_who_calls, make_folder, remove_folder),
		cmocka_unit_test(folder_half_made_is_completed),
		cmocka_unit_test(folder_refuses_what_is_too_much),
		cmocka_unit_test(folder_refuses_other_names),
		cmocka_unit_test_setup_teardown(folder_repeats_an_answer_to_the_byte, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(folder_reads_what_comes_next, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(folder_cuts_a_long_text_at_a_character, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(folder_bounds_what_comes_next, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(folder_knows_its_end, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(folder_knows_its_agent, make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, make_runtime, remove_runtime);
}
