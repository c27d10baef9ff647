/* Every message that we send, held against the field lists of the protocol (tests/data/openai-realtime-events.json). */
#include "../../cmd/rd-bridge/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <cjson/cJSON.h>

#include "json.h"

#define LISTS "tests/data/openai-realtime-events.json"

static struct cJSON *lists;

static bool fits(const struct cJSON *value, const struct cJSON *node);

static bool fits_one(const struct cJSON *value, const struct cJSON *nodes)
{
	const struct cJSON *node;

	cJSON_ArrayForEach(node, nodes)
		if (fits(value, node))
			return true;
	return false;
}

/* All that is required is there, and nothing that is not listed. */
static bool fits_fields(const struct cJSON *object, const struct cJSON *fields)
{
	const struct cJSON *field, *value;

	if (!cJSON_IsObject(object))
		return false;
	cJSON_ArrayForEach(field, fields) {
		value = cJSON_GetObjectItemCaseSensitive(object, json_text(field, "name"));
		if (value ? !fits(value, field) : json_flag(field, "required", false))
			return false;
	}
	cJSON_ArrayForEach(value, object) {
		bool known = false;

		cJSON_ArrayForEach(field, fields)
			known |= strcmp(json_text(field, "name"), value->string) == 0;
		if (!known)
			return false;
	}
	return true;
}

static bool fits_type(const struct cJSON *value, const char *type)
{
	return strcmp(type, "any") == 0 || (strcmp(type, "string") == 0 && cJSON_IsString(value)) ||
	       (strcmp(type, "number") == 0 && cJSON_IsNumber(value)) ||
	       (strcmp(type, "boolean") == 0 && cJSON_IsBool(value)) || (strcmp(type, "array") == 0 && cJSON_IsArray(value)) ||
	       (strcmp(type, "object") == 0 && cJSON_IsObject(value));
}

static bool fits_enum(const struct cJSON *value, const struct cJSON *node)
{
	const struct cJSON *allowed, *list = json_array(node, "enum");

	if (!list || json_flag(node, "open", false))
		return true;
	cJSON_ArrayForEach(allowed, list)
		if (cJSON_Compare(value, allowed, 1))
			return true;
	return false;
}

static bool fits(const struct cJSON *value, const struct cJSON *node)
{
	const char *ref = json_text(node, "ref"), *type = json_text(node, "type");
	const struct cJSON *element, *items = json_object(node, "items");

	/* the notes of the lists: noise_reduction and transcription are switched off by null although the types hide it */
	if (cJSON_IsNull(value))
		return json_flag(node, "nullable", false) || strcmp(value->string, "noise_reduction") == 0 ||
		       strcmp(value->string, "transcription") == 0;
	if (ref)
		return fits(value, json_object(json_object(lists, "definitions"), ref));
	if (json_array(node, "oneOf"))
		return fits_one(value, json_array(node, "oneOf"));
	if (!type || !fits_type(value, type) || !fits_enum(value, node))
		return false;
	cJSON_ArrayForEach(element, value)
		if (items && !fits(element, items))
			return false;
	return !json_array(node, "fields") || fits_fields(value, json_array(node, "fields"));
}

/* Takes the text over. */
static struct cJSON *checked(char *text)
{
	struct cJSON *event = text ? json_parse(text, strlen(text)) : NULL;
	const struct cJSON *known = json_object(lists, "client_events");

	assert_non_null(event);
	if (!fits_fields(event, json_array(json_object(known, json_text(event, "type")), "fields")))
		fail_msg("not as the lists have it: %s", text);
	free(text);
	return event;
}

static void assert_checked(char *text)
{
	cJSON_Delete(checked(text));
}

static struct cJSON *tools(void)
{
	struct cJSON *list = cJSON_CreateArray();

	cJSON_AddItemToArray(list, json_make("type:s name:s description:s parameters:j", "function", "time", "tells the time",
					     json_make("type:s properties:j", "object", json_make(""))));
	return list;
}

static void every_session_is_as_the_lists_have_it(void **state)
{
	static const char *const turns[] = { "semantic", "server", "none" }, *const noises[] = { "near", "far", "off" };
	static const char *const formats[] = { "audio/pcmu", "audio/pcma", "audio/pcm" };

	(void)state;
	for (int i = 0; i < 27 * 2; i++) {
		struct request_session r = { .instructions = "Be kind.", .voice = i % 5 ? "marin" : "",
					     .language = i % 4 ? "de" : "", .transcription = i % 7 ? "gpt-transcribe" : "",
					     .input_format = formats[i % 3], .output_format = formats[(i / 3) % 3],
					     .turn_detection = turns[(i / 9) % 3], .noise_reduction = noises[i % 3],
					     .reasoning = i % 2 ? "low" : "", .silence_ms = 500, .tools = tools(),
					     .bare = i >= 27 };

		assert_checked(request_session("session-1", &r));
		assert_null(r.tools);
	}
}

