#include "frame.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "bytes.h"

static const struct {
	const char *name;
	uint8_t codec;
	uint8_t sample_bytes;
} codecs[] = { { "mulaw", CODEC_MULAW, 1 }, { "alaw", CODEC_ALAW, 1 }, { "s16", CODEC_S16, 2 } };
#define CODECS (sizeof codecs / sizeof codecs[0])

static const struct {
	const char *name;
	uint8_t flag;
} flags[] = { { "END", FRAME_END }, { "AGAIN", FRAME_AGAIN }, { "TAKEN", FRAME_TAKEN }, { "FILLED", FRAME_FILLED } };
#define FLAGS (sizeof flags / sizeof flags[0])

void frame_pack(const struct frame *f, uint8_t h[FRAME_HEADER])
{
	h[0] = FRAME_MAGIC_0;
	h[1] = FRAME_MAGIC_1;
	h[2] = FRAME_VERSION;
	h[3] = f->kind;
	h[4] = f->flags;
	h[5] = f->codec;
	put_u16(h + 6, f->rate_100hz);
	h[8] = f->origin;
	h[9] = f->life;
	h[10] = f->hops;
	h[11] = 0;
	put_u32(h + 12, f->length);
	put_u32(h + 16, f->item);
	put_u32(h + 20, f->seq);
	put_u64(h + 24, f->birth_us);
}

int frame_unpack(struct frame *f, const uint8_t h[FRAME_HEADER])
{
	if (h[0] != FRAME_MAGIC_0 || h[1] != FRAME_MAGIC_1)
		return errno = EBADMSG, -1;
	if (h[2] != FRAME_VERSION)
		return errno = EPROTO, -1;
	*f = (struct frame){ .kind = h[3],
			     .flags = h[4],
			     .codec = h[5],
			     .rate_100hz = get_u16(h + 6),
			     .origin = h[8],
			     .life = h[9],
			     .hops = h[10],
			     .length = get_u32(h + 12),
			     .item = get_u32(h + 16),
			     .seq = get_u32(h + 20),
			     .birth_us = get_u64(h + 24) };
	if (f->length > FRAME_PAYLOAD_MAX)
		return errno = EMSGSIZE, -1;
	return 0;
}

unsigned frame_sample_bytes(uint8_t codec)
{
	for (size_t i = 0; i < CODECS; i++)
		if (codecs[i].codec == codec)
			return codecs[i].sample_bytes;
	return 0;
}

uint64_t frame_audio_us(const struct frame *f)
{
	unsigned bytes = frame_sample_bytes(f->codec);

	if (bytes == 0 || f->rate_100hz == 0)
		return 0;
	return (uint64_t)(f->length / bytes) * 10000 / f->rate_100hz;
}

/* Digits worth at most max. What stands behind them; NULL: none, or too many. */
static const char *digits_parse(const char *text, unsigned long max, unsigned long *value)
{
	const char *p = text;

	for (*value = 0; *p >= '0' && *p <= '9'; p++) {
		*value = *value * 10 + (unsigned long)(*p - '0');
		if (*value > max)
			return NULL;
	}
	return p > text ? p : NULL;
}

/* A codec as frame_format_name writes it, so "codec9" too. What stands behind it, or NULL. */
static const char *codec_parse(const char *text, uint8_t *codec)
{
	unsigned long number;
	const char *p;

	for (size_t i = 0; i < CODECS; i++) {
		size_t n = strlen(codecs[i].name);

		if (strncmp(text, codecs[i].name, n) == 0) {
			*codec = codecs[i].codec;
			return text + n;
		}
	}
	p = strncmp(text, "codec", 5) == 0 ? digits_parse(text + 5, 255, &number) : NULL;
	if (p)
		*codec = (uint8_t)number;
	return p;
}

