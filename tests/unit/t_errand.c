#include "../../cmd/rd-ingest/errand.h"

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"

static const char *read_text(struct errand *o, const char *text, uint64_t now_us)
{
	struct cJSON *event = json_parse(text, strlen(text));
	const char *why = errand_read(o, event, now_us);

	assert_non_null(event);
	cJSON_Delete(event);
	return why;
}

static void errand_becomes_the_file(void **state)
{
	static const struct {
		const char *event, *file;
		bool by_speech;
		long away_s;
	} cases[] = {
		{ "{\"type\":\"call.next\",\"id\":\"a\",\"verb\":\"hangup\"}", "{\"step\":3,\"verb\":\"hangup\"}", true,
		  0 },
		{ "{\"id\":\"a\",\"verb\":\"hangup\",\"reason\":\"idle\"}", "{\"step\":3,\"verb\":\"hangup\"}", true, 0 },
		{ "{\"id\":\"a\",\"verb\":\"press\",\"digits\":\"ww12#*\"}",
		  "{\"step\":3,\"verb\":\"press\",\"digits\":\"ww12#*\"}", true, 6 },
		{ "{\"id\":\"a\",\"verb\":\"say\",\"text\":\"Sorry.\"}",
		  "{\"step\":3,\"verb\":\"say\",\"text\":\"Sorry.\"}", false, 0 },
		{ "{\"id\":\"a\",\"verb\":\"transfer\",\"to\":\"+15557654321\",\"return\":true}",
		  "{\"step\":3,\"verb\":\"transfer\",\"to\":\"+15557654321\",\"return\":true}", true, 14700 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct errand o;
		char *file;

		assert_null(read_text(&o, cases[i].event, 1));
		assert_string_equal(o.id, "a");
		file = errand_file(&o, 3);
		assert_string_equal(file, cases[i].file);
		free(file);
		assert_int_equal(errand_disarmed_by_speech(&o), cases[i].by_speech);
		assert_int_equal(errand_away_s(&o), cases[i].away_s);
	}
}

static void errand_refuses_what_cannot_be_done(void **state)
{
	static const char *const cases[] = {
		"{\"id\":\"a\"}",
		"{\"id\":\"a\",\"verb\":\"hold\"}",
		"{\"id\":\"a\",\"verb\":\"\"}",
		"{\"id\":\"a\",\"verb\":\"press\"}",
		"{\"id\":\"a\",\"verb\":\"press\",\"digits\":\"\"}",
		"{\"id\":\"a\",\"verb\":\"press\",\"digits\":\"12x\"}",
		"{\"id\":\"a\",\"verb\":\"press\",\"digits\":\"123456789012345678901234567890123\"}",
		"{\"id\":\"a\",\"verb\":\"say\"}",
		"{\"id\":\"a\",\"verb\":\"transfer\",\"to\":\"5551234\"}",
		"{\"id\":\"a\",\"verb\":\"transfer\",\"to\":\"+1555\\u003c765\"}",
		"{\"verb\":\"hangup\"}",
		"{\"id\":7,\"verb\":\"hangup\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct errand o;

		assert_non_null(read_text(&o, cases[i], 1));
		assert_int_equal(o.verb, ERRAND_NONE);
	}
}

static void errand_waits_for_stillness(void **state)
{
	static const struct {
		long at_ms;
		enum errand_scene scene;
		long due_ms;
	} cases[] = {
		{ 1000, ERRAND_WAITS, 16000 },	{ 2000, ERRAND_STILL, 2300 },	{ 2200, ERRAND_STILL, 2300 },
		{ 2250, ERRAND_WAITS, 16000 },	{ 2400, ERRAND_STILL, 2700 },	{ 2700, ERRAND_STILL, 2700 },
		{ 9000, ERRAND_WAITS, 16000 },	{ 15800, ERRAND_STILL, 16000 }, { 15900, ERRAND_HEARS, 30900 },
		{ 29000, ERRAND_HEARS, 44000 }, { 30000, ERRAND_WAITS, 44000 }, { 31000, ERRAND_STILL, 31300 },
	};
	struct errand o;

	(void)state;
	assert_null(read_text(&o, "{\"id\":\"a\",\"verb\":\"hangup\"}", 1000 * MS));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(errand_due(&o, cases[i].scene, (uint64_t)cases[i].at_ms * MS) / MS, cases[i].due_ms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errand_becomes_the_file),
		cmocka_unit_test(errand_refuses_what_cannot_be_done),
		cmocka_unit_test(errand_waits_for_stillness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