static void a_session_says_what_was_set(void **state)
{
	struct request_session r = { .instructions = "Be kind.", .voice = "cedar", .language = "de",
				     .transcription = "gpt-transcribe", .input_format = "audio/pcm",
				     .output_format = "audio/pcmu", .turn_detection = "server", .noise_reduction = "far",
				     .reasoning = "low", .silence_ms = 700, .tools = tools() };
	struct cJSON *event;
	char *text;

	(void)state;
	event = checked(request_session("session-1", &r));
	text = json_print(event);
	assert_non_null(strstr(text, "\"instructions\":\"Be kind.\""));
	assert_non_null(strstr(text, "\"format\":{\"type\":\"audio/pcm\",\"rate\":24000}"));
	assert_non_null(strstr(text, "\"output\":{\"format\":{\"type\":\"audio/pcmu\"},\"voice\":\"cedar\"}"));
	assert_non_null(strstr(text, "\"silence_duration_ms\":700,\"create_response\":true,\"interrupt_response\":true"));
	assert_non_null(strstr(text, "\"noise_reduction\":{\"type\":\"far_field\"}"));
	assert_non_null(strstr(text, "\"transcription\":{\"model\":\"gpt-transcribe\",\"language\":\"de\"}"));
	assert_non_null(strstr(text, "\"reasoning\":{\"effort\":\"low\"}"));
	assert_null(strstr(text, "temperature"));
	free(text);
}

static void all_else_is_as_the_lists_have_it(void **state)
{
	(void)state;
	assert_checked(request_tools("tools-1", "Be kind.", tools()));
	assert_checked(request_tools("tools-1", "", cJSON_CreateArray()));
	assert_checked(request_commit("commit-1"));
	assert_checked(request_text("item-1", "rd-1-1", "system", "Caller pressed 5"));
	assert_checked(request_text("item-1", "rd-1-1", "user", "Hello \"you\""));
	assert_checked(request_text("item-1", "rd-1-1", "assistant", "Hello."));
	assert_checked(request_output("output-1", "rd-1-1", "call_1", "{\"ok\":true}"));
	assert_checked(request_truncate("truncate-1", "item_1", 0, 1840));
	assert_checked(request_delete("delete-1", "item_1"));
	assert_checked(request_response("response-1", NULL));
	assert_checked(request_response("response-1", "Say exactly this: \"Hello\""));
	assert_checked(request_cancel("cancel-1", "resp_1"));
	assert_checked(request_cancel("cancel-1", ""));
}

static void voice_is_written_by_hand_and_right(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 160, 161, 3999, 4000 };
	static uint8_t audio[REQUEST_VOICE_BYTES];
	static char text[REQUEST_VOICE_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof audio; i++)
		audio[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		uint8_t back[REQUEST_VOICE_BYTES];
		size_t n = request_voice(text, audio, sizes[i]);
		struct cJSON *event;
		const char *base64;

		assert_true(n <= REQUEST_VOICE_MAX);
		text[n] = 0;
		event = checked(strdup(text));
		base64 = json_text(event, "audio");
		assert_int_equal(base64_decode(back, sizeof back, base64, strlen(base64)), sizes[i]);
		assert_memory_equal(back, audio, sizes[i]);
		cJSON_Delete(event);
	}
}

static int load_lists(void **state)
{
	static char text[1 << 20];
	FILE *f = fopen(LISTS, "r");

	(void)state;
	if (!f)
		return -1;
	lists = json_parse(text, fread(text, 1, sizeof text, f));
	fclose(f);
	return lists ? 0 : -1;
}

static int drop_lists(void **state)
{
	(void)state;
	cJSON_Delete(lists);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_session_is_as_the_lists_have_it),
		cmocka_unit_test(a_session_says_what_was_set),
		cmocka_unit_test(all_else_is_as_the_lists_have_it),
		cmocka_unit_test(voice_is_written_by_hand_and_right),
	};

	return cmocka_run_group_tests(tests, load_lists, drop_lists);
}
