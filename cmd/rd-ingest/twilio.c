#include "twilio.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "json.h"
#include "media.h"

bool twilio_is_name(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

/* A short word of letters, digits, - and _: it goes into our own messages as it is. "" if it is none. */
static void read_name(char out[TWILIO_NAME_BYTES], const struct cJSON *object, const char *key)
{
	const char *text = json_text(object, key);
	size_t n = 0;

	*out = 0;
	while (text && twilio_is_name(text[n]))
		n++;
	if (n && n < TWILIO_NAME_BYTES && !text[n])
		memcpy(out, text, n + 1);
}

/* A count that comes as "20" or as 20. -1: missing, or no such count. */
static long read_count(const struct cJSON *object, const char *key, long max)
{
	const char *text = json_text(object, key);
	double number = json_number(object, key, -1);
	char *end;

	if (text) {
		if (*text < '0' || *text > '9')
			return -1;
		errno = 0;
		number = (double)strtoll(text, &end, 10);
		if (*end || errno)
			return -1;
	}
	return number >= 0 && number <= (double)max ? (long)number : -1;
}

static const char *read_start(struct twilio_message *m, const struct cJSON *start)
{
	const struct cJSON *format = json_object(start, "mediaFormat");
	const char *encoding = json_text(format, "encoding");
	long rate = read_count(format, "sampleRate", 1000000), channels = read_count(format, "channels", 1000);

	if (!*m->stream)
		read_name(m->stream, start, "streamSid");
	if (!*m->stream)
		return "start without a streamSid";
	read_name(m->call, start, "callSid");
	if ((encoding && strcmp(encoding, "audio/x-mulaw") != 0) || (rate != -1 && rate != 8000) ||
	    (channels != -1 && channels != 1))
		snprintf(m->format, sizeof m->format, "%.24s/%ld/%ld", encoding ? encoding : "-", rate, channels);
	for (char *c = m->format; *c; c++) /* it goes to the log */
		if (*c < ' ' || *c > '~')
			*c = '?';
	return NULL;
}

static const char *read_media(struct twilio_message *m, const struct cJSON *media, uint8_t *audio)
{
	const char *payload = json_text(media, "payload"), *track = json_text(media, "track");
	long n;

	if (track && strcmp(track, "inbound") != 0) {
		m->kind = TWILIO_OTHER;
		return NULL;
	}
	if (!payload)
		return "media without a payload";
	n = base64_decode(audio, TWILIO_AUDIO_BYTES, payload, strlen(payload));
	if (n < 0)
		return "media with a payload that is not base64";
	m->audio = audio;
	m->n = (size_t)n;
	m->timestamp_ms = read_count(media, "timestamp", TWILIO_TIMESTAMP_MAX_MS);
	return NULL;
}

static const char *read_digit(struct twilio_message *m, const struct cJSON *dtmf)
{
	const char *digit = json_text(dtmf, "digit");

	if (!digit || strlen(digit) != 1 || !strchr("0123456789*#ABCD", *digit))
		return "dtmf without a digit";
	m->digit = *digit;
	return NULL;
}

static const struct {
	const char *event;
	enum twilio_kind kind;
} kinds[] = {
	{ "media", TWILIO_MEDIA }, { "mark", TWILIO_MARK },	      { "dtmf", TWILIO_DTMF },
	{ "start", TWILIO_START }, { "connected", TWILIO_CONNECTED }, { "stop", TWILIO_STOP },
};

static const char *read_object(struct twilio_message *m, const struct cJSON *object, uint8_t *audio)
{
	const char *event = json_text(object, "event");

	if (!event)
		return "no event";
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(event, kinds[i].event) == 0)
			m->kind = kinds[i].kind;
	read_name(m->stream, object, "streamSid");
	switch (m->kind) {
	case TWILIO_START: return read_start(m, json_object(object, "start"));
	case TWILIO_MEDIA: return read_media(m, json_object(object, "media"), audio);
	case TWILIO_DTMF: return read_digit(m, json_object(object, "dtmf"));
	case TWILIO_MARK: read_name(m->mark, json_object(object, "mark"), "name"); return NULL;
	default: return NULL;
	}
}

const char *twilio_parse(struct twilio_message *m, const char *text, size_t n, uint8_t *audio)
{
	struct cJSON *object;
	const char *why;

	*m = (struct twilio_message){ .timestamp_ms = -1 };
	if (n > TWILIO_MESSAGE_BYTES)
		return "longer than 64 KiB";
	object = json_parse(text, n);
	if (!object)
		return "not a JSON object";
	why = read_object(m, object, audio);
	cJSON_Delete(object);
	return why;
}

const char *twilio_read(struct twilio_message *m, const char *text, size_t n, uint8_t *audio)
{
	if (n <= TWILIO_MESSAGE_BYTES && media_scan(m, text, n, audio))
		return NULL;
	return twilio_parse(m, text, n, audio);
}

size_t twilio_media(char *out, size_t size, const char *stream, const uint8_t *audio, size_t n)
{
	static const char tail[] = "\"}}";
	int head = snprintf(out, size, "{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":{\"payload\":\"", stream);
	size_t at = (size_t)head;

	if (head < 0 || at + base64_length(n) + sizeof tail > size)
		return 0;
	at += base64_encode(out + at, audio, n);
	memcpy(out + at, tail, sizeof tail);
	return at + sizeof tail - 1;
}

size_t twilio_mark(char *out, size_t size, const char *stream, const char *name)
{
	int n = snprintf(out, size, "{\"event\":\"mark\",\"streamSid\":\"%s\",\"mark\":{\"name\":\"%s\"}}", stream,
			 name);

	return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

size_t twilio_clear(char *out, size_t size, const char *stream)
{
	int n = snprintf(out, size, "{\"event\":\"clear\",\"streamSid\":\"%s\"}", stream);

	return n > 0 && (size_t)n < size ? (size_t)n : 0;
}
