#include "../../cmd/rd-bridge/realtime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <cjson/cJSON.h>

#include "json.h"

/* Reads a copy, since it is changed in place; the copy lies in a block of its own size, for the sanitizer's sake. */
static int read_copy(struct realtime_event *e, const char *text, size_t n, char **copy, const char **why)
{
	*copy = malloc(n + 1);
	assert_non_null(*copy);
	memcpy(*copy, text, n);
	(*copy)[n] = 0;
	return realtime_read(e, *copy, n, why);
}

#define DELTA "\"response_id\":\"r1\",\"item_id\":\"i1\",\"output_index\":0,\"content_index\":2,\"delta\":"

static const struct {
	const char *text;
	enum realtime_type type;
	const char *response, *item, *words, *audio;
	int content;
	bool flat;
} good[] = {
	{ "{\"type\":\"response.output_audio.delta\",\"event_id\":\"e\"," DELTA "\"/////w==\"}", REALTIME_AUDIO, "r1", "i1", "",
	  "\xff\xff\xff\xff", 2, true },
	{ "{\"type\":\"response.audio.delta\"," DELTA "\"gAA=\"}", REALTIME_AUDIO, "r1", "i1", "", "\x80\0", 2, true },
	{ " {\"delta\" : \"gICA\", \"type\" : \"response.output_audio.delta\" , \"item_id\":\"i1\"} \n", REALTIME_AUDIO, "", "i1", "",
	  "\x80\x80\x80", 0, true },
	{ "{\"type\":\"response.output_audio.delta\"," DELTA "\"\\/\\/\\/\\/\"}", REALTIME_AUDIO, "r1", "i1", "", "\xff\xff\xff", 2,
	  false },
	{ "{\"type\":\"response.output_audio.delta\"," DELTA "\"\"}", REALTIME_AUDIO, "r1", "i1", "", "", 2, true },
	{ "{\"type\":\"response.output_audio.delta\"," DELTA "null}", REALTIME_AUDIO, "r1", "i1", "", "", 2, false },
	{ "{\"type\":\"response.output_audio_transcript.delta\"," DELTA "\" three\"}", REALTIME_WORDS, "r1", "i1", " three", NULL, 2,
	  true },
	{ "{\"type\":\"response.output_audio_transcript.delta\"," DELTA "\"say \\\"so\\\"\"}", REALTIME_WORDS, "r1", "i1",
	  "say \"so\"", NULL, 2, false },
	{ "{\"type\":\"response.audio_transcript.done\",\"item_id\":\"i1\",\"transcript\":\"Hello.\"}", REALTIME_WORDS_DONE, "", "i1",
	  "Hello.", NULL, 0, true },
	{ "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":300,\"item_id\":\"u1\"}", REALTIME_SPEECH_STARTED, "",
	  "u1", "", NULL, 0, true },
	{ "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"u1\",\"content_index\":0,"
	  "\"transcript\":\"Paris?\",\"usage\":{\"type\":\"duration\",\"seconds\":2}}",
	  REALTIME_TRANSCRIBED, "", "u1", "Paris?", NULL, 0, false },
	{ "{\"type\":\"response.created\",\"response\":{\"id\":\"r7\",\"status\":\"in_progress\"}}", REALTIME_RESPONSE_CREATED, "r7",
	  "", "", NULL, 0, false },
	{ "{\"type\":\"something.new\",\"item_id\":\"x\"}", REALTIME_OTHER, "", "x", "", NULL, 0, false },
	{ "{\"type\":\"ping\"}", REALTIME_OTHER, "", "", "", NULL, 0, false },
};

static void messages_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct realtime_event e;
		const char *why = NULL;
		char *copy;

		if (read_copy(&e, good[i].text, strlen(good[i].text), &copy, &why) < 0)
			fail_msg("%s: %s", good[i].text, why);
		assert_int_equal(e.type, good[i].type);
		assert_string_equal(e.response_id, good[i].response);
		assert_string_equal(e.item_id, good[i].item);
		if (e.type != REALTIME_AUDIO)
			assert_string_equal(e.text, good[i].words);
		assert_int_equal(e.content_index, good[i].content);
		assert_int_equal(e.json == NULL, good[i].flat);
		realtime_free(&e);
		free(copy);
	}
}

