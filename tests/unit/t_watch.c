#include "../../cmd/rd-ctl/watch.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"

#define CALL "CA0123456789abcdef0123456789abcd3f"

/* Of one call: when, in ms after its beginning, what is said, and what a person reads. */
static const struct {
	unsigned ms;
	const char *from, *event, *shown;
} story[] = {
	{ 0, "1.0", "{\"type\":\"call.setup\",\"from\":\"+15551234567\",\"to\":\"+15550100000\",\"agent\":\"home\"}",
	  "   0.0s  call       " CALL " from …4567 to …0000, agent home\n" },
	{ 5, "2.0", "{\"type\":\"stage.hello\",\"program\":\"rd-bridge\",\"version\":\"0.1.0\",\"needs\":[]}", "" },
	{ 100, "1.0", "{\"type\":\"call.start\",\"stream\":\"MZ1\",\"step\":0,\"resumed\":\"no\"}",
	  "   0.1s  call       is through\n" },
	{ 120, "1.0", "{\"type\":\"call.setup\",\"from\":\"+15551234567\",\"to\":\"+15550100000\",\"agent\":\"home\"}",
	  "" }, /* again */
	{ 120, "1.0", "{\"type\":\"call.start\",\"stream\":\"MZ1\",\"step\":0,\"resumed\":\"no\"}", "" },
	{ 300, "2.0",
	  "{\"type\":\"assistant.done\",\"item\":\"2.0.1\",\"text\":\"Hello.\",\"sent_ms\":700,\"status\":"
	  "\"complete\"}",
	  "   0.3s  assistant  Hello.\n" },
	{ 400, "2.0", "{\"type\":\"assistant.state\",\"state\":\"speaking\"}", "" }, /* a greeting answers nobody */
	{ 4000, "2.0", "{\"type\":\"user.speech.stopped\",\"speech_ms\":900}", "" },
	{ 4300, "2.0", "{\"type\":\"user.text\",\"utterance\":\"u\",\"text\":\"what\",\"final\":false}", "" },
	{ 4350, "2.0", "{\"type\":\"user.text\",\"utterance\":\"u\",\"text\":\"what time is it\",\"final\":true}",
	  "   4.3s  caller     what time is it\n" },
	{ 4400, "2.0", "{\"type\":\"tool.call\",\"id\":\"t1\",\"name\":\"time\",\"arguments\":{\"zone\":\"UTC\"}}",
	  "   4.4s  tool       time {\"zone\":\"UTC\"}\n" },
	{ 4412, "3.0",
	  "{\"type\":\"tool.result\",\"id\":\"t1\",\"name\":\"time\",\"ok\":true,\"text\":\"ten\",\"outcome\":"
	  "\"done\"}",
	  "   4.4s  tool       time done in 12 ms: ten\n" },
	{ 4640, "2.0", "{\"type\":\"assistant.state\",\"state\":\"speaking\"}",
	  "   4.6s  assistant  (speaks after 640 ms)\n" },
	{ 4650, "2.0", "{\"type\":\"assistant.state\",\"state\":\"speaking\"}", "" },
	{ 6000, "2.0", "{\"type\":\"call.clear\",\"why\":\"speech\",\"id\":\"c\"}",
	  "   6.0s  caller     interrupts\n" },
	{ 6050, "1.0",
	  "{\"type\":\"call.cleared\",\"id\":\"c\",\"items\":[{\"item\":\"2.0.2\",\"heard_ms\":1360,\"sent_ms\":5200,"
	  "\"end\":false}]}",
	  "   6.0s  assistant  was cut: heard 1360 of 5200 ms\n" },
	{ 6060, "1.0",
	  "{\"type\":\"call.cleared\",\"id\":\"c\",\"items\":[{\"item\":\"2.0.1\",\"heard_ms\":5,\"sent_ms\":5,\"end\":"
	  "true}]}",
	  "" },
	{ 7000, "2.1", "{\"type\":\"stage.hello\",\"program\":\"rd-bridge\",\"version\":\"0.1.0\",\"needs\":[]}",
	  "   7.0s  stage      rd-bridge was started again (place and life 2.1)\n" },
	{ 8000, "1.0", "{\"type\":\"call.lost\",\"why\":\"reset\",\"heard_ms\":5}",
	  "   8.0s  call       the stream broke: reset\n" },
	{ 8100, "1.0", "{\"type\":\"call.lost\",\"why\":\"reset\",\"heard_ms\":5}", "" },
	{ 8500, "1.0", "{\"type\":\"call.start\",\"stream\":\"MZ2\",\"step\":1,\"resumed\":\"lost\"}",
	  "   8.5s  call       goes on (lost)\n" },
	{ 9000, "1.0", "{\"type\":\"user.key\",\"digit\":\"5\"}", "   9.0s  caller     presses 5\n" },
	{ 9100, "2.0", "{\"type\":\"user.text\",\"text\":\"\\u001b[2J\\u009b1m\\nx\",\"final\":true}",
	  "   9.1s  caller      [2J\u00a01m x\n" },
	{ 9200, "2.0", "{\"type\":\"made.up\",\"text\":\"x\"}", "" },
	{ 9300, "3.0", "{\"type\":\"call.next\",\"id\":\"n\",\"verb\":\"transfer\",\"to\":\"+15557654321\"}",
	  "   9.3s  call       to be transferred to …4321\n" },
	{ 9999, "1.0", "{\"type\":\"call.end\",\"reason\":\"caller\"}", "  10.0s  call       has ended: caller\n" },
};

