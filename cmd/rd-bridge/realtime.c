#include "realtime.h"

#include <cjson/cJSON.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "json.h"

#define START_MAX_MS 86400000L /* of a session's sound: none lasts a day */

/* flat: strings and numbers only, so that the short way may read it */
static const struct {
	const char *name;
	enum realtime_type type;
	bool flat;
} types[] = {
	{ "response.output_audio.delta", REALTIME_AUDIO, true },
	{ "response.audio.delta", REALTIME_AUDIO, true },
	{ "response.output_audio_transcript.delta", REALTIME_WORDS, true },
	{ "response.audio_transcript.delta", REALTIME_WORDS, true },
	{ "response.output_audio.done", REALTIME_AUDIO_DONE, true },
	{ "response.audio.done", REALTIME_AUDIO_DONE, true },
	{ "response.output_audio_transcript.done", REALTIME_WORDS_DONE, true },
	{ "response.audio_transcript.done", REALTIME_WORDS_DONE, true },
	{ "input_audio_buffer.speech_started", REALTIME_SPEECH_STARTED, true },
	{ "input_audio_buffer.speech_stopped", REALTIME_SPEECH_STOPPED, true },
	{ "input_audio_buffer.committed", REALTIME_COMMITTED, true },
	{ "conversation.item.input_audio_transcription.completed", REALTIME_TRANSCRIBED, false },
	{ "conversation.item.input_audio_transcription.failed", REALTIME_TRANSCRIPTION_FAILED, false },
	{ "conversation.item.added", REALTIME_ITEM_ADDED, false },
	{ "conversation.item.created", REALTIME_ITEM_ADDED, false },
	{ "response.created", REALTIME_RESPONSE_CREATED, false },
	{ "response.output_item.added", REALTIME_OUTPUT_ADDED, false },
	{ "response.output_item.done", REALTIME_OUTPUT_DONE, false },
	{ "response.done", REALTIME_RESPONSE_DONE, false },
	{ "session.created", REALTIME_SESSION_CREATED, false },
	{ "session.updated", REALTIME_SESSION_UPDATED, false },
	{ "error", REALTIME_ERROR, false },
};

static enum realtime_type find_type(const char *name, size_t n, bool *flat)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strlen(types[i].name) == n && memcmp(types[i].name, name, n) == 0) {
			*flat = types[i].flat;
			return types[i].type;
		}
	*flat = false;
	return REALTIME_OTHER;
}

static const char *text_of(const struct cJSON *object, const char *key)
{
	const char *text = json_text(object, key);

	return text ? text : "";
}

/* --- the short way: a flat object without escapes, read where it lies */

struct slice {
	char *at;
	size_t n;
};

enum flat_key { FLAT_TYPE, FLAT_RESPONSE, FLAT_ITEM, FLAT_DELTA, FLAT_TRANSCRIPT, FLAT_CONTENT, FLAT_START, FLAT_KEYS };
#define FLAT_NUMBERS FLAT_CONTENT /* from here on */

static const char *const flat_keys[FLAT_KEYS] = {
	[FLAT_TYPE] = "type",
	[FLAT_RESPONSE] = "response_id",
	[FLAT_ITEM] = "item_id",
	[FLAT_DELTA] = "delta",
	[FLAT_TRANSCRIPT] = "transcript",
	[FLAT_CONTENT] = "content_index",
	[FLAT_START] = "audio_start_ms",
};

static char *skip_space(char *p)
{
	while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
		p++;
	return p;
}

/* A string without escapes at p. Behind its closing quote, or NULL. */
static char *flat_string(char *p, const char *end, struct slice *value)
{
	char *quote = *p == '"' ? memchr(p + 1, '"', (size_t)(end - p) - 1) : NULL;

	if (!quote || memchr(p + 1, '\\', (size_t)(quote - p) - 1))
		return NULL;
	*value = (struct slice){ p + 1, (size_t)(quote - p) - 1 };
	return quote + 1;
}

static char *flat_value(char *p, const char *end, struct slice *value)
{
	size_t n;

	if (*p == '"')
		return flat_string(p, end, value);
	n = strspn(p, "0123456789+-.eEnultrfas"); /* a number, null, true, false */
	*value = (struct slice){ p, n };
	return n ? p + n : NULL;
}

/* Text, or digits alone: null where text belongs, "7" where a number does, and numbers such as 1e3 go the long way. */
static bool fits(int key, struct slice value)
{
	if (value.at[-1] == '"')
		return key < FLAT_NUMBERS;
	return key >= FLAT_NUMBERS && value.n <= 9 && strspn(value.at, "0123456789") == value.n;
}

