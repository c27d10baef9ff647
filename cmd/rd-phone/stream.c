#include "stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base64.h"
#include "json.h"
#include "twiml.h"
#include "ws.h"

#define FRAME_MAX 1024 /* bytes of one message of ours, without its audio */
#define BYTES_PER_MS 8
#define ODDITY_CHUNKS 50    /* an oddity a second */
#define PAYLOAD_MAX 1048576 /* bytes of audio in one of theirs */

static const struct ws_limits limits = { .message_bytes = 2 << 20, .queue_bytes = 1 << 20 };

static void send_json(struct stream *s, struct cJSON *object)
{
	char *text = json_print(object);

	if (text)
		(void)ws_send(s->ws, text, strlen(text)); /* a line that takes nothing any more is told by on_over */
	free(text);
}

static void next_number(struct stream *s, char out[24])
{
	snprintf(out, 24, "%lu", ++s->sequence);
}

static struct cJSON *start_of(struct stream *s)
{
	struct cJSON *parameters = cJSON_CreateObject(), *tracks = cJSON_CreateArray();

	for (size_t i = 0; s->step && i < s->step->parameter_count; i++)
		cJSON_AddStringToObject(parameters, s->step->parameter[i].name, s->step->parameter[i].value);
	cJSON_AddItemToArray(tracks, cJSON_CreateString("inbound"));
	return json_make("streamSid:s accountSid:s callSid:s tracks:j customParameters:j mediaFormat:j", s->sid,
			 s->account, s->call, tracks, parameters,
			 json_make("encoding:s sampleRate:i channels:i", "audio/x-mulaw", 8000, 1));
}

static void send_connected(struct stream *s)
{
	send_json(s, json_make("event:s protocol:s version:s", "connected", "Call", "1.0.0"));
}

static void send_start(struct stream *s)
{
	char number[24];

	s->starts++;
	next_number(s, number);
	send_json(s, json_make("event:s sequenceNumber:s streamSid:s start:j", "start", number, s->sid, start_of(s)));
}

static void send_key(struct stream *s, char digit)
{
	char number[24], text[2] = { digit, '\0' };

	next_number(s, number);
	send_json(s, json_make("event:s streamSid:s sequenceNumber:s dtmf:j", "dtmf", s->sid, number,
			       json_make("track:s digit:s", "inbound_track", text)));
}

static void send_unknown(struct stream *s)
{
	char number[24];

	next_number(s, number);
	send_json(s, json_make("event:s sequenceNumber:s streamSid:s weather:j", "weather", number, s->sid,
			       json_make("rain:b", 1)));
}

/* By hand: fifty a second. */
static void send_media(struct stream *s, const uint8_t *mulaw, size_t n)
{
	char text[FRAME_MAX * 2], number[24];
	const char *quote = s->manners->numbers ? "" : "\"";
	int k;

	next_number(s, number);
	s->chunk++;
	k = snprintf(text, sizeof text,
		     "{\"event\":\"media\",\"sequenceNumber\":%s%s%s,\"streamSid\":\"%s\",\"media\":{\"track\":"
		     "\"inbound\",\"chunk\":%s%lu%s,\"timestamp\":%s%lu%s,%s\"payload\":\"",
		     quote, number, quote, s->sid, quote, s->chunk, quote, quote, s->at_bytes / BYTES_PER_MS, quote,
		     s->manners->unknown ? "\"weather\":{\"rain\":[1,null,\"\\u2602\"]}," : "");
	k += (int)base64_encode(text + k, mulaw, n);
	k += snprintf(text + k, sizeof text - (size_t)k, "\"}}");
	(void)ws_send(s->ws, text, (size_t)k); /* a line that takes nothing any more is told by on_over */
	s->at_bytes += n;
}

/* What Twilio never did, but might: everything in the wrong order. */
static void begin_in_disorder(struct stream *s)
{
	uint8_t silence[160];

	memset(silence, 0xff, sizeof silence);
	send_media(s, silence, sizeof silence);
	send_key(s, '0');
	send_start(s);
	send_media(s, silence, sizeof silence);
	send_connected(s);
}

static void on_open(struct ws *w, void *ctx)
{
	struct stream *s = ctx;

	(void)w;
	s->open = true;
	if (s->manners->disorder) {
		begin_in_disorder(s);
	} else {
		send_connected(s);
		if (s->manners->unknown)
			send_unknown(s);
		send_start(s);
	}
	s->calls->on_open(s->ctx);
}

static bool can_speak(const struct stream *s)
{
	return s->open && !s->stopped && !s->mute;
}

static void now_and_then(struct stream *s)
{
	if (s->manners->unknown && s->chunk % ODDITY_CHUNKS == 1)
		send_unknown(s);
	if (s->manners->start_twice && s->starts == 1 && s->chunk >= ODDITY_CHUNKS)
		send_start(s);
}

/* Chunks of another length each time, from a few bytes to two frames. */
static void send_odd(struct stream *s, const uint8_t *mulaw, size_t n)
{
	size_t length;

	memcpy(s->odd + s->odd_n, mulaw, n);
	s->odd_n += n;
	while (s->odd_n >= (length = 7 + s->chunk * 131 % (STREAM_CHUNK - 80))) {
		send_media(s, s->odd, length);
		s->odd_n -= length;
		memmove(s->odd, s->odd + length, s->odd_n);
	}
}

void stream_audio(struct stream *s, const uint8_t *mulaw, size_t n)
{
	if (!can_speak(s) || n > STREAM_CHUNK)
		return;
	if (s->manners->odd_chunks)
		send_odd(s, mulaw, n);
	else
		send_media(s, mulaw, n);
	now_and_then(s);
}

