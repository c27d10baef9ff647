#include "../../cmd/rd-store/store.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <glob.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"

#define ANNA "+15551234567"
#define BEN "+15557654321"
#define CALL "CA00000000000000000000000000000001"
#define LATER "CA00000000000000000000000000000002"

static char folder[64], path[100];

static int begin(void **state)
{
	const char *tmp = getenv("TMP"); /* of the test runner, who removes it */

	(void)state;
	snprintf(folder, sizeof folder, "%.40s/t_store.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/memory.db", folder);
	return 0;
}

static struct cJSON *ask(struct store *s, const char *request)
{
	struct cJSON *r = cJSON_Parse(request), *answer;

	if (!r)
		fail_msg("no JSON: %s", request);
	answer = store_answer(s, r);
	cJSON_Delete(r);
	return answer;
}

/* The answer must hold each of the texts and be ok (or not). */
static void expect(struct store *s, const char *request, bool ok, const char *text)
{
	struct cJSON *answer = ask(s, request);
	bool found = json_flag(answer, "ok", !ok);
	char *printed = json_print(answer);

	if (found != ok || (text && !strstr(printed, text)))
		fail_msg("%s: %s", request, printed);
	free(printed);
}

static void expect_not(struct store *s, const char *request, const char *text)
{
	char *printed = json_print(ask(s, request));

	if (strstr(printed, text))
		fail_msg("%s: %s", request, printed);
	free(printed);
}

#define BEGIN(call, caller)                                                                                            \
	"{\"do\":\"call.begin\",\"call\":\"" call "\",\"caller\":\"" caller                                            \
	"\",\"name\":\"Anna\",\"carrier\":\"twilio\",\"direction\":\"in\","                                            \
	"\"to\":\"+15550100000\",\"agent\":\"home\"}"
#define TURN(call, who, seq, text, more)                                                                               \
	"{\"do\":\"turn\",\"call\":\"" call "\",\"who\":\"" who "\",\"origin\":2,\"life\":0,\"seq\":" #seq             \
	",\"at_us\":" #seq ",\"text\":\"" text "\"" more "}"
#define NOTE(call, caller, seq, text)                                                                                  \
	"{\"do\":\"note.add\",\"call\":\"" call "\",\"caller\":\"" caller "\",\"origin\":2,\"life\":0,\"seq\":" #seq   \
	",\"text\":\"" text "\"}"
#define CONTEXT(call, caller, callers)                                                                                 \
	"{\"do\":\"context\",\"call\":\"" call "\",\"caller\":\"" caller "\",\"callers\":[" callers "]}"
#define SEARCH(call, caller, callers, query)                                                                           \
	"{\"do\":\"note.search\",\"call\":\"" call "\",\"caller\":\"" caller "\",\"callers\":[" callers                \
	"],\"query\":\"" query "\"}"
#define HEALTH "{\"do\":\"health\"}"

static void a_call_is_remembered(void **state)
{
	struct store s;

	(void)state;
	store_open(&s, path, 365);
	expect(&s, BEGIN(CALL, ANNA), true, NULL);
	expect(&s, TURN(CALL, "user", 1, "What is the weather?", ""), true, NULL);
	expect(&s,
	       TURN(CALL, "assistant", 2, "Fine",
		    ",\"whole\":\"Fine and warm.\",\"heard_ms\":300,\"sent_ms\":900,\"cut\":1"),
	       true, NULL);
	expect(&s, NOTE(CALL, ANNA, 3, "Anna likes tea."), true, NULL);
	expect(&s,
	       "{\"do\":\"usage\",\"call\":\"" CALL
	       "\",\"origin\":2,\"seq\":4,\"service\":\"openai\",\"model\":\"m\",\"counts\":{\"in\":5}}",
	       true, NULL);
	expect(&s,
	       "{\"do\":\"tool\",\"call\":\"" CALL
	       "\",\"tool\":\"c1\",\"name\":\"time\",\"ok\":true,\"outcome\":\"done\",\"text\":\"x\"}",
	       true, NULL);
	expect(&s, "{\"do\":\"call.end\",\"call\":\"" CALL "\",\"reason\":\"caller\"}", true, NULL);
	store_close(&s);
	store_open(&s, path, 365); /* another life */
	expect(&s, CONTEXT(CALL, ANNA, "\"" ANNA "\""), true, "\"facts\":[{\"text\":\"Anna likes tea.\"");
	expect(&s, CONTEXT(CALL, ANNA, "\"" ANNA "\""), true,
	       "\"text\":\"Fine\",\"whole\":\"Fine and warm.\",\"heard_ms\":300,\"sent_ms\":900,\"cut\":1}");
	expect_not(&s, CONTEXT(CALL, ANNA, "\"" ANNA "\""), "\"last\""); /* there was no other call */
	expect(&s, CONTEXT(LATER, ANNA, "\"" ANNA "\""), true, "\"turns\":[],\"last\":{\"at\":\"20");
	expect(&s, HEALTH, true, "\"callers\":1,\"calls\":1,\"turns\":2,\"notes\":1");
	store_close(&s);
	store_close(&s);
}

