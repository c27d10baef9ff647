#include "words.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* One character of text that need not be valid: a stray byte counts as one. Never reads beyond the NUL. */
static size_t character(const char *text, uint32_t *code)
{
	static const uint32_t mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	unsigned char first = (unsigned char)*text;
	size_t n = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 1;

	*code = first & mask[n];
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return *code = first, 1;
		*code = *code << 6 | ((unsigned char)text[i] & 0x3f);
	}
	return n;
}

static size_t count_characters(const char *text)
{
	size_t count = 0;
	uint32_t code;

	for (; *text; text += character(text, &code))
		count++;
	return count;
}

/* Characters heard by the stretches; -1 if they are no such list or end before the audio did. */
static double count_by_spans(const struct cJSON *spans, long heard_ms)
{
	double characters = 0, left_ms = (double)heard_ms;
	const struct cJSON *span;

	cJSON_ArrayForEach(span, spans) {
		const struct cJSON *n = cJSON_GetArrayItem(span, 0), *ms = cJSON_GetArrayItem(span, 1);

		if (!cJSON_IsNumber(n) || !cJSON_IsNumber(ms) || n->valuedouble < 0 || ms->valuedouble < 0)
			return -1;
		if (left_ms < ms->valuedouble)
			return characters + n->valuedouble * left_ms / ms->valuedouble;
		left_ms -= ms->valuedouble;
		characters += n->valuedouble;
	}
	return characters > 0 ? characters : -1;
}

static bool is_space(uint32_t code)
{
	return code == ' ' || (code >= '\t' && code <= '\r') || code == 0xa0 || code == 0x2028 || code == 0x3000;
}

/* Scripts that write words without spaces between them: Thai to Khmer, kana, Han, and what stands with them. */
static bool is_dense(uint32_t code)
{
	return (code >= 0x0e00 && code <= 0x0eff) || (code >= 0x1780 && code <= 0x17ff) ||
	       (code >= 0x3001 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff) ||
	       (code >= 0xff00 && code <= 0xff65) || (code >= 0x20000 && code <= 0x3ffff);
}

/* The end of the last word that lies wholly within the first `characters`. */
static size_t cut(const char *text, double characters)
{
	size_t at = 0, heard = 0, word_end = 0;
	uint32_t code, before = ' ';

	while (text[at] && (double)heard <= characters) {
		size_t n = character(text + at, &code);

		if (!is_space(before) && (is_space(code) || is_dense(code) || is_dense(before)))
			word_end = at;
		before = code;
		at += n;
		heard++;
	}
	if (!text[at] && (double)heard <= characters && !is_space(before))
		word_end = at;
	return word_end;
}

size_t words_heard(const char *text, const struct cJSON *spans, long heard_ms, long sent_ms)
{
	double characters = -1;

	if (heard_ms <= 0)
		return 0;
	if (cJSON_IsArray(spans))
		characters = count_by_spans(spans, heard_ms);
	if (characters < 0 && heard_ms < sent_ms)
		characters = (double)count_characters(text) * (double)heard_ms / (double)sent_ms;
	if (characters < 0 || (sent_ms > 0 && heard_ms >= sent_ms))
		characters = (double)count_characters(text);
	return cut(text, characters);
}