void stream_skip(struct stream *s, size_t n, bool lost)
{
	if (!can_speak(s))
		return;
	if (s->odd_n)
		send_media(s, s->odd, s->odd_n);
	s->odd_n = 0;
	s->at_bytes += n;
	s->chunk += lost;
}

void stream_key(struct stream *s, char digit)
{
	if (can_speak(s))
		send_key(s, digit);
}

void stream_mark(struct stream *s, const char *name)
{
	char number[24];

	if (!can_speak(s))
		return;
	next_number(s, number);
	send_json(s, json_make("event:s sequenceNumber:s streamSid:s mark:j", "mark", number, s->sid,
			       json_make("name:s", name)));
}

void stream_stop(struct stream *s)
{
	char number[24];

	if (!s->ws || s->stopped)
		return;
	if (can_speak(s) && !s->manners->no_stop) {
		next_number(s, number);
		send_json(s, json_make("event:s sequenceNumber:s streamSid:s stop:j", "stop", number, s->sid,
				       json_make("accountSid:s callSid:s", s->account, s->call)));
	}
	s->stopped = true;
	if (s->manners->no_stop || s->mute)
		ws_abort(s->ws);
	else
		ws_close(s->ws, 1000, NULL);
}

void stream_cut(struct stream *s)
{
	if (!s->ws || s->stopped)
		return;
	s->stopped = true;
	ws_abort(s->ws);
}

void stream_mute(struct stream *s)
{
	s->mute = true;
}

/* --- what comes back */

/* Whether an object has exactly these fields, all texts; NULL ends them. */
static bool exactly(const struct cJSON *object, const char *const *fields)
{
	int n = 0;

	while (fields[n]) {
		const struct cJSON *field = cJSON_GetObjectItemCaseSensitive(object, fields[n]);

		if (!cJSON_IsString(field) && !cJSON_IsObject(field))
			return false;
		n++;
	}
	return cJSON_GetArraySize(object) == n;
}

static const char *on_media(struct stream *s, const struct cJSON *m)
{
	static const char *const fields[] = { "event", "streamSid", "media", NULL }, *const inner[] = { "payload",
													NULL };
	const struct cJSON *media = json_object(m, "media");
	const char *payload = json_text(media, "payload");
	size_t length = payload ? strlen(payload) : 0;
	uint8_t *bytes;
	long n;

	if (!exactly(m, fields) || !exactly(media, inner) || !payload)
		return "media: other fields than event, streamSid, media.payload";
	if (length > PAYLOAD_MAX)
		return "media: too long";
	bytes = malloc(length + 1);
	n = bytes ? base64_decode(bytes, length + 1, payload, length) : -1;
	if (n > 0)
		s->calls->on_audio(s->ctx, bytes, (size_t)n);
	free(bytes);
	return n > 0 ? NULL : "media: payload is no base64";
}

static const char *on_mark(struct stream *s, const struct cJSON *m)
{
	static const char *const fields[] = { "event", "streamSid", "mark", NULL }, *const inner[] = { "name", NULL };
	const struct cJSON *mark = json_object(m, "mark");

	if (!exactly(m, fields) || !exactly(mark, inner) || !json_text(mark, "name"))
		return "mark: other fields than event, streamSid, mark.name";
	s->calls->on_mark(s->ctx, json_text(mark, "name"));
	return NULL;
}

static const char *on_clear(struct stream *s, const struct cJSON *m)
{
	static const char *const fields[] = { "event", "streamSid", NULL };

	if (!exactly(m, fields))
		return "clear: other fields than event, streamSid";
	s->calls->on_clear(s->ctx);
	return NULL;
}

static const struct {
	const char *event;
	const char *(*on)(struct stream *s, const struct cJSON *m); /* NULL, or what is wrong with it */
} events[] = { { "media", on_media }, { "mark", on_mark }, { "clear", on_clear } };

static const char *take(struct stream *s, const struct cJSON *m)
{
	const char *event = json_text(m, "event"), *sid = json_text(m, "streamSid");

	if (!m)
		return "no JSON object";
	if (!event)
		return "no event";
	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
		if (strcmp(events[i].event, event) != 0)
			continue;
		return sid && strcmp(sid, s->sid) == 0 ? events[i].on(s, m) : "another streamSid";
	}
	return "an unknown event";
}

static void on_text(struct ws *w, void *ctx, char *text, size_t n)
{
	struct stream *s = ctx;
	struct cJSON *m;
	const char *wrong;

	(void)w;
	if (s->stopped || s->mute)
		return;
	m = json_parse(text, n);
	wrong = take(s, m);
	cJSON_Delete(m);
	if (wrong)
		s->calls->on_warning(s->ctx, 31951, wrong);
}

static void on_binary(struct ws *w, void *ctx, size_t n)
{
	struct stream *s = ctx;

	(void)w;
	(void)n;
	s->calls->on_warning(s->ctx, 31950, "a binary message");
}

static void on_close(struct ws *w, void *ctx, int status, const char *why)
{
	struct stream *s = ctx;

	(void)w;
	s->ws = NULL;
	s->open = false;
	s->calls->on_over(s->ctx, status, why);
}

static const struct ws_calls ws_calls = { on_open, on_text, on_binary, on_close };

int stream_open(struct stream *s, const char *url, const char *headers, char *error, size_t size)
{
	s->open = s->stopped = s->mute = false;
	s->sequence = s->chunk = s->at_bytes = 0;
	s->starts = 0;
	s->odd_n = 0;
	if (sid_make(s->sid, "MZ") < 0)
		return snprintf(error, size, "cannot make a stream id"), -1;
	s->ws = ws_connect(url, headers, NULL, &ws_calls, &limits, s);
	if (!s->ws)
		return snprintf(error, size, "cannot open stream %.200s: malformed URL", url), -1;
	return 0;
}
