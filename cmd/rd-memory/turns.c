#include "turns.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "json.h"
#include "parts.h"
#include "utf8.h"
#include "words.h"

#ifndef __clang__ /* gcc's analyzer does not see that a list or an array keeps what was put into it */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

#define USUAL_MS 60.0	  /* of speech to a byte of text, while little was heard */
#define USUAL_BYTES 100.0 /* as if so much had been */

static const char *const who_names[] = { "user", "assistant", "tool" };

/* --- the list */

static void release(struct turn *turn)
{
	free(turn->text);
	cJSON_Delete(turn->spans);
}

void turns_close(struct turns *t)
{
	while (t->count)
		release(&t->all[--t->count]);
}

static struct turn *find(struct turns *t, enum turn_who who, uint8_t origin, uint8_t life, uint32_t seq)
{
	for (size_t i = t->count; i-- > 0;) {
		struct turn *turn = &t->all[i];

		if (turn->who == who && turn->origin == origin && turn->life == life && turn->seq == seq)
			return turn;
	}
	return NULL;
}

/* Room in its place by time, zeroed but for that; the oldest makes it. Moves others: pointers to turns do not outlive
 * this. */
static struct turn *insert(struct turns *t, uint64_t at_us)
{
	size_t at;

	if (t->count == TURNS_MAX) {
		release(&t->all[0]);
		memmove(&t->all[0], &t->all[1], --t->count * sizeof t->all[0]);
	}
	for (at = t->count; at > 0 && t->all[at - 1].at_us > at_us; at--)
		t->all[at] = t->all[at - 1];
	t->count++;
	t->all[at] = (struct turn){ .at_us = at_us };
	return &t->all[at];
}

static void place(struct turn *turn, enum turn_who who, uint8_t origin, uint8_t life, uint32_t seq)
{
	turn->who = who;
	turn->origin = origin;
	turn->life = life;
	turn->seq = seq;
}

static void set_text(struct turn *turn, const char *text)
{
	char *copy = strndup(text, utf8_clip(text, TURNS_TEXT_MAX_BYTES));

	if (!copy)
		return; /* the old text is better than none */
	free(turn->text);
	turn->text = copy;
}

static const char *text_of(const struct turn *turn)
{
	return turn->text ? turn->text : "";
}

/* --- what is said to be written down */

static void note(struct turns *t, struct turn *turn, uint64_t now_us)
{
	turn->written_us = now_us;
	t->changed(t, turn);
}

static void note_at_a_pace(struct turns *t, struct turn *turn, uint64_t now_us)
{
	if (turn->text && now_us - turn->written_us >= TURNS_PACE_US)
		note(t, turn, now_us);
}

/* --- the caller and the tools */

void turns_said(struct turns *t, enum turn_who who, uint8_t origin, uint8_t life, uint32_t seq, uint64_t at_us,
		const char *text)
{
	struct turn *turn;

	if (seq && find(t, who, origin, life, seq))
		return;
	turn = insert(t, at_us);
	place(turn, who, origin, life, seq);
	set_text(turn, text);
	turn->heard = strlen(text_of(turn));
	turn->done = turn->whole = turn->settled = true;
	note(t, turn, at_us);
}

/* --- the assistant */

static struct turn *of_item(struct turns *t, uint32_t item, uint64_t now_us)
{
	uint8_t origin = (uint8_t)(item >> 24), life = (uint8_t)(item >> 16);
	struct turn *turn = item ? find(t, TURN_ASSISTANT, origin, life, item & 0xffff) : NULL;

	if (turn || !item)
		return turn;
	turn = insert(t, now_us);
	place(turn, TURN_ASSISTANT, origin, life, item & 0xffff);
	return turn;
}

/* Of its sound, by who sent it, by what went by, by the carrier. */
static long got_ms(const struct turn *turn)
{
	long went_by_ms = (long)(turn->audio_us / 1000);

	return (turn->done && turn->sent_ms) || turn->sent_ms > went_by_ms ? turn->sent_ms : went_by_ms;
}

/* How long its text takes to say. The words of what was broken off had run ahead of their sound, nobody says by how
 * much: then they take as long as others took in this call. */
static long length_ms(const struct turns *t, const struct turn *turn)
{
	double ms = USUAL_MS * USUAL_BYTES, bytes = USUAL_BYTES;
	long usual_ms;

	if (turn->whole)
		return got_ms(turn);
	for (const struct turn *p = t->all; p < t->all + t->count; p++)
		if (p->who == TURN_ASSISTANT && p->whole && p->sent_ms) {
			ms += (double)p->sent_ms;
			bytes += (double)strlen(text_of(p));
		}
	usual_ms = (long)(ms / bytes * (double)strlen(text_of(turn)));
	return usual_ms > got_ms(turn) ? usual_ms : got_ms(turn);
}

static size_t words_after(const struct turns *t, const struct turn *turn, long ms)
{
	return words_heard(text_of(turn), turn->spans, ms, length_ms(t, turn));
}