static void audio_is_decoded(void **state)
{
	static const size_t bytes[] = { 4, 2, 3, 3, 0, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
		struct realtime_event e;
		const char *why;
		char *copy;

		assert_int_equal(read_copy(&e, good[i].text, strlen(good[i].text), &copy, &why), 0);
		assert_int_equal(e.audio_bytes, bytes[i]);
		if (bytes[i])
			assert_memory_equal(e.audio, good[i].audio, bytes[i]);
		realtime_free(&e);
		free(copy);
	}
}

static void nonsense_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"x",
		"[]",
		"{}",
		"{\"type\":5}",
		"{\"type\":\"error\"",
		"{\"type\":\"error\"} more",
		"{\"type\":\"response.output_audio.delta\",\"delta\":\"A\"}",
		"{\"type\":\"response.output_audio.delta\",\"delta\":\"*A==\"}",
		"{\"type\":\"response.output_audio.delta\",\"delta\":\"AAAA",
		"{\"type\":\"response.done\",\"response\":{\"id\":"
		"\"0123456789012345678901234567890123456789012345678901234567890123456789\"}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct realtime_event e;
		const char *why = NULL;
		char *copy;

		assert_int_equal(read_copy(&e, bad[i], strlen(bad[i]), &copy, &why), -1);
		assert_non_null(why);
		assert_null(e.json);
		free(copy);
	}
}

/* Every prefix of a good message, and every message with one byte changed: never beyond its block, never a crash. */
static void cut_and_bent_messages_harm_nobody(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		for (size_t n = 0; n < strlen(good[i].text); n++) {
			struct realtime_event e;
			char bent[512], *copy;
			const char *why;

			if (read_copy(&e, good[i].text, n, &copy, &why) == 0)
				realtime_free(&e);
			free(copy);
			snprintf(bent, sizeof bent, "%s", good[i].text);
			bent[n] = (char)(bent[n] ^ 0x14);
			if (read_copy(&e, bent, strlen(bent), &copy, &why) == 0)
				realtime_free(&e);
			free(copy);
		}
}

static void a_response_is_read(void **state)
{
	static const char text[] =
		"{\"type\":\"response.done\",\"response\":{\"id\":\"r1\",\"status\":\"failed\",\"status_details\":{\"type\":\"failed\","
		"\"error\":{\"type\":\"x\",\"code\":\"server_error\",\"message\":\"m\"}},\"output\":[{\"id\":\"i1\",\"type\":\"message\","
		"\"status\":\"completed\"},{\"id\":\"i2\",\"type\":\"function_call\",\"name\":\"time\",\"call_id\":\"c1\",\"arguments\":"
		"\"{}\"},{\"id\":\"i3\",\"type\":\"function_call\",\"status\":\"incomplete\"},{\"type\":\"odd\"}],\"usage\":"
		"{\"total_tokens\":9,\"words\":\"no\",\"input_token_details\":{\"audio_tokens\":4,\"deep\":{\"deeper\":{\"no\":1}}}}}}";
	struct realtime_event e;
	struct realtime_item item;
	struct cJSON *usage = cJSON_CreateObject();
	const char *why;
	char *copy, *printed;

	(void)state;
	assert_int_equal(read_copy(&e, text, sizeof text - 1, &copy, &why), 0);
	assert_string_equal(e.response.status, "failed");
	assert_string_equal(e.error.code, "server_error");
	assert_true(realtime_output(&e, 0, &item));
	assert_int_equal(item.kind, REALTIME_KIND_MESSAGE);
	assert_true(realtime_output(&e, 1, &item));
	assert_int_equal(item.kind, REALTIME_KIND_CALL);
	assert_true(item.complete);
	assert_string_equal(item.call_id, "c1");
	assert_string_equal(item.arguments, "{}");
	assert_true(realtime_output(&e, 2, &item));
	assert_false(item.complete);
	assert_true(realtime_output(&e, 3, &item));
	assert_int_equal(item.kind, REALTIME_KIND_OTHER);
	assert_false(realtime_output(&e, 4, &item));
	assert_true(realtime_usage(&e, usage));
	printed = json_print(usage);
	assert_string_equal(printed, "{\"total_tokens\":9,\"input_token_details\":{\"audio_tokens\":4,\"deep\":{}}}");
	free(printed);
	realtime_free(&e);
	free(copy);
}