static struct cJSON *line_of(const char *call, unsigned ms, const char *from, const char *event)
{
	return json_make("call:s at_us:n from:s event:j", call, 5000000LL + 1000LL * ms, from,
			 json_parse(event, strlen(event)));
}

static void a_call_reads_like_a_story(void **state)
{
	struct view v = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof story / sizeof story[0]; i++) {
		struct cJSON *line = line_of(CALL, story[i].ms, story[i].from, story[i].event);
		char *shown = NULL;
		size_t n = 0;

		v.out = open_memstream(&shown, &n);
		watch_print(&v, line);
		fclose(v.out);
		assert_string_equal(shown, story[i].shown);
		free(shown);
		cJSON_Delete(line);
	}
}

static void several_calls_are_told_apart(void **state)
{
	char *shown = NULL;
	size_t n = 0;
	struct view v = { .out = open_memstream(&shown, &n), .many = true };

	(void)state;
	for (unsigned i = 0; i < 3 * WATCH_CALLS; i++) { /* more than are remembered */
		struct cJSON *line;
		char call[40];

		snprintf(call, sizeof call, "CA%032x", i);
		line = line_of(call, 1000 * i, "1.0", "{\"type\":\"user.key\",\"digit\":\"1\"}");
		watch_print(&v, line);
		cJSON_Delete(line);
	}
	fclose(v.out);
	assert_non_null(strstr(shown, "…002f    0.0s  caller     presses 1\n"));
	free(shown);
}

static void what_is_no_event_shows_nothing(void **state)
{
	static const char *const lines[] = { "{}",
					     "{\"ok\":true}",
					     "{\"event\":5}",
					     "{\"event\":{}}",
					     "{\"event\":{\"type\":5}}",
					     "{\"event\":{\"type\":\"tool.call\"}}",
					     "{\"event\":{\"type\":\"call.cleared\",\"items\":[1,{}]}}" };
	struct view v = { .out = fopen("/dev/null", "w") };

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		struct cJSON *line = json_parse(lines[i], strlen(lines[i]));

		watch_print(&v, line);
		cJSON_Delete(line);
	}
	fclose(v.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_reads_like_a_story),
		cmocka_unit_test(several_calls_are_told_apart),
		cmocka_unit_test(what_is_no_event_shows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
