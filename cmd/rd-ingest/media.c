#include "media.h"

#include <string.h>

#include "base64.h"
#include "twilio.h"

#define DIGITS 9 /* of a number that is plain: as many as TWILIO_TIMESTAMP_MAX_MS has, and a long can hold */

struct word {
	const char *at; /* NULL: was not there */
	size_t n;
	bool number;
};

struct scan {
	const char *at, *end;
	bool nested; /* `media` was there */
	struct word event, stream, track, payload, timestamp;
};

static bool is(const struct word *w, const char *text)
{
	return !w->number && w->n == strlen(text) && memcmp(w->at, text, w->n) == 0;
}

static void skip(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t'))
		s->at++;
}

/* This character and the space behind it. */
static bool take(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	skip(s);
	return true;
}

/* A text without escapes and control characters, and the space behind it. */
static bool take_text(struct scan *s, struct word *w)
{
	if (s->at == s->end || *s->at != '"')
		return false;
	*w = (struct word){ .at = ++s->at };
	while (s->at < s->end && *s->at != '"' && *s->at != '\\' && (unsigned char)*s->at >= ' ')
		s->at++;
	w->n = (size_t)(s->at - w->at);
	return take(s, '"');
}

static bool take_value(struct scan *s, struct word *w)
{
	if (s->at < s->end && *s->at == '"')
		return take_text(s, w);
	*w = (struct word){ .at = s->at, .number = true };
	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	w->n = (size_t)(s->at - w->at);
	skip(s);
	return w->n > 0 && w->n <= DIGITS;
}

/* Where a value of this name belongs; what has no place is nothing to us. */
static struct word *place(struct scan *s, const struct word *key, bool inner)
{
	const struct {
		const char *name;
		bool inner;
		struct word *place;
	} places[] = {
		{ "event", false, &s->event },	  { "streamSid", false, &s->stream },	{ "track", true, &s->track },
		{ "payload", true, &s->payload }, { "timestamp", true, &s->timestamp },
	};

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (places[i].inner == inner && is(key, places[i].name))
			return places[i].place;
	return NULL;
}

static bool take_object(struct scan *s, bool inner);

static bool take_member(struct scan *s, bool inner)
{
	struct word key, value, *kept;

	if (!take_text(s, &key) || !take(s, ':'))
		return false;
	if (!inner && is(&key, "media")) {
		if (s->nested)
			return false;
		s->nested = true;
		return take_object(s, true);
	}
	kept = place(s, &key, inner);
	if (!take_value(s, &value) || (kept && kept->at))
		return false;
	if (kept)
		*kept = value;
	return true;
}

static bool take_object(struct scan *s, bool inner)
{
	if (!take(s, '{'))
		return false;
	do {
		if (!take_member(s, inner))
			return false;
	} while (take(s, ','));
	return take(s, '}');
}

static bool read_stream(struct twilio_message *m, const struct word *w)
{
	if (!w->at || w->number || !w->n || w->n >= sizeof m->stream)
		return false;
	for (size_t i = 0; i < w->n; i++)
		if (!twilio_is_name(w->at[i]))
			return false;
	memcpy(m->stream, w->at, w->n);
	m->stream[w->n] = 0;
	return true;
}

static bool read_timestamp(struct twilio_message *m, const struct word *w)
{
	long ms = 0;

	if (!w->at || !w->n || w->n > DIGITS)
		return false;
	for (size_t i = 0; i < w->n; i++) {
		if (w->at[i] < '0' || w->at[i] > '9')
			return false;
		ms = ms * 10 + (w->at[i] - '0');
	}
	m->timestamp_ms = ms;
	return ms <= TWILIO_TIMESTAMP_MAX_MS;
}

bool media_scan(struct twilio_message *m, const char *text, size_t n, uint8_t *audio)
{
	struct scan s = { .at = text, .end = text + n };
	long bytes;

	skip(&s);
	if (!take_object(&s, false) || s.at != s.end)
		return false;
	if (!s.event.at || !is(&s.event, "media") || (s.track.at && !is(&s.track, "inbound")))
		return false;
	*m = (struct twilio_message){ .kind = TWILIO_MEDIA, .audio = audio };
	if (!read_stream(m, &s.stream) || !read_timestamp(m, &s.timestamp) || !s.payload.at || s.payload.number)
		return false;
	bytes = base64_decode(audio, TWILIO_AUDIO_BYTES, s.payload.at, s.payload.n);
	m->n = (size_t)bytes;
	return bytes >= 0;
}
