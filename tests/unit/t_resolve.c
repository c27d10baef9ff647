#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "resolve.h"

static struct loop loop;
static struct resolve_answer last;
static int answers;

static void on_resolved(void *ctx, const struct resolve_answer *answer)
{
	(void)ctx;
	last = *answer;
	answers++;
}

static void names_become_addresses(void **state)
{
	static const struct {
		const char *host, *address;
	} cases[] = { { "127.0.0.1", "127.0.0.1" }, { "::1", "::1" }, { "localhost", NULL }, { "no.such.name.invalid", "" } };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct resolve r = { .on = on_resolved };

		answers = 0;
		assert_int_equal(resolve_start(&r, &loop, cases[i].host), 0);
		while (!answers)
			assert_int_equal(loop_step(&loop, 20000), 0);
		if (cases[i].address && !*cases[i].address) {
			assert_int_equal(last.count, 0);
			assert_true(last.why[0] != 0);
		} else {
			assert_true(last.count > 0);
			if (cases[i].address)
				assert_string_equal(last.addresses[0], cases[i].address);
		}
	}
}

static void a_stopped_one_is_never_answered(void **state)
{
	struct resolve r = { .on = on_resolved };
	char longer[300];

	(void)state;
	answers = 0;
	assert_int_equal(resolve_start(&r, &loop, "localhost"), 0);
	resolve_stop(&r);
	resolve_stop(&r);
	assert_int_equal(loop_step(&loop, 0), 0);
	assert_int_equal(answers, 0);
	memset(longer, 'a', sizeof longer - 1);
	longer[sizeof longer - 1] = 0;
	assert_int_equal(resolve_start(&r, &loop, longer), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_addresses),
		cmocka_unit_test(a_stopped_one_is_never_answered),
	};
	int failed;

	if (loop_open(&loop) < 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	loop_close(&loop);
	return failed;
}