static void what_is_said_twice_is_there_once(void **state)
{
	struct store s;

	(void)state;
	store_open(&s, path, 365);
	for (int i = 0; i < 2; i++) {
		expect(&s, BEGIN(CALL, ANNA), true, NULL);
		expect(&s, TURN(CALL, "user", 1, "Hello?", ""), true, NULL);
		expect(&s, TURN(CALL, "assistant", 1, "Hel", ",\"whole\":\"Hello\""), true, NULL); /* another's place */
		expect(&s, NOTE(CALL, ANNA, 3, "A fact."), true, NULL);
	}
	expect(&s, TURN(CALL, "assistant", 1, "Hello", ""), true, NULL); /* more of it was heard */
	expect(&s, HEALTH, true, "\"calls\":1,\"turns\":2,\"notes\":1");
	expect(&s, CONTEXT(CALL, ANNA, ""), true, "\"text\":\"Hello\"");
	expect_not(&s, CONTEXT(CALL, ANNA, ""), "whole");
	expect(&s, SEARCH(LATER, ANNA, "", "hello"), true, "\"text\":\"Hello\""); /* the index followed */
	expect_not(&s, SEARCH(LATER, ANNA, "", "hel"), "\"text\":\"Hel\"");
	store_close(&s);
}

static void nobody_hears_of_another_but_in_a_household(void **state)
{
	struct store s;

	(void)state;
	store_open(&s, path, 365);
	expect(&s, BEGIN(CALL, ANNA), true, NULL);
	expect(&s, TURN(CALL, "user", 1, "My doctor is Miller.", ""), true, NULL);
	expect(&s, NOTE(CALL, ANNA, 2, "The key is under the mat."), true, NULL);
	expect_not(&s, CONTEXT(LATER, BEN, "\"" BEN "\""), "mat");
	expect_not(&s, SEARCH(LATER, BEN, "\"" BEN "\"", "key doctor"), "text");
	expect_not(&s, SEARCH(LATER, "", "", "key doctor"), "text");
	expect(&s, CONTEXT(LATER, BEN, "\"" BEN "\",\"" ANNA "\""), true, "under the mat.\",\"at\":\"20");
	expect(&s, SEARCH(LATER, BEN, "\"" BEN "\",\"" ANNA "\"", "key"), true, "\"caller\":\"" ANNA "\"");
	expect_not(&s, SEARCH(LATER, BEN, "\"" BEN "\",\"" ANNA "\"", "doctor"),
		   "Miller"); /* notes are shared, talk is not */
	expect(&s, SEARCH(LATER, ANNA, "\"" ANNA "\"", "doctor"), true, "Miller");
	expect_not(&s, SEARCH(CALL, ANNA, "\"" ANNA "\"", "doctor"), "Miller"); /* this call is in the context */
	store_close(&s);
}

