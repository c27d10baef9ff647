#include "../../cmd/rd-ctl/report.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"

#define NOW 1795236420 /* 2026-11-21T04:47:00Z */

static const char status[] = "{\"ok\":true,\"version\":\"0.1.0\",\"config\":7,\"state\":\"ready\","
			     "\"services\":[{\"program\":\"rd-store\",\"pid\":10,\"life\":0,\"state\":\"up\"},"
			     "{\"program\":\"rd-webhook\",\"pid\":4711,\"life\":2,\"state\":\"up\"}],"
			     "\"calls\":[{\"call\":\"CA3f\",\"agent\":\"home\",\"from_tail\":\"4567\",\"since\":\"2026-"
			     "11-21T04:44:58.500Z\","
			     "\"state\":\"talking\",\"stages\":[{\"place\":1,\"program\":\"rd-ingest\",\"pid\":20,"
			     "\"life\":0,\"state\":\"up\",\"queue\":0,"
			     "\"high\":12,\"shed\":3}]}]}";

static void show_status(const struct cJSON *answer, FILE *out)
{
	report_status(answer, NOW, out);
}

static void show_calls(const struct cJSON *answer, FILE *out)
{
	report_calls(answer, NOW, out);
}

static const struct {
	void (*show)(const struct cJSON *answer, FILE *out);
	const char *answer, *shown;
} cases[] = {
	{ show_status, status,
	  "ringdown 0.1.0, ready, configuration 7\n"
	  "\n"
	  "SERVICE     PID   LIFE  STATE\n"
	  "rd-store    10    0     up\n"
	  "rd-webhook  4711  2     up\n"
	  "\n"
	  "CA3f  home  …4567  2 min 2 s  talking\n"
	  "       STAGE      PID  LIFE  STATE  QUEUE  HIGH  SHED\n"
	  "    1  rd-ingest  20   0     up     0      12    3\n" },
	{ show_status, "{\"version\":\"0.1.0\",\"config\":1,\"state\":\"ready\",\"services\":[],\"calls\":[]}",
	  "ringdown 0.1.0, ready, configuration 1\n\nSERVICE  PID  LIFE  STATE\n\nno calls\n" },
	{ show_calls, status, "CALL  AGENT  FROM   SINCE      STATE\nCA3f  home   …4567  2 min 2 s  talking\n" },
	{ show_calls,
	  "{\"calls\":[{\"call\":\"CA1\",\"agent\":\"a\",\"from_tail\":\"none\",\"since\":\"yesterday\",\"state\":"
	  "\"ringing\"}]}",
	  "CALL  AGENT  FROM  SINCE  STATE\nCA1   a      none  -      ringing\n" },
	{ show_calls, "{}", "no calls\n" },
	{ report_messages, "{\"messages\":[]}", "no messages\n" },
	{ report_messages,
	  "{\"messages\":[{\"at\":\"2026-11-21T04:44:58.500Z\",\"caller\":\"+15551234567\",\"name\":\"Anna\",\"seconds\":12,"
	  "\"file\":\"/m/CA1.wav\"},{\"at\":\"2026-11-21T04:44:58.500Z\",\"seconds\":3,\"file\":\"/m/CA2.wav\"},"
	  "{\"at\":\"2026-11-21T04:44:58.500Z\",\"caller\":\"+15551234567\",\"seconds\":1,\"file\":\"/m/CA3.wav\"}]}",
	  "AT                        FROM        SECONDS  FILE\n"
	  "2026-11-21T04:44:58.500Z  Anna …4567  12       /m/CA1.wav\n"
	  "2026-11-21T04:44:58.500Z  none        3        /m/CA2.wav\n"
	  "2026-11-21T04:44:58.500Z  …4567       1        /m/CA3.wav\n" },
	{ report_show,
	  "{\"call\":\"CA1\",\"agent\":\"home\",\"dir\":\"/x\",\"stages\":[{\"program\":\"a\",\"command\":\"a -c "
	  "f\"},{\"command\":\"b\"}]}",
	  "CA1, agent home, folder /x\n\na -c f\nb\n" },
	{ report_requests,
	  "{\"requests\":[{\"at\":\"t\",\"method\":\"POST\",\"path\":\"/"
	  "twiml\\u001b[2J\",\"verdict\":\"signature\",\"detail\":\"\"}]}",
	  "AT  METHOD  PATH        VERDICT    DETAIL\nt   POST    /twiml [2J  signature  -\n" },
	{ report_requests, "{\"requests\":[]}", "no requests yet\n" },
};

static void answers_are_laid_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cJSON *answer = json_parse(cases[i].answer, strlen(cases[i].answer));
		char *shown = NULL;
		size_t n = 0;
		FILE *out = open_memstream(&shown, &n);

		assert_non_null(answer);
		cases[i].show(answer, out);
		fclose(out);
		assert_string_equal(shown, cases[i].shown);
		free(shown);
		cJSON_Delete(answer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answers_are_laid_out) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