/* A format as frame_format_name writes it, known or not. */
static int any_format_parse(const char *name, uint8_t *codec, uint16_t *rate_100hz)
{
	unsigned long hz;
	const char *p = codec_parse(name, codec);

	p = p && *p == '/' ? digits_parse(p + 1, 100ul * UINT16_MAX, &hz) : NULL;
	if (!p || *p || hz % 100)
		return -1;
	*rate_100hz = (uint16_t)(hz / 100);
	return 0;
}

int frame_format_parse(const char *name, uint8_t *codec, uint16_t *rate_100hz)
{
	if (any_format_parse(name, codec, rate_100hz) < 0 || !frame_sample_bytes(*codec))
		return -1;
	return *rate_100hz == 80 || *rate_100hz == 160 || *rate_100hz == 240 || *rate_100hz == 480 ? 0 : -1;
}

char *frame_format_name(uint8_t codec, uint16_t rate_100hz, char *out, size_t size)
{
	for (size_t i = 0; i < CODECS; i++)
		if (codecs[i].codec == codec) {
			snprintf(out, size, "%s/%u", codecs[i].name, rate_100hz * 100u);
			return out;
		}
	if (codec == CODEC_NONE && rate_100hz == 0)
		snprintf(out, size, "-");
	else
		snprintf(out, size, "codec%u/%u", codec, rate_100hz * 100u);
	return out;
}

uint32_t frame_item(uint8_t origin, uint8_t life, uint16_t count)
{
	return (uint32_t)origin << 24 | (uint32_t)life << 16 | count;
}

bool frame_item_newer(uint32_t item, uint32_t newest)
{
	return newest && item >> 24 == newest >> 24 && item > newest;
}

uint32_t frame_item_parse(const char *name)
{
	unsigned origin, life, count;
	char rest;

	if (!name || sscanf(name, "%3u.%3u.%5u%c", &origin, &life, &count, &rest) != 3)
		return 0;
	if (origin > 255 || life > 255 || count > 65535)
		return 0;
	return frame_item((uint8_t)origin, (uint8_t)life, (uint16_t)count);
}

char *frame_item_name(uint32_t item, char out[16])
{
	snprintf(out, 16, "%u.%u.%u", (unsigned)(item >> 24), (unsigned)(item >> 16 & 0xff), (unsigned)(item & 0xffff));
	return out;
}

static void flags_name(uint8_t value, char *out, size_t size)
{
	size_t n = 0;

	snprintf(out, size, "-");
	for (size_t i = 0; i < FLAGS; i++)
		if (value & flags[i].flag)
			n += (size_t)snprintf(out + n, size - n, "%s%s", n ? "+" : "", flags[i].name);
}

static int flags_parse(char *text, uint8_t *value)
{
	char *save = NULL;

	*value = 0;
	if (strcmp(text, "-") == 0)
		return 0;
	for (char *word = strtok_r(text, "+", &save); word; word = strtok_r(NULL, "+", &save)) {
		size_t i = 0;

		while (i < FLAGS && strcmp(word, flags[i].name) != 0)
			i++;
		if (i == FLAGS)
			return -1;
		*value |= flags[i].flag;
	}
	return 0;
}

static const char *kind_name(uint8_t kind, char out[8])
{
	static const char *const names[] = { NULL, "event", "up", "down" };

	if (kind >= 1 && kind <= 3)
		return names[kind];
	snprintf(out, 8, "kind%u", kind);
	return out;
}

static int kind_parse(const char *name, uint8_t *kind)
{
	char other[8];

	for (unsigned k = 0; k < 256; k++)
		if (strcmp(name, kind_name((uint8_t)k, other)) == 0) {
			*kind = (uint8_t)k;
			return 0;
		}
	return -1;
}