static const struct {
	const char *request, *error;
} mistakes[] = {
	{ "{}", "do: one of the requests of rd-store(8) expected" },
	{ "{\"do\":\"drop\"}", "do: one of the requests of rd-store(8) expected" },
	{ "{\"do\":7}", "do: one of the requests of rd-store(8) expected" },
	{ "{\"do\":\"turn\",\"call\":\"c\",\"who\":\"user\"}", "turn: text expected" },
	{ "{\"do\":\"turn\",\"call\":\"\",\"who\":\"user\",\"text\":\"x\"}", "turn: call expected" },
	{ "{\"do\":\"note.add\",\"call\":\"c\",\"caller\":\"\",\"text\":\"x\"}", "note.add: caller expected" },
	{ "{\"do\":\"context\",\"call\":\"c\",\"caller\":5}", "context: caller expected" },
	{ "{\"do\":\"call.end\",\"call\":\"c\"}", "call.end: reason expected" },
};

static void mistakes_are_answered(void **state)
{
	struct store s;

	(void)state;
	store_open(&s, path, 365);
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++)
		expect(&s, mistakes[i].request, false, mistakes[i].error);
	expect(&s, CONTEXT("c", "x', 1); --", "\"') --\",5,null,{}"), true, NULL);
	expect(&s, SEARCH("c", "", "", "\\\" OR * NOT ("), true, "\"notes\":[],\"turns\":[]");
	store_close(&s);
}