/* Fills found with the values of the keys above. false: not flat, or odd in any way: the long way decides. */
static bool flat_scan(char *text, size_t n, struct slice found[FLAT_KEYS])
{
	const char *end = text + n;
	char *p = skip_space(text);

	if (*p++ != '{')
		return false;
	for (;;) {
		struct slice key, value;

		p = flat_string(skip_space(p), end, &key);
		if (!p || *(p = skip_space(p)) != ':')
			return false;
		p = flat_value(skip_space(p + 1), end, &value);
		if (!p)
			return false;
		for (int i = 0; i < FLAT_KEYS; i++)
			if (strlen(flat_keys[i]) == key.n && memcmp(flat_keys[i], key.at, key.n) == 0) {
				if (!fits(i, value))
					return false;
				if (!found[i].at) /* of two the first, as cJSON has it */
					found[i] = value;
			}
		p = skip_space(p);
		if (*p == '}')
			return skip_space(p + 1) == end;
		if (*p++ != ',')
			return false;
	}
}

static const char *slice_text(struct slice s)
{
	if (!s.at)
		return "";
	s.at[s.n] = 0; /* over the closing quote, which nobody needs any more */
	return s.at;
}

static long slice_number(struct slice s, long otherwise)
{
	return s.at ? strtol(s.at, NULL, 10) : otherwise;
}

static const char *decode_audio(struct realtime_event *e, char *base64, size_t n)
{
	long bytes = base64_decode((uint8_t *)base64, n, base64, n); /* shorter than its text: in place */

	if (bytes < 0)
		return "audio that is no base64";
	e->audio = (uint8_t *)base64;
	e->audio_bytes = (size_t)bytes;
	return NULL;
}

static bool read_flat(struct realtime_event *e, char *text, size_t n, const char **why)
{
	struct slice found[FLAT_KEYS] = { { NULL, 0 } };
	struct slice words;
	bool flat;

	if (!flat_scan(text, n, found) || !found[FLAT_TYPE].at)
		return false;
	e->type = find_type(found[FLAT_TYPE].at, found[FLAT_TYPE].n, &flat);
	if (!flat)
		return false;
	words = found[FLAT_DELTA].at ? found[FLAT_DELTA] : found[FLAT_TRANSCRIPT];
	e->content_index = (int)slice_number(found[FLAT_CONTENT], 0);
	e->start_ms = slice_number(found[FLAT_START], -1);
	e->start_ms = e->start_ms < START_MAX_MS ? e->start_ms : START_MAX_MS;
	e->name = slice_text(found[FLAT_TYPE]);
	e->response_id = slice_text(found[FLAT_RESPONSE]);
	e->item_id = slice_text(found[FLAT_ITEM]);
	if (e->type == REALTIME_AUDIO)
		*why = decode_audio(e, words.at ? words.at : text, words.n);
	else
		e->text = slice_text(words);
	return true;
}

/* --- the long way */

static void read_item(struct realtime_item *item, const struct cJSON *json)
{
	const char *type = text_of(json, "type"), *status = text_of(json, "status");

	*item = (struct realtime_item){ .complete =
						strcmp(status, "incomplete") != 0 && strcmp(status, "in_progress") != 0,
					.id = text_of(json, "id"),
					.call_id = text_of(json, "call_id"),
					.name = text_of(json, "name"),
					.arguments = text_of(json, "arguments") };
	if (strcmp(type, "message") == 0)
		item->kind = REALTIME_KIND_MESSAGE;
	else if (strcmp(type, "function_call") == 0)
		item->kind = REALTIME_KIND_CALL;
}

static void read_error(struct realtime_event *e, const struct cJSON *error)
{
	e->error.code = text_of(error, "code");
	e->error.message = text_of(error, "message");
	e->error.param = text_of(error, "param");
	e->error.cause = text_of(error, "event_id");
}

static void read_response(struct realtime_event *e, const struct cJSON *response)
{
	const struct cJSON *details = json_object(response, "status_details");

	e->response_id = text_of(response, "id");
	e->response.status = text_of(response, "status");
	/* compatible servers send a string where an object is meant */
	e->response.reason = details ? text_of(details, "reason") : text_of(response, "status_details");
	read_error(e, json_object(details, "error"));
}

/* The beta wrote formats as words, and flat. */
static const char *read_format(const struct cJSON *session, const char *side, const char *beta)
{
	static const char *const words[][2] = { { "g711_ulaw", "audio/pcmu" },
						{ "g711_alaw", "audio/pcma" },
						{ "pcm16", "audio/pcm" } };
	const char *word = text_of(session, beta);

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i][0], word) == 0)
			return words[i][1];
	return text_of(json_object(json_object(json_object(session, "audio"), side), "format"), "type");
}

