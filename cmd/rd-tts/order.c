#include "order.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "stage.h"
#include "utf8.h"
#include "words.h"

#ifndef __clang__ /* gcc's analyzer does not see that an array keeps what was put into it */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

#define USUAL_MS 60 /* of speech to a byte of text */

void order_close(struct order *o)
{
	free(o->text);
	cJSON_Delete(o->spans);
	*o = (struct order){ .text = NULL };
}

void order_set_text(struct order *o, const char *text, size_t n, const char *language)
{
	o->text = strndup(text, n);
	if (!o->text)
		return;
	utf8_clean(o->text, strlen(o->text));
	script_open(&o->script, o->text, strlen(o->text), language);
}

uint32_t order_item(struct order *o, struct stage *s)
{
	if (!o->item)
		o->item = stage_item(s);
	if (!o->item) {
		log_error("no item is left in this life");
		stage_end(s, 111);
	}
	return o->item;
}

static long to_ms(const struct order *o, uint64_t samples)
{
	return o->rate_100hz ? (long)(samples * 10 / o->rate_100hz) : 0;
}

long order_sent_ms(const struct order *o)
{
	return to_ms(o, o->samples);
}

/* --- spans */

static void add_span(struct cJSON *spans, size_t count, long ms)
{
	struct cJSON *span = spans && (count || ms) ? cJSON_CreateArray() : NULL;

	if (!span)
		return;
	cJSON_AddItemToArray(span, cJSON_CreateNumber((double)count));
	cJSON_AddItemToArray(span, cJSON_CreateNumber((double)ms));
	cJSON_AddItemToArray(spans, span);
}

/* The words of the piece with their times; behind them what is left of its text and sound. all false: only those whose
 * sound is there. Returns how many bytes of text that is. */
static size_t add_words(const struct piece *p, struct cJSON *spans, long piece_ms, bool all)
{
	const struct script_sentence *s = &p->sentence;
	size_t at = 0;
	long ms = 0;

	for (size_t i = 0; i < p->ends && (all || p->ends_ms[i] <= piece_ms); i++) {
		long end_ms = p->ends_ms[i] < piece_ms ? p->ends_ms[i] : piece_ms;

		add_span(spans, utf8_count(s->text + at, s->groups[i].end - at), end_ms > ms ? end_ms - ms : 0);
		ms = end_ms > ms ? end_ms : ms;
		at = s->groups[i].end;
	}
	add_span(spans, all ? utf8_count(s->text + at, s->bytes - at) : 0, piece_ms - ms);
	return all ? s->bytes : at;
}

static void join_spans(struct order *o, const struct cJSON *spans)
{
	const struct cJSON *span;

	if (!o->spans)
		o->spans = cJSON_CreateArray();
	cJSON_ArrayForEach(span, spans) {
		cJSON_AddItemToArray(o->spans, cJSON_Duplicate(span, true));
	}
}

/* --- pieces */

void piece_word(struct piece *p, size_t word, long end_ms)
{
	const struct script_sentence *s = &p->sentence;

	while (!p->phrase && p->ends < s->count && s->groups[p->ends].words <= word + 1)
		p->ends_ms[p->ends++] = end_ms;
}

static long piece_ms(const struct order *o, const struct piece *p)
{
	return order_sent_ms(o) - to_ms(o, p->samples_before);
}

void order_piece(struct order *o, const struct piece *p, struct stage *s)
{
	const char *text = p->phrase ? o->text : p->sentence.text;
	size_t bytes = p->phrase ? strlen(o->text) : p->sentence.bytes;
	struct cJSON *spans = cJSON_CreateArray();
	char *piece = strndup(text, bytes), name[16];

	if (p->phrase)
		add_span(spans, utf8_count(text, bytes), piece_ms(o, p));
	else
		(void)add_words(p, spans, piece_ms(o, p), true);
	join_spans(o, spans);
	o->said_bytes += bytes;
	if (order_item(o, s))
		(void)stage_say(s, EVENT_ASSISTANT_TEXT, "item:s n:i text:s spans:j? sent_ms:n say:s?",
				frame_item_name(o->item, name), (int)++o->pieces, piece ? piece : "", spans,
				(long long)order_sent_ms(o), *o->id ? o->id : NULL);
	else
		cJSON_Delete(spans);
	free(piece);
}

void order_cut(struct order *o, const struct piece *p)
{
	struct cJSON *spans = cJSON_CreateArray();
	long ms = piece_ms(o, p), usual_ms;

	if (!p->phrase) {
		o->said_bytes += add_words(p, spans, ms, false);
		join_spans(o, spans);
	} else if (o->text) {
		usual_ms = (long)strlen(o->text) * USUAL_MS;
		o->said_bytes = words_heard(o->text, NULL, ms, usual_ms > ms ? usual_ms : ms);
	}
	cJSON_Delete(spans);
}

void order_done(struct order *o, struct stage *s, const char *status)
{
	struct frame last = { .kind = FRAME_DOWN, .flags = FRAME_END, .codec = o->codec, .rate_100hz = o->rate_100hz };
	char *text = strndup(o->text ? o->text : "", o->said_bytes), name[16];

	last.item = o->item;
	if (o->samples && strcmp(status, "cancelled") != 0)
		(void)stage_audio(s, &last, NULL, 0);
	if ((o->item || *o->id) && order_item(o, s)) { /* one that has a name is answered even if it made no sound */
		(void)stage_say(s, EVENT_ASSISTANT_DONE, "item:s text:s spans:j? sent_ms:n status:s say:s?",
				frame_item_name(o->item, name), text ? text : "", o->spans, (long long)order_sent_ms(o),
				status, *o->id ? o->id : NULL);
		o->spans = NULL;
	}
	free(text);
}