static size_t count_files(const char *pattern)
{
	char full[200];
	glob_t found;
	size_t n;

	snprintf(full, sizeof full, "%s/%s", folder, pattern);
	n = glob(full, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
	globfree(&found);
	return n;
}

static void write_file(const char *text, long at)
{
	FILE *file = fopen(path, at ? "r+" : "w");

	assert_non_null(file);
	fseek(file, at, SEEK_SET);
	for (int i = 0; i < 400; i++)
		fputs(text, file);
	fclose(file);
}

static void a_file_that_is_no_database_is_moved_aside(void **state)
{
	struct store s;

	(void)state;
	write_file("this is no database\n", 0);
	store_open(&s, path, 365);
	expect(&s, BEGIN(CALL, ANNA), true, NULL);
	expect(&s, HEALTH, true, "\"calls\":1");
	assert_int_equal(count_files("memory.db.damaged-*"), 1);
	store_close(&s);
}

static void damage_that_is_met_later_costs_no_request(void **state)
{
	struct store s;

	(void)state;
	store_open(&s, path, 365);
	for (int i = 0; i < 50; i++)
		expect(&s, NOTE(CALL, ANNA, 1, "A fact."), true, NULL);
	store_close(&s);
	write_file("damage damage damage damage\n", 4096); /* behind the first page, which says what it is */
	store_open(&s, path, 365);
	expect(&s, BEGIN(LATER, ANNA), true, NULL);
	expect(&s, NOTE(LATER, ANNA, 1, "Another fact."), true, NULL);
	expect(&s, CONTEXT(LATER, ANNA, "\"" ANNA "\""), true, "Another fact.");
	assert_int_equal(count_files("memory.db.damaged-*"), 1);
	store_close(&s);
}

#define MESSAGE(call, caller, seconds)                                                                                 \
	"{\"do\":\"message.add\",\"call\":\"" call "\",\"caller\":\"" caller "\",\"file\":\"/m/" call                  \
	".wav\",\"seconds\":" #seconds "}"

/* A message is kept once, however often it is told; and who called is known with it. */
static void messages_are_kept(void **state)
{
	struct store s;

	(void)state;
	store_open(&s, path, 365);
	expect(&s, BEGIN(CALL, ANNA), true, NULL);
	expect(&s, MESSAGE(CALL, ANNA, 5), true, NULL);
	expect(&s, MESSAGE(CALL, ANNA, 12), true, NULL);
	expect(&s, MESSAGE(LATER, "", 3), true, NULL);
	expect(&s, "{\"do\":\"message.add\",\"call\":\"" CALL "\"}", false, "message.add: file expected");
	expect(&s, "{\"do\":\"message.list\"}", true,
	       "\"caller\":\"" ANNA "\",\"name\":\"Anna\",\"seconds\":12,\"file\":\"/m/" CALL ".wav\"}");
	expect(&s, "{\"do\":\"message.list\"}", true, "{\"call\":\"" LATER "\",\"at\":");
	expect_not(&s, "{\"do\":\"message.list\"}", "\"seconds\":5");
	expect(&s, "{\"do\":\"call.list\",\"call\":\"x\",\"callers\":[\"" ANNA "\"]}", true,
	       "\"name\":\"Anna\",\"seconds\":12}");
	store_close(&s);
}

/* Who called: one's own people, and strangers for who is known; not the others. */
static void calls_are_told_to_whom_they_concern(void **state)
{
	struct store s;

	(void)state;
	store_open(&s, path, 365);
	expect(&s, BEGIN(CALL, ANNA), true, NULL);
	expect(&s, BEGIN(LATER, BEN), true, NULL);
#define LIST(callers, known, strangers)                                                                                \
	"{\"do\":\"call.list\",\"call\":\"x\",\"callers\":[" callers "],\"known\":[" known                             \
	"],\"strangers\":" strangers "}"
	expect(&s, LIST("\"" ANNA "\"", "\"" ANNA "\",\"" BEN "\"", "true"), true, ANNA);
	expect_not(&s, LIST("\"" ANNA "\"", "\"" ANNA "\",\"" BEN "\"", "true"), BEN);
	expect(&s, LIST("\"" ANNA "\"", "\"" ANNA "\"", "true"), true, BEN);
	expect_not(&s, LIST("\"" ANNA "\"", "", "false"), BEN);
	expect(&s, TURN(CALL, "user", 1, "What is the weather?", ""), true, NULL);
	expect(&s, TURN(CALL, "assistant", 2, "Fine.", ""), true, NULL);
	expect(&s, TURN(CALL, "tool", 3, "weather: fine", ""), true, NULL);
	expect(&s, "{\"do\":\"call.last\",\"call\":\"x\",\"caller\":\"" ANNA "\"}", true,
	       "\"turns\":[{\"who\":\"user\",\"text\":\"What is the weather?\",");
	expect_not(&s, "{\"do\":\"call.last\",\"call\":\"x\",\"caller\":\"" ANNA "\"}", "tool");
	expect(&s, "{\"do\":\"call.last\",\"call\":\"" CALL "\",\"caller\":\"" ANNA "\"}", true, "\"turns\":[]");
	expect(&s, "{\"do\":\"call.last\",\"call\":\"x\",\"caller\":\"" BEN "\"}", true, "\"turns\":[]");
	store_close(&s);
}

/* A database of the first version gets what it lacks, and keeps what it has. */
static void an_older_version_is_brought_up_to_date(void **state)
{
	struct store s;
	struct db d;

	(void)state;
	store_open(&s, path, 365);
	expect(&s, BEGIN(CALL, ANNA), true, NULL);
	store_close(&s);
	assert_int_equal(db_open(&d, path), 0);
	assert_true(db_do(&d, "DROP TABLE messages", "") >= 0);
	assert_true(db_do(&d, "PRAGMA user_version = 1", "") >= 0);
	db_close(&d);
	store_open(&s, path, 365);
	expect(&s, MESSAGE(CALL, ANNA, 5), true, NULL);
	expect(&s, HEALTH, true, "\"callers\":1,\"calls\":1");
	store_close(&s);
}

static void old_messages_go_with_their_files(void **state)
{
	char file[200];
	struct store s;
	FILE *f;

	(void)state;
	snprintf(file, sizeof file, "%s/messages", folder);
	assert_int_equal(mkdir(file, 0700), 0);
	snprintf(file, sizeof file, "%s/messages/" CALL ".wav", folder);
	f = fopen(file, "w");
	assert_non_null(f);
	fclose(f);
	store_open(&s, path, 30);
	expect(&s,
	       "{\"do\":\"message.add\",\"call\":\"" CALL
	       "\",\"caller\":\"\",\"file\":\"/etc/passwd\",\"seconds\":5,\"at\":\"2020-01-01T00:00:00.000Z\"}",
	       true, NULL);
	expect(&s, MESSAGE(LATER, ANNA, 3), true, NULL);
	assert_int_equal(store_prune(&s), 1); /* perhaps there are more */
	assert_int_equal(store_prune(&s), 0);
	assert_int_equal(access(file, F_OK), -1);
	expect_not(&s, "{\"do\":\"message.list\"}", CALL);
	expect(&s, "{\"do\":\"message.list\"}", true, LATER);
	store_close(&s);
}

static void a_newer_version_is_left_alone(void **state)
{
	struct store s;
	struct db d;

	(void)state;
	assert_int_equal(db_open(&d, path), 0);
	assert_true(db_do(&d, "PRAGMA user_version = 99", "") >= 0);
	db_close(&d);
	store_open(&s, path, 365);
	expect(&s, BEGIN(CALL, ANNA), false, "it has version 99, this program knows versions up to 2");
	expect(&s, HEALTH, false, "version 99");
	assert_int_equal(count_files("*damaged*"), 0);
	store_close(&s);
}

static void a_full_disk_is_answered_and_survived(void **state)
{
	struct rlimit before, small;
	char *request = malloc(40000);
	struct store s;

	(void)state;
	store_open(&s, path, 365);
	expect(&s, BEGIN(CALL, ANNA), true, NULL);
	expect(&s, NOTE(CALL, ANNA, 1, "Before."), true, NULL);
	snprintf(request, 40000,
		 "{\"do\":\"turn\",\"call\":\"" CALL "\",\"who\":\"user\",\"seq\":9,\"text\":\"%030000d\"}", 1);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 4096;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	expect(&s, request, false, "cannot write ");
	expect(&s, request, false, "cannot write ");
	expect(&s, CONTEXT(CALL, ANNA, "\"" ANNA "\""), true, "Before.");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	expect(&s, request, true, NULL);
	expect(&s, HEALTH, true, "\"turns\":1");
	assert_int_equal(count_files("*damaged*"), 0);
	store_close(&s);
	free(request);
}

static unsigned ill;
static bool well;

static void on_health(void *ctx, bool is_well)
{
	(void)ctx;
	well = is_well;
	ill += !is_well;
}

/* A file stands where the folder should be; when it is gone the folder is made and all works, and both are told. */
static void a_folder_that_cannot_be_made_is_waited_for(void **state)
{
	char inside[sizeof path + 16];
	struct store s;

	(void)state;
	write_file("x", 0);
	snprintf(inside, sizeof inside, "%s/memory.db", path);
	store_open(&s, inside, 365);
	assert_false(store_well(&s));
	s.on_health = on_health;
	expect(&s, BEGIN(CALL, ANNA), false, "cannot make ");
	expect(&s, HEALTH, false, ": Not a directory");
	assert_int_equal(ill, 2);
	assert_int_equal(unlink(path), 0);
	s.try_again_us = 0; /* five seconds later */
	expect(&s, BEGIN(CALL, ANNA), true, NULL);
	expect(&s, HEALTH, true, NULL);
	assert_true(well && store_well(&s));
	store_close(&s);
}

static void old_calls_are_forgotten_facts_are_not(void **state)
{
	struct store s;

	(void)state;
	store_open(&s, path, 30);
	expect(&s,
	       "{\"do\":\"call.begin\",\"call\":\"" CALL "\",\"caller\":\"" ANNA
	       "\",\"at\":\"2020-01-01T00:00:00.000Z\"}",
	       true, NULL);
	expect(&s,
	       "{\"do\":\"call.begin\",\"call\":\"old\",\"caller\":\"" BEN "\",\"at\":\"2020-01-01T00:00:00.000Z\"}",
	       true, NULL);
	expect(&s, TURN(CALL, "user", 1, "Forgettable.", ""), true, NULL);
	expect(&s, NOTE(CALL, ANNA, 2, "Memorable."), true, NULL);
	expect(&s, BEGIN(LATER, ANNA), true, NULL);
	while (store_prune(&s))
		;
	expect(&s, HEALTH, true, "\"callers\":1,\"calls\":1,\"turns\":0,\"notes\":1");
	expect(&s, CONTEXT(LATER, ANNA, "\"" ANNA "\""), true, "Memorable.");
	expect_not(&s, SEARCH(LATER, ANNA, "\"" ANNA "\"", "forgettable"), "Forgettable");
	s.keep_days = 0; /* for ever */
	assert_int_equal(store_prune(&s), 0);
	store_close(&s);
}

static void calls_that_nobody_ended_are_over(void **state)
{
	struct cJSON *rows;
	struct store s;
	char *text;

	(void)state;
	store_open(&s, path, 0);
	expect(&s,
	       "{\"do\":\"call.begin\",\"call\":\"old\",\"caller\":\"" BEN "\",\"at\":\"2020-01-01T00:00:00.000Z\"}",
	       true, NULL);
	expect(&s,
	       "{\"do\":\"turn\",\"call\":\"old\",\"who\":\"user\",\"seq\":1,\"at_us\":1,\"text\":\"Hm.\","
	       "\"at\":\"2020-01-01T00:01:00.000Z\"}",
	       true, NULL);
	expect(&s, BEGIN(LATER, ANNA), true, NULL); /* goes on */
	assert_int_equal(store_prune(&s), 0);
	rows = db_rows(&s.db, "SELECT ended_at, reason FROM calls ORDER BY begun_at", "");
	text = json_print(rows);
	assert_string_equal(text, "[{\"ended_at\":\"2020-01-01T00:01:00.000Z\",\"reason\":\"failed\"},{}]");
	free(text);
	store_close(&s);
}

/* However much there is, an answer is one message. */
static void answers_are_bounded(void **state)
{
	char *request = malloc(20000), *printed;
	struct store s;

	(void)state;
	store_open(&s, path, 365);
	expect(&s, BEGIN(CALL, ANNA), true, NULL);
	for (int i = 1; i < 40; i++) {
		snprintf(request, 20000,
			 "{\"do\":\"turn\",\"call\":\"" CALL
			 "\",\"who\":\"user\",\"seq\":%d,\"at_us\":%d,\"text\":\"turn%d %08000d\"}",
			 i, i, i, 1);
		expect(&s, request, true, NULL);
		snprintf(request, 20000,
			 "{\"do\":\"note.add\",\"call\":\"" CALL "\",\"caller\":\"" ANNA
			 "\",\"seq\":%d,\"text\":\"note%d %0900d\"}",
			 i, i, 1);
		expect(&s, request, true, NULL);
	}
	printed = json_print(ask(&s, CONTEXT(CALL, ANNA, "\"" ANNA "\"")));
	assert_in_range(strlen(printed), 40000, STORE_MESSAGE_MAX);
	assert_true(strstr(printed, "turn39 ") && strstr(printed, "note39 "));
	assert_true(strstr(printed, "turn38 ") < strstr(printed, "turn39 "));
	free(printed);
	free(request);
	store_close(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_call_is_remembered, begin),
		cmocka_unit_test_setup(what_is_said_twice_is_there_once, begin),
		cmocka_unit_test_setup(nobody_hears_of_another_but_in_a_household, begin),
		cmocka_unit_test_setup(mistakes_are_answered, begin),
		cmocka_unit_test_setup(a_file_that_is_no_database_is_moved_aside, begin),
		cmocka_unit_test_setup(damage_that_is_met_later_costs_no_request, begin),
		cmocka_unit_test_setup(messages_are_kept, begin),
		cmocka_unit_test_setup(calls_are_told_to_whom_they_concern, begin),
		cmocka_unit_test_setup(an_older_version_is_brought_up_to_date, begin),
		cmocka_unit_test_setup(old_messages_go_with_their_files, begin),
		cmocka_unit_test_setup(a_newer_version_is_left_alone, begin),
		cmocka_unit_test_setup(a_full_disk_is_answered_and_survived, begin),
		cmocka_unit_test_setup(a_folder_that_cannot_be_made_is_waited_for, begin),
		cmocka_unit_test_setup(calls_that_nobody_ended_are_over, begin),
		cmocka_unit_test_setup(old_calls_are_forgotten_facts_are_not, begin),
		cmocka_unit_test_setup(answers_are_bounded, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