static void read_session(struct realtime_event *e, const struct cJSON *session)
{
	e->session.id = text_of(session, "id");
	e->session.expires_at = json_number(session, "expires_at", 0);
	e->session.input_format = read_format(session, "input", "input_audio_format");
	e->session.output_format = read_format(session, "output", "output_audio_format");
}

static const char *read_fields(struct realtime_event *e)
{
	const struct cJSON *delta = cJSON_GetObjectItemCaseSensitive(e->json, "delta");

	e->response_id = text_of(e->json, "response_id");
	e->item_id = text_of(e->json, "item_id");
	e->content_index = (int)json_whole(e->json, "content_index", 0, 0, INT_MAX);
	e->start_ms = json_whole(e->json, "audio_start_ms", -1, -1, START_MAX_MS);
	e->text = cJSON_IsString(delta) ? delta->valuestring : text_of(e->json, "transcript");
	switch (e->type) {
	case REALTIME_AUDIO:
		return cJSON_IsString(delta) ? decode_audio(e, delta->valuestring, strlen(delta->valuestring)) : NULL;
	case REALTIME_ITEM_ADDED:
	case REALTIME_OUTPUT_ADDED:
	case REALTIME_OUTPUT_DONE: read_item(&e->item, json_object(e->json, "item")); break;
	case REALTIME_RESPONSE_CREATED:
	case REALTIME_RESPONSE_DONE: read_response(e, json_object(e->json, "response")); break;
	case REALTIME_SESSION_CREATED:
	case REALTIME_SESSION_UPDATED: read_session(e, json_object(e->json, "session")); break;
	case REALTIME_TRANSCRIPTION_FAILED:
	case REALTIME_ERROR: read_error(e, json_object(e->json, "error")); break;
	default: break;
	}
	return NULL;
}

static const char *read_long(struct realtime_event *e, const char *text, size_t n)
{
	bool flat;

	e->json = json_parse(text, n);
	if (!e->json)
		return "no JSON object";
	e->name = json_text(e->json, "type");
	if (!e->name)
		return "no type";
	e->type = find_type(e->name, strlen(e->name), &flat);
	return read_fields(e);
}

static bool id_fits(const char *id)
{
	return strlen(id) < REALTIME_ID_BYTES;
}

int realtime_read(struct realtime_event *e, char *text, size_t n, const char **why)
{
	static const struct realtime_item no_item = { .id = "", .call_id = "", .name = "", .arguments = "" };

	*e = (struct realtime_event){ .name = "",
				      .response_id = "",
				      .item_id = "",
				      .text = "",
				      .item = no_item,
				      .error = { "", "", "", "" },
				      .response = { "", "" },
				      .session = { .id = "", .input_format = "", .output_format = "" } };
	*why = NULL;
	if (!read_flat(e, text, n, why))
		*why = read_long(e, text, n);
	if (!*why &&
	    !(id_fits(e->response_id) && id_fits(e->item_id) && id_fits(e->item.id) && id_fits(e->item.call_id)))
		*why = "an id too long";
	if (*why) {
		realtime_free(e);
		return -1;
	}
	return 0;
}

void realtime_free(struct realtime_event *e)
{
	cJSON_Delete(e->json);
	e->json = NULL;
}

bool realtime_output(const struct realtime_event *e, size_t i, struct realtime_item *item)
{
	const struct cJSON *entry = json_array(json_object(e->json, "response"), "output");

	for (entry = entry ? entry->child : NULL; entry && i > 0; i--)
		entry = entry->next;
	if (!entry)
		return false;
	read_item(item, entry);
	return id_fits(item->id) && id_fits(item->call_id);
}

#define USAGE_FIELDS 24 /* at each level */

/* Numbers, and objects of numbers below them: nothing else of a server's goes round the ring, and not without bounds.
 */
static void copy_numbers(const struct cJSON *from, struct cJSON *to, int depth)
{
	const struct cJSON *field = from->child;

	for (int i = 0; field && i < USAGE_FIELDS; i++, field = field->next) {
		struct cJSON *below = NULL;

		if (strlen(field->string) >= REALTIME_ID_BYTES)
			continue;
		if (cJSON_IsNumber(field))
			(void)cJSON_AddNumberToObject(to, field->string, field->valuedouble);
		else if (cJSON_IsObject(field) && depth > 1)
			below = cJSON_AddObjectToObject(to, field->string);
		if (below)
			copy_numbers(field, below, depth - 1);
	}
}

bool realtime_usage(const struct realtime_event *e, struct cJSON *to)
{
	const struct cJSON *holder = e->type == REALTIME_RESPONSE_DONE ? json_object(e->json, "response") : e->json;
	const struct cJSON *usage = json_object(holder, "usage");

	if (usage)
		copy_numbers(usage, to, 3);
	return usage != NULL;
}
