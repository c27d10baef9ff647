#include "request.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "json.h"

static const char *given(const char *text)
{
	return text && *text ? text : NULL;
}

static struct cJSON *format_of(const char *name)
{
	struct cJSON *format = json_make("type:s", name);

	if (format && strcmp(name, "audio/pcm") == 0)
		(void)cJSON_AddNumberToObject(format, "rate", 24000);
	return format;
}

/* Both create the response and stop it at speech; null means that we say when the turn is over. */
static struct cJSON *turn_detection_of(const struct request_session *r)
{
	if (strcmp(r->turn_detection, "none") == 0)
		return cJSON_CreateNull();
	if (strcmp(r->turn_detection, "semantic") == 0 && !r->bare)
		return json_make("type:s eagerness:s create_response:b interrupt_response:b", "semantic_vad", "auto", 1,
				 1);
	return json_make("type:s threshold:f prefix_padding_ms:i silence_duration_ms:n create_response:b "
			 "interrupt_response:b",
			 "server_vad", 0.5, 300, (long long)r->silence_ms, 1, 1);
}

static struct cJSON *noise_reduction_of(const struct request_session *r)
{
	if (strcmp(r->noise_reduction, "off") == 0)
		return cJSON_CreateNull();
	return json_make("type:s", strcmp(r->noise_reduction, "far") == 0 ? "far_field" : "near_field");
}

static struct cJSON *transcription_of(const struct request_session *r)
{
	if (!given(r->transcription))
		return cJSON_CreateNull();
	return json_make("model:s language:s?", r->transcription, given(r->language));
}

static struct cJSON *audio_of(const struct request_session *r)
{
	struct cJSON *input =
		json_make("format:j transcription:j turn_detection:j noise_reduction:j?", format_of(r->input_format),
			  transcription_of(r), turn_detection_of(r), r->bare ? NULL : noise_reduction_of(r));
	struct cJSON *output = json_make("format:j voice:s?", format_of(r->output_format), given(r->voice));

	return json_make("input:j output:j", input, output);
}

char *request_session(const char *event_id, struct request_session *r)
{
	struct cJSON *modalities = cJSON_CreateArray();
	const char *effort = r->bare ? NULL : given(r->reasoning);
	struct cJSON *session;

	cJSON_AddItemToArray(modalities, cJSON_CreateString("audio"));
	session = json_make("type:s instructions:s? output_modalities:j audio:j tools:j? tool_choice:s reasoning:j?",
			    "realtime", given(r->instructions), modalities, audio_of(r), r->tools, "auto",
			    effort ? json_make("effort:s", effort) : NULL);
	r->tools = NULL;
	return json_print(json_make("type:s event_id:s session:j", "session.update", event_id, session));
}

char *request_turns(const char *event_id, const struct request_session *r, bool on)
{
	struct cJSON *input = json_make("turn_detection:j", on ? turn_detection_of(r) : cJSON_CreateNull());
	struct cJSON *session = json_make("type:s audio:j", "realtime", json_make("input:j", input));

	return json_print(json_make("type:s event_id:s session:j", "session.update", event_id, session));
}

char *request_tools(const char *event_id, const char *instructions, struct cJSON *tools)
{
	struct cJSON *session = json_make("type:s instructions:s? tools:j", "realtime", given(instructions), tools);

	return json_print(json_make("type:s event_id:s session:j", "session.update", event_id, session));
}

char *request_nothing(const char *event_id)
{
	return json_print(
		json_make("type:s event_id:s session:j", "session.update", event_id, json_make("type:s", "realtime")));
}

size_t request_voice(char out[REQUEST_VOICE_MAX], const uint8_t *audio, size_t n)
{
	static const char head[] = "{\"type\":\"input_audio_buffer.append\",\"audio\":\"";
	size_t at = sizeof head - 1;

	memcpy(out, head, at);
	at += base64_encode(out + at, audio, n < REQUEST_VOICE_BYTES ? n : REQUEST_VOICE_BYTES);
	out[at++] = '"';
	out[at++] = '}';
	return at;
}

char *request_commit(const char *event_id)
{
	return json_print(json_make("type:s event_id:s", "input_audio_buffer.commit", event_id));
}

static char *create_item(const char *event_id, struct cJSON *item)
{
	return json_print(json_make("type:s event_id:s item:j", "conversation.item.create", event_id, item));
}

char *request_text(const char *event_id, const char *item_id, const char *role, const char *text)
{
	const char *part = strcmp(role, "assistant") == 0 ? "output_text" : "input_text";
	struct cJSON *content = cJSON_CreateArray();

	cJSON_AddItemToArray(content, json_make("type:s text:s", part, text));
	return create_item(event_id, json_make("id:s type:s role:s content:j", item_id, "message", role, content));
}

char *request_call(const char *event_id, const char *item_id, const char *call_id, const char *name,
		   const char *arguments)
{
	return create_item(event_id, json_make("id:s type:s call_id:s name:s arguments:s", item_id, "function_call",
					       call_id, name, arguments));
}

char *request_output(const char *event_id, const char *item_id, const char *call_id, const char *output)
{
	return create_item(event_id, json_make("id:s type:s call_id:s output:s", item_id, "function_call_output",
					       call_id, output));
}

char *request_truncate(const char *event_id, const char *item_id, int content_index, long audio_end_ms)
{
	return json_print(json_make("type:s event_id:s item_id:s content_index:i audio_end_ms:n",
				    "conversation.item.truncate", event_id, item_id, content_index,
				    (long long)audio_end_ms));
}

char *request_delete(const char *event_id, const char *item_id)
{
	return json_print(json_make("type:s event_id:s item_id:s", "conversation.item.delete", event_id, item_id));
}

char *request_response(const char *event_id, const char *instructions)
{
	struct cJSON *response =
		given(instructions) ? json_make("instructions:s tool_choice:s", instructions, "none") : NULL;

	return json_print(json_make("type:s event_id:s response:j?", "response.create", event_id, response));
}

char *request_cancel(const char *event_id, const char *response_id)
{
	return json_print(
		json_make("type:s event_id:s response_id:s?", "response.cancel", event_id, given(response_id)));
}