static void measure(const struct turns *t, struct turn *turn)
{
	bool all = turn->settled && !turn->cut && turn->whole;

	turn->heard = all ? strlen(text_of(turn)) : words_after(t, turn, turn->heard_ms);
}

/* What is played comes in order: an item that begins to be heard has those before it behind it. */
static void settle_before(struct turns *t, const struct turn *turn, uint64_t now_us)
{
	for (struct turn *p = t->all; p < t->all + t->count; p++) {
		if (p->who != TURN_ASSISTANT || p->settled || p == turn || p->at_us >= turn->at_us || !p->heard_ms)
			continue;
		p->settled = true;
		p->heard = p->whole ? strlen(text_of(p)) : words_after(t, p, got_ms(p));
		p->cut = p->heard < strlen(text_of(p));
		note(t, p, now_us);
	}
}

void turns_piece(struct turns *t, uint32_t item, const char *text, long sent_ms, uint64_t now_us)
{
	struct turn *turn = of_item(t, item, now_us);
	size_t had, n;
	char *longer;

	if (!turn || turn->done)
		return;
	had = strlen(text_of(turn));
	n = utf8_clip(text, TURNS_TEXT_MAX_BYTES - had);
	longer = realloc(turn->text, had + n + 1);
	if (!longer)
		return;
	memcpy(longer + had, text, n);
	longer[had + n] = 0;
	turn->text = longer;
	if (sent_ms > 0 && (uint64_t)sent_ms * 1000 > turn->audio_us)
		turn->audio_us = (uint64_t)sent_ms * 1000;
	measure(t, turn);
}

void turns_audio(struct turns *t, uint32_t item, uint64_t audio_us, uint64_t now_us)
{
	struct turn *turn = of_item(t, item, now_us);

	if (turn)
		turn->audio_us += audio_us;
}

void turns_done(struct turns *t, uint32_t item, const char *text, const struct cJSON *spans, long sent_ms, bool whole,
		uint64_t now_us)
{
	struct turn *turn = of_item(t, item, now_us);

	if (!turn)
		return;
	set_text(turn, text);
	cJSON_Delete(turn->spans);
	turn->spans = cJSON_Duplicate(spans, true);
	turn->sent_ms = sent_ms;
	turn->done = true;
	turn->whole = whole;
	measure(t, turn);
	turn->cut = turn->settled && (turn->heard < strlen(text_of(turn)) || !whole);
	note(t, turn, now_us);
}

void turns_heard(struct turns *t, const struct event_heard *h, bool cleared, uint64_t now_us)
{
	struct turn *turn = of_item(t, h->item, now_us);
	bool was_settled, broken_off;

	if (!turn || (turn->settled && !cleared))
		return;
	was_settled = turn->settled;
	if (h->heard_ms > turn->heard_ms)
		turn->heard_ms = h->heard_ms;
	if (!turn->done && h->sent_ms > turn->sent_ms)
		turn->sent_ms = h->sent_ms;
	turn->settled |= cleared || h->end;
	broken_off = turn->done && !turn->whole; /* then its end is not the sentence's */
	turn->cut = turn->settled && (!h->end || broken_off) && !(was_settled && !turn->cut);
	measure(t, turn);
	if (turn->cut && turn->done && !broken_off && turn->heard == strlen(text_of(turn)))
		turn->cut = false;
	if (turn->heard_ms)
		settle_before(t, turn, now_us);
	if (turn->settled && !was_settled && turn->text)
		note(t, turn, now_us);
	else
		note_at_a_pace(t, turn, now_us);
}

void turns_heard_text(struct turns *t, const char *text, bool cleared, uint64_t now_us)
{
	size_t n = strlen(text);

	for (size_t i = t->count; i-- > 0;) {
		struct turn *turn = &t->all[i];

		if (turn->who != TURN_ASSISTANT || turn->settled || !turn->text)
			continue;
		if (strncmp(turn->text, text, n) == 0)
			turn->heard = n;
		turn->settled = cleared || turn->heard == strlen(turn->text);
		turn->cut = turn->heard < strlen(turn->text);
		note(t, turn, now_us);
		return;
	}
}

void turns_settle(struct turns *t, uint64_t now_us)
{
	for (struct turn *p = t->all; p < t->all + t->count; p++) {
		if (p->who != TURN_ASSISTANT || p->settled)
			continue;
		p->settled = p->cut = true;
		if (p->heard_ms || p->audio_us)
			measure(t, p);
		p->cut = p->heard < strlen(text_of(p));
		if (p->text)
			note(t, p, now_us);
	}
}

/* --- to and from the store */

static int who_of(const char *name)
{
	for (int i = 0; name && i < 3; i++)
		if (strcmp(name, who_names[i]) == 0)
			return i;
	return -1;
}

/* The carrier's clock was quicker than the store: what it said of a turn without words is taken out, to be said again
 * when they are there. */
static struct turn take_early(struct turns *t, struct turn *turn)
{
	struct turn early = *turn;

	memmove(turn, turn + 1, (size_t)(t->all + --t->count - turn) * sizeof *turn);
	return early;
}

