#include "../../cmd/rd-tools/journal.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"

static char folder[64];

static void begin(void)
{
	const char *tmp = getenv("TMP"); /* of the test runner, who removes it */

	snprintf(folder, sizeof folder, "%.40s/t_journal.XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(folder));
}

static void write_file(const char *text)
{
	char path[100];
	FILE *file;

	snprintf(path, sizeof path, "%s/journal", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static struct journal_entry *take(struct journal *j, const char *id)
{
	struct cJSON *arguments = cJSON_Parse("{\"place\":\"Tokyo\"}");
	struct journal_entry *e = journal_take(j, id, "time", arguments);

	cJSON_Delete(arguments);
	assert_non_null(e);
	return e;
}

static void each_state_survives_a_crash(void **state)
{
	struct journal j, after;
	struct journal_entry *e;

	(void)state;
	begin();
	assert_int_equal(journal_open(&j, folder), 0);
	take(&j, "taken");
	e = take(&j, "begun");
	assert_int_equal(journal_begun(&j, e, TOOL_OUTSIDE), 0);
	e = take(&j, "running");
	assert_int_equal(journal_begun(&j, e, TOOL_NONE), 0);
	assert_int_equal(journal_running(&j, e, 4711), 0);
	e = take(&j, "done");
	assert_int_equal(journal_begun(&j, e, TOOL_LOCAL), 0);
	assert_int_equal(journal_done(&j, e, json_make("event:j", json_make("text:s", "a \"result\"\nof two lines"))),
			 0);
	e = take(&j, "told");
	assert_int_equal(journal_begun(&j, e, TOOL_NONE), 0);
	assert_int_equal(journal_done(&j, e, json_make("event:j", json_make(""))), 0);
	assert_int_equal(journal_told(&j, e), 0);

	assert_int_equal(journal_open(&after, folder), 0); /* the first was killed: it closed nothing */
	assert_int_equal(after.count, 5);
	assert_int_equal(after.unread, 0);
	assert_int_equal(journal_find(&after, "taken")->state, JOURNAL_TAKEN);
	assert_string_equal(json_text(journal_find(&after, "taken")->arguments, "place"), "Tokyo");
	assert_int_equal(journal_find(&after, "begun")->state, JOURNAL_BEGUN);
	assert_int_equal(journal_find(&after, "begun")->effect, TOOL_OUTSIDE);
	assert_int_equal(journal_find(&after, "begun")->pid, 0);
	assert_int_equal(journal_find(&after, "running")->pid, 4711);
	assert_string_equal(json_text(journal_find(&after, "running")->arguments, "place"), "Tokyo");
	assert_int_equal(journal_find(&after, "done")->state, JOURNAL_DONE);
	assert_string_equal(json_text(json_object(journal_find(&after, "done")->result, "event"), "text"),
			    "a \"result\"\nof two lines");
	assert_int_equal(journal_find(&after, "told")->state, JOURNAL_TOLD);
	assert_null(journal_find(&after, "other"));
	journal_close(&after);
	journal_close(&j);
	journal_close(&j);
}

#define LINE(id, state, more) "{\"id\":\"" id "\",\"name\":\"time\",\"state\":\"" state "\"" more "}\n"

static const struct {
	const char *text;
	size_t count;
	unsigned unread;
	int state, effect; /* of "a" */
} cases[] = {
	{ "", 0, 0, 0, 0 },
	{ LINE("a", "begun", ",\"effect\":\"none\""), 1, 0, JOURNAL_BEGUN, TOOL_NONE },
	{ LINE("a", "begun", ""), 1, 0, JOURNAL_BEGUN, TOOL_OUTSIDE }, /* if in doubt, never twice */
	{ LINE("a", "begun", ",\"effect\":\"none\"") "{\"id\":\"a\",\"name\":\"time\",\"state\":\"do", 1, 1,
	  JOURNAL_BEGUN, TOOL_NONE },
	{ LINE("a", "begun", ",\"effect\":\"none\"") "rubbish\n\n" LINE("a", "told", ""), 1, 2, JOURNAL_TOLD,
	  TOOL_OUTSIDE },
	{ LINE("a", "perhaps", "") "[]\n{}\n", 0, 3, 0, 0 },
	{ "{\"id\":\"a\",\"name\":\"../x\",\"state\":\"begun\"}\n", 0, 1, 0, 0 },
};

static void what_cannot_be_understood_is_passed_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct journal j;

		begin();
		write_file(cases[i].text);
		assert_int_equal(journal_open(&j, folder), 0);
		assert_int_equal(j.count, cases[i].count);
		assert_int_equal(j.unread, cases[i].unread);
		if (cases[i].count) {
			assert_int_equal(journal_find(&j, "a")->state, cases[i].state);
			assert_int_equal(journal_find(&j, "a")->effect, cases[i].effect);
		}
		take(&j, "new"); /* stands on a line of its own, whatever was there */
		journal_close(&j);
		assert_int_equal(journal_open(&j, folder), 0);
		assert_non_null(journal_find(&j, "new"));
		journal_close(&j);
	}
}

/* A disk that is full tears a line in two; what is written when there is room again stands alone. */
static void a_full_disk_costs_one_line(void **state)
{
	struct rlimit before, small;
	struct journal j, after;

	(void)state;
	begin();
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(journal_open(&j, folder), 0);
	take(&j, "whole");
	small = (struct rlimit){ (rlim_t)lseek(j.fd, 0, SEEK_END) + 10, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	take(&j, "torn");
	take(&j, "lost");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	take(&j, "again");
	journal_close(&j);
	assert_int_equal(journal_open(&after, folder), 0);
	assert_non_null(journal_find(&after, "whole"));
	assert_null(journal_find(&after, "torn"));
	assert_non_null(journal_find(&after, "again"));
	assert_int_equal(after.unread, 1);
	journal_close(&after);
}

static void by_hand_it_is_only_remembered(void **state)
{
	struct journal j;

	(void)state;
	assert_int_equal(journal_open(&j, NULL), 0);
	take(&j, "a");
	assert_int_equal(journal_done(&j, journal_find(&j, "a"), NULL), 0);
	assert_int_equal(journal_find(&j, "a")->state, JOURNAL_DONE);
	journal_close(&j);
	assert_int_equal(journal_open(&j, "/nonexistent"), -1);
	take(&j, "b");
	journal_close(&j);
}

static void there_is_a_last_entry(void **state)
{
	struct cJSON *arguments = cJSON_CreateObject();
	struct journal j;
	char id[20];

	(void)state;
	assert_int_equal(journal_open(&j, NULL), 0);
	for (int i = 0; i < JOURNAL_ENTRIES_MAX; i++) {
		snprintf(id, sizeof id, "%d", i);
		assert_non_null(journal_take(&j, id, "time", arguments));
	}
	assert_null(journal_take(&j, "more", "time", arguments));
	journal_close(&j);
	cJSON_Delete(arguments);
}

static void only_the_process_that_was_started_survives(void **state)
{
	struct journal_entry e = { .started_ms = clock_boot_ms() };
	int fds[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		close(fds[1]);
		(void)!read(fds[0], &e, 1);
		_exit(0);
	}
	e.pid = pid;
	assert_true(journal_survives(&e));
	e.started_ms -= 100000; /* another that got the same number */
	assert_false(journal_survives(&e));
	e.started_ms += 100000;
	e.pid = 0;
	assert_false(journal_survives(&e));
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	e.pid = pid;
	assert_false(journal_survives(&e));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_survives_a_crash),
		cmocka_unit_test(what_cannot_be_understood_is_passed_over),
		cmocka_unit_test(a_full_disk_costs_one_line),
		cmocka_unit_test(by_hand_it_is_only_remembered),
		cmocka_unit_test(there_is_a_last_entry),
		cmocka_unit_test(only_the_process_that_was_started_survives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