static void the_beginning_of_speech_is_read(void **state)
{
	static const struct {
		const char *text;
		long start_ms;
	} cases[] = {
		{ "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":1234,\"item_id\":\"u\"}", 1234 },
		{ "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":0,\"x\":{},\"item_id\":\"u\"}", 0 },
		{ "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":\"7\"}", -1 },
		{ "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":1.2e3}", 1200 },
		{ "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":7,\"audio_start_ms\":8}", 7 },
		{ "{\"type\":\"input_audio_buffer.speech_started\"}", -1 },
		{ "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":null}", -1 },
		{ "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":-9999999999999999999999}", -1 },
		{ "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":9999999999999999999999}", 86400000 },
		{ "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":1e300,\"x\":{}}", 86400000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct realtime_event e;
		const char *why;
		char *copy;

		assert_int_equal(read_copy(&e, cases[i].text, strlen(cases[i].text), &copy, &why), 0);
		assert_int_equal(e.start_ms, cases[i].start_ms);
		realtime_free(&e);
		free(copy);
	}
}

static void details_may_be_a_string(void **state)
{
	static const char text[] = "{\"type\":\"response.done\",\"response\":{\"status\":\"cancelled\",\"status_details\":\"turn\"}}";
	struct realtime_event e;
	const char *why;
	char *copy;

	(void)state;
	assert_int_equal(read_copy(&e, text, sizeof text - 1, &copy, &why), 0);
	assert_string_equal(e.response.reason, "turn");
	assert_string_equal(e.error.code, "");
	realtime_free(&e);
	free(copy);
}

static void formats_of_both_dialects_are_read(void **state)
{
	static const struct {
		const char *session, *input, *output;
		double expires_at;
	} cases[] = {
		{ "{\"id\":\"s\",\"expires_at\":1763690000,\"audio\":{\"input\":{\"format\":{\"type\":\"audio/pcmu\"}},\"output\":{"
		  "\"format\":{\"type\":\"audio/pcm\",\"rate\":24000}}}}", "audio/pcmu", "audio/pcm", 1763690000 },
		{ "{\"input_audio_format\":\"g711_ulaw\",\"output_audio_format\":\"pcm16\"}", "audio/pcmu", "audio/pcm", 0 },
		{ "{\"input_audio_format\":\"opus\"}", "", "", 0 },
		{ "{}", "", "", 0 },
		{ "null", "", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct realtime_event e;
		char text[512], *copy;
		const char *why;

		snprintf(text, sizeof text, "{\"type\":\"session.updated\",\"session\":%s}", cases[i].session);
		assert_int_equal(read_copy(&e, text, strlen(text), &copy, &why), 0);
		assert_string_equal(e.session.input_format, cases[i].input);
		assert_string_equal(e.session.output_format, cases[i].output);
		assert_true(e.session.expires_at == cases[i].expires_at);
		realtime_free(&e);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_read),
		cmocka_unit_test(audio_is_decoded),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(cut_and_bent_messages_harm_nobody),
		cmocka_unit_test(a_response_is_read),
		cmocka_unit_test(the_beginning_of_speech_is_read),
		cmocka_unit_test(details_may_be_a_string),
		cmocka_unit_test(formats_of_both_dialects_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
