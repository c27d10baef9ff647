#include "../../cmd/rd-webhook/caller.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "conf.h"

static void caller_is_known_by_number_only(void **state)
{
	static const struct {
		const char *from;
		bool known;
	} cases[] = {
		{ "+15551234567", true },
		{ "+15550001", true },
		{ "15551234567", false },
		{ "+05551234567", false },
		{ "", false },
		{ "+", false },
		{ NULL, false },
		{ "+1555123456789012", false },
		{ " +15551234567", false },
		{ "+15551234567 ", false },
		{ "+1 5551234567", false },
		{ "+1555123456a", false },
		{ "++15551234567", false },
		{ "anonymous", false },
		{ "Restricted", false },
		{ "+266696687", false },
		{ "+86282452253", false },
		{ "+8656696", false },
		{ "+2562533", false },
		{ "+7378742833", false },
		{ "client:anna", false },
		{ "*", false },
		{ "sip:+15551234567@example.com", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if ((caller_identity(cases[i].from) != NULL) != cases[i].known)
			fail_msg("%s", cases[i].from);
}

static void caller_attestation_is_exact(void **state)
{
	static const struct {
		const char *verstat, *attestation;
	} cases[] = {
		{ "TN-Validation-Passed-A", "A" },
		{ "TN-Validation-Passed-B", "B" },
		{ "TN-Validation-Passed-C", "C" },
		{ "TN-Validation-Failed", "failed" },
		{ "TN-Validation-Failed-A", "failed" },
		{ "TN-Validation-Passed-A-Diverted", "none" },
		{ "TN-Validation-Passed-A-Passthrough", "none" },
		{ "No-TN-Validation", "none" },
		{ "NULL", "none" },
		{ "", "none" },
		{ NULL, "none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(caller_attestation(cases[i].verstat), cases[i].attestation);
}

static void caller_decision(void **state)
{
	static const struct {
		struct caller_facts facts;
		const char *agent;
	} cases[] = {
		{ { .default_agent = "home" }, NULL },
		{ { .number_agent = "desk", .default_agent = "home" }, NULL },
		{ { .listed = true, .own_agent = "quick", .number_agent = "desk", .default_agent = "home" }, "quick" },
		{ { .listed = true, .own_agent = "", .number_agent = "desk", .default_agent = "home" }, "desk" },
		{ { .listed = true, .own_agent = "", .default_agent = "home" }, "home" },
		{ { .listed = true, .anyone = true, .anyones_agent = "offline", .default_agent = "home" }, "home" },
		{ { .anyone = true, .anyones_agent = "offline", .number_agent = "desk", .default_agent = "home" },
		  "offline" },
		{ { .anyone = true, .number_agent = "desk" }, "desk" },
		{ { .anyone = true, .default_agent = "" }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct caller_verdict v = caller_decide(&cases[i].facts);

		assert_int_equal(v.listed, cases[i].facts.listed);
		if (cases[i].agent) {
			assert_string_equal(v.agent, cases[i].agent);
			assert_null(v.refused);
		} else {
			assert_null(v.agent);
			assert_non_null(v.refused);
		}
	}
}

#define OWNERS                                                                                                         \
	"general { default-agent = \"home\" }\n"                                                                       \
	"agent \"home\" { }\nagent \"quick\" { }\nagent \"desk\" { }\nagent \"offline\" { }\n"                         \
	"caller \"+15551234567\" { agent = \"quick\" calls-per-hour = 10 }\ncaller \"+15557654321\" { }\n"             \
	"number \"+15550100001\" { agent = \"desk\" }\n"
#define ANYONE "caller \"*\" { agent = \"offline\" calls-per-hour = 2 }\n"

static struct conf *read_conf(const char *text)
{
	char path[] = "/tmp/t_caller.XXXXXX", error[512];
	int fd = mkstemp(path);
	struct conf *c;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	c = conf_open(path, error, sizeof error);
	unlink(path);
	if (!c)
		fail_msg("%s", error);
	return c;
}

static void caller_is_found_in_the_configuration(void **state)
{
	static const struct {
		const char *conf, *from, *to, *agent;
	} cases[] = {
		{ OWNERS, "+15551234567", "+15550100000", "quick" },
		{ OWNERS, "+15551234567", "+15550100001", "quick" },
		{ OWNERS, "+15557654321", "+15550100000", "home" },
		{ OWNERS, "+15557654321", "+15550100001", "desk" },
		{ OWNERS, "+15557654321", NULL, "home" },
		{ OWNERS, "+15550000000", "+15550100001", NULL },
		{ OWNERS, "anonymous", "+15550100001", NULL },
		{ OWNERS, NULL, "+15550100001", NULL },
		{ OWNERS, "*", "+15550100001", NULL },
		{ OWNERS ANYONE, "+15551234567", "+15550100000", "quick" },
		{ OWNERS ANYONE, "+15550000000", "+15550100001", "offline" },
		{ OWNERS ANYONE, "+266696687", "+15550100001", "offline" },
		{ OWNERS ANYONE, "", "+15550100001", "offline" },
		{ "agent \"first\" { }\nagent \"home\" { }\ncaller \"*\" { }\n", "+15550000000", "+15550100001",
		  "first" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct conf *c = read_conf(cases[i].conf);
		struct caller_verdict v = caller_agent(c, cases[i].from, cases[i].to);

		if (cases[i].agent)
			assert_string_equal(v.agent, cases[i].agent);
		else
			assert_null(v.agent);
		conf_close(c);
	}
}

static void caller_has_calls_per_hour(void **state)
{
	struct conf *c = read_conf(OWNERS ANYONE);

	(void)state;
	assert_int_equal(caller_calls_per_hour(c, "+15551234567"), 10);
	assert_int_equal(caller_calls_per_hour(c, "+15550000000"), 2);
	assert_int_equal(caller_calls_per_hour(c, "anonymous"), 2);
	conf_close(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caller_is_known_by_number_only),
		cmocka_unit_test(caller_attestation_is_exact),
		cmocka_unit_test(caller_decision),
		cmocka_unit_test(caller_is_found_in_the_configuration),
		cmocka_unit_test(caller_has_calls_per_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
