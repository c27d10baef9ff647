#include "../../cmd/rd-phone/plays.h"

#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../cmd/rd-phone/playout.h"
#include "../../cmd/rd-phone/summary.h"

#include <cjson/cJSON.h>

#include "clock.h"
#include "json.h"

static void on_heard(void *ctx, const uint8_t *mulaw, size_t n, uint64_t at_us)
{
	(void)ctx;
	(void)mulaw;
	(void)n;
	(void)at_us;
}

static void on_mark(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
}

static const struct playout_calls calls = { on_heard, on_mark };

static void plays_are_told_from_clear_to_clear(void **state)
{
	static const struct { /* audio that comes, and when it is cleared; what is told of it */
		unsigned come_ms, ms, clear_ms;
		double late_ms, heard_ms;
	} cases[] = {
		{ 1000, 500, 1200, 0, 200 },
		{ 1500, 300, 1500, 7, 0 },
		{ 2000, 400, 3000, 0, 400 },
	};
	static uint8_t audio[8 * 500];
	struct playout o;
	struct plays p = { 0 };
	struct summary s;
	const struct cJSON *list;

	(void)state;
	assert_int_equal(playout_open(&o, &calls, NULL), 0);
	assert_int_equal(summary_open(&s), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(playout_audio(&o, audio, 8 * cases[i].ms, cases[i].come_ms * MS), 0);
		plays_audio(&p, cases[i].come_ms * MS);
		plays_late(&p, 100 * MS, 100 * MS + (uint64_t)(cases[i].late_ms * MS));
		plays_late(&p, 0, 5 * SECOND); /* it was not due at all */
		playout_advance(&o, cases[i].clear_ms * MS);
		plays_end(&p, &o, &s, "clear", cases[i].clear_ms * MS);
		playout_clear(&o, cases[i].clear_ms * MS);
	}
	list = json_array(s.lists, "plays");
	assert_int_equal(cJSON_GetArraySize(list), sizeof cases / sizeof cases[0]);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct cJSON *play = cJSON_GetArrayItem(list, (int)i);

		assert_int_equal(json_number(play, "received_ms", -1), cases[i].ms);
		assert_true(json_number(play, "heard_ms", -1) == cases[i].heard_ms);
		assert_true(json_number(play, "late_ms", -1) == cases[i].late_ms);
		assert_true(json_number(play, "from_us", -1) == (double)(cases[i].come_ms * MS));
		assert_true(json_number(play, "at_us", -1) == (double)(cases[i].clear_ms * MS));
	}
	summary_close(&s);
	playout_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plays_are_told_from_clear_to_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