long frame_to_line(const struct frame *f, char *out, size_t size)
{
	char kind[8], item[16] = "-", names[32], format[24];
	size_t n, need;

	if (f->item)
		frame_item_name(f->item, item);
	flags_name(f->flags, names, sizeof names);
	frame_format_name(f->codec, f->rate_100hz, format, sizeof format);
	n = (size_t)snprintf(out, size, "%s %u.%u %u %s %s %s ", kind_name(f->kind, kind), f->origin, f->life, f->seq,
			     item, names, format);
	need = f->kind == FRAME_EVENT ? f->length : base64_length(f->length);
	if (n + need + 3 > size)
		return -1;
	if (f->length == 0) {
		out[n++] = '-';
	} else if (f->kind == FRAME_EVENT) {
		for (size_t i = 0; i < f->length; i++) /* JSON needs no raw control byte; a line must not have one */
			out[n + i] = f->payload[i] < 0x20 ? ' ' : (char)f->payload[i];
		n += f->length;
	} else {
		n += base64_encode(out + n, f->payload, f->length);
	}
	out[n++] = '\n';
	out[n] = 0;
	return (long)n;
}

static int bad(const char **error, const char *why)
{
	*error = why;
	return -1;
}

/* The payload's text: JSON for an event, base64 for anything else. */
static int payload_parse(struct frame *f, const char *text, uint8_t *payload, const char **error)
{
	size_t n = strlen(text);
	long bytes;

	f->payload = payload;
	f->length = 0;
	if (strcmp(text, "-") == 0)
		return 0;
	if (f->kind == FRAME_EVENT) {
		if (n > FRAME_PAYLOAD_MAX)
			return bad(error, "an event of at most 65504 bytes expected");
		memcpy(payload, text, n);
		f->length = (uint32_t)n;
		return 0;
	}
	bytes = base64_decode(payload, FRAME_PAYLOAD_MAX, text, n);
	if (bytes < 0)
		return bad(error, "base64 of at most 65504 bytes expected");
	f->length = (uint32_t)bytes;
	return 0;
}

/* "2.0": origin and life. */
static int place_parse(const char *text, struct frame *f)
{
	unsigned long origin, life;
	const char *p;

	if (strcmp(text, "-") == 0)
		return 0;
	p = digits_parse(text, 255, &origin);
	p = p && *p == '.' ? digits_parse(p + 1, 255, &life) : NULL;
	if (!p || *p)
		return -1;
	f->origin = (uint8_t)origin;
	f->life = (uint8_t)life;
	return 0;
}

int frame_from_line(struct frame *f, char *line, uint8_t *payload, const char **error)
{
	char *word[6], *rest = line;
	unsigned long number = 0;
	const char *end;

	*f = (struct frame){ .kind = FRAME_EVENT };
	if (*line == '{')
		return payload_parse(f, line, payload, error);
	for (size_t i = 0; i < 6; i++) {
		word[i] = rest;
		rest = strchr(rest, ' ');
		if (!rest)
			return bad(error, "seven words expected: kind origin.life seq item flags format payload");
		*rest++ = 0;
	}
	if (kind_parse(word[0], &f->kind) < 0)
		return bad(error, "kind: event, up or down expected");
	if (place_parse(word[1], f) < 0)
		return bad(error, "origin.life: two numbers up to 255 or - expected");
	if (strcmp(word[2], "-") != 0 && (!(end = digits_parse(word[2], UINT32_MAX, &number)) || *end))
		return bad(error, "seq: a number or - expected");
	f->seq = (uint32_t)number;
	f->item = frame_item_parse(word[3]);
	if (!f->item && strcmp(word[3], "-") != 0)
		return bad(error, "item: origin.life.count or - expected");
	if (flags_parse(word[4], &f->flags) < 0)
		return bad(error, "flags: END, AGAIN, TAKEN, FILLED joined by + or - expected");
	if (strcmp(word[5], "-") != 0 && any_format_parse(word[5], &f->codec, &f->rate_100hz) < 0)
		return bad(error, "format: mulaw/8000, alaw/8000, s16/RATE or - expected");
	return payload_parse(f, rest, payload, error);
}