static void hear_early(struct turns *t, const struct turn *early)
{
	struct event_heard h = { .item = (uint32_t)early->origin << 24 | (uint32_t)early->life << 16 | early->seq,
				 .heard_ms = early->heard_ms,
				 .sent_ms = early->sent_ms,
				 .end = early->settled && !early->cut };

	turns_heard(t, &h, early->settled, early->at_us);
}

enum {
	CUT_NOT,
	CUT_THERE,
	CUT_OPEN
}; /* of a row: complete as it is; interrupted; still being said when it was written */

static int cut_of(const struct turn *turn)
{
	if (turn->who == TURN_ASSISTANT && !turn->whole && !turn->settled)
		return CUT_OPEN;
	return turn->cut ? CUT_THERE : CUT_NOT;
}

/* Of an earlier life. What was still being played then has been heard by now, unless a call.cleared says otherwise. */
static void load_row(struct turns *t, const struct cJSON *row)
{
	const char *text = json_text(row, "text"), *whole = json_text(row, "whole");
	uint8_t origin = (uint8_t)json_whole(row, "origin", 0, 0, UINT8_MAX);
	uint8_t life = (uint8_t)json_whole(row, "life", 0, 0, UINT8_MAX);
	uint32_t seq = (uint32_t)json_whole(row, "seq", 0, 0, UINT32_MAX);
	int who = who_of(json_text(row, "who"));
	long cut = json_whole(row, "cut", CUT_NOT, CUT_NOT, CUT_OPEN);
	struct turn early = { 0 }, *turn = who < 0 ? NULL : find(t, (enum turn_who)who, origin, life, seq);

	if (who < 0 || !text || (turn && turn->text))
		return;
	if (turn)
		early = take_early(t, turn);
	turn = insert(t, (uint64_t)json_whole(row, "at_us", 0, 0, JSON_WHOLE_MAX));
	place(turn, (enum turn_who)who, origin, life, seq);
	set_text(turn, whole ? whole : text);
	turn->heard = strnlen(text_of(turn), strlen(text));
	turn->heard_ms = json_whole(row, "heard_ms", 0, 0, JSON_WHOLE_MAX);
	turn->sent_ms = json_whole(row, "sent_ms", 0, 0, JSON_WHOLE_MAX);
	turn->done = true;
	turn->cut = cut == CUT_THERE;
	turn->whole = cut != CUT_OPEN;
	turn->settled = who != TURN_ASSISTANT || turn->cut || (turn->whole && !whole);
	if (early.heard_ms || early.settled)
		hear_early(t, &early);
}

void turns_load(struct turns *t, const struct cJSON *rows)
{
	const struct cJSON *row;

	cJSON_ArrayForEach(row, rows) {
		load_row(t, row);
	}
}

/* So much of its text as the sound covers that was sent. Of text that nobody speaks there is no more. */
static size_t sent_bytes(const struct turns *t, const struct turn *turn)
{
	return turn->whole || !got_ms(turn) ? strlen(text_of(turn)) : words_after(t, turn, got_ms(turn));
}

/* Words that have no sound yet are not written down: if nobody lives to say them, they were not said. */
struct cJSON *turns_row(const struct turns *t, const struct turn *turn)
{
	size_t sent = sent_bytes(t, turn), heard = turn->heard < sent ? turn->heard : sent;
	char *all = strndup(text_of(turn), sent), *text = strndup(text_of(turn), heard);
	struct cJSON *row = json_make("who:s origin:i life:i seq:n at_us:n text:s whole:s? heard_ms:n sent_ms:n cut:i",
				      who_names[turn->who], turn->origin, turn->life, (long long)turn->seq,
				      (long long)turn->at_us, text ? text : "", heard < sent ? all : NULL,
				      (long long)turn->heard_ms, (long long)got_ms(turn), cut_of(turn));

	free(text);
	free(all);
	return row;
}

/* As the brain is to know it; NULL: there is nothing to know, e.g. because not a word of it was heard. */
static struct cJSON *list_entry(const struct turns *t, const struct turn *turn)
{
	bool in_play = turn->who == TURN_ASSISTANT && !turn->settled;
	char *text = strndup(text_of(turn), in_play ? sent_bytes(t, turn) : turn->heard);
	struct cJSON *entry = NULL;

	if (text && *text)
		entry = json_make("who:s text:s cut:b", who_names[turn->who], text,
				  in_play ? !turn->whole : (int)turn->cut);
	free(text);
	return entry;
}

struct cJSON *turns_list(const struct turns *t, size_t bytes_max)
{
	struct cJSON *list = cJSON_CreateArray();
	size_t bytes = 0;

	for (size_t i = t->count; list && i-- > 0;) {
		struct cJSON *entry = list_entry(t, &t->all[i]);

		bytes += entry ? parts_entry_bytes(entry) + 1 : 0;
		if (bytes > bytes_max) {
			cJSON_Delete(entry);
			break;
		}
		if (entry)
			cJSON_InsertItemInArray(list, 0, entry);
	}
	return list;
}
