#include "dialog.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "intent.h"
#include "json.h"
#include "log.h"
#include "paths.h"
#include "talk.h"

#define FILE_MAX_BYTES 262144u

/* --- a sentence with its slots */

static struct cJSON *moment_write(const struct moment *m)
{
	struct cJSON *out = cJSON_CreateObject();

	for (int i = 0; i < MOMENT_FIELDS; i++)
		if (m->set & 1u << i)
			cJSON_AddNumberToObject(out, moment_fields[i], m->value[i]);
	return out;
}

static void moment_read_fields(struct moment *m, const struct cJSON *from)
{
	for (int i = 0; i < MOMENT_FIELDS; i++)
		if (cJSON_HasObjectItem(from, moment_fields[i]))
			moment_put(m, (enum moment_field)i, json_whole(from, moment_fields[i], 0, -1000000, 1000000));
}

struct cJSON *dialog_match_write(const struct sentences_match *m)
{
	struct cJSON *slots = cJSON_CreateArray();

	for (size_t i = 0; i < m->slot_count; i++) {
		const struct sentences_slot *s = &m->slots[i];
		struct cJSON *slot = json_make("name:s text:s value:s moment:j", s->name, s->text, s->value,
					       moment_write(&s->moment));

		if (slot && s->has_number)
			cJSON_AddNumberToObject(slot, "number", (double)s->number);
		cJSON_AddItemToArray(slots, slot);
	}
	return json_make("intent:s? slots:j", m->intent ? m->intent->name : NULL, slots);
}

static void copy(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text ? text : "");
}

void dialog_match_read(const struct sentences *s, struct sentences_match *m, const struct cJSON *from)
{
	const char *name = json_text(from, "intent");
	const struct cJSON *one;

	*m = (struct sentences_match){ .intent = name ? sentences_find(s, name) : NULL };
	cJSON_ArrayForEach(one, json_array(from, "slots")) {
		struct sentences_slot *slot = &m->slots[m->slot_count];

		if (m->slot_count == SENTENCES_SLOTS)
			break;
		copy(slot->name, sizeof slot->name, json_text(one, "name"));
		copy(slot->text, sizeof slot->text, json_text(one, "text"));
		copy(slot->value, sizeof slot->value, json_text(one, "value"));
		slot->has_number = cJSON_HasObjectItem(one, "number");
		slot->number = json_whole(one, "number", 0, -JSON_WHOLE_MAX, JSON_WHOLE_MAX);
		moment_read_fields(&slot->moment, json_object(one, "moment"));
		m->slot_count++;
	}
}

/* --- the file */

static struct cJSON *seen_write(const struct dialog *d)
{
	struct cJSON *seen = cJSON_CreateArray();
	char text[32];

	for (unsigned i = 0; i < DIALOG_SEEN; i++)
		if (d->seen[i].seq) {
			snprintf(text, sizeof text, "%u.%u.%u", d->seen[i].origin, d->seen[i].life, d->seen[i].seq);
			cJSON_AddItemToArray(seen, cJSON_CreateString(text));
		}
	return seen;
}

static void seen_read(struct dialog *d, const struct cJSON *from)
{
	const struct cJSON *one;

	cJSON_ArrayForEach(one, from) {
		unsigned origin, life, seq;

		if (cJSON_IsString(one) && sscanf(one->valuestring, "%u.%u.%u", &origin, &life, &seq) == 3) {
			d->seen[d->seen_next % DIALOG_SEEN].origin = (uint8_t)origin;
			d->seen[d->seen_next % DIALOG_SEEN].life = (uint8_t)life;
			d->seen[d->seen_next++ % DIALOG_SEEN].seq = seq;
		}
	}
}

static struct cJSON *heard_write(const struct dialog *d)
{
	struct cJSON *heard = cJSON_CreateArray();

	for (size_t i = 0; i < d->heard_count; i++)
		cJSON_AddItemToArray(heard, json_make("text:s confidence:f", d->heard[i].text, d->heard[i].confidence));
	return heard;
}

static bool hear(struct dialog *d, const char *text, double confidence)
{
	char *copy = text && d->heard_count < DIALOG_HEARD ? strdup(text) : NULL;

	if (!copy)
		return false;
	d->heard[d->heard_count].text = copy;
	d->heard[d->heard_count++].confidence = confidence;
	return true;
}

static void heard_read(struct dialog *d, const struct cJSON *from)
{
	const struct cJSON *one;

	cJSON_ArrayForEach(one, from)
		(void)hear(d, json_text(one, "text"), json_number(one, "confidence", 1));
}

static int path_of(const struct intent *i, char *out, size_t size)
{
	return i->stage.dir ? paths_format(out, size, "%s/dialog", i->stage.dir) : -1;
}

void dialog_save(struct intent *i)
{
	struct dialog *d = &i->dialog;
	char path[PATHS_MAX_BYTES];
	static bool said_bad;
	char *text;

	if (path_of(i, path, sizeof path) < 0)
		return;
	text = json_print(json_make(
		"grammar:s pending:j asked:f tries:i sorry:i variant:i help:i rate:f last:s? greeted:b keys:s "
		"seen:j heard:j calls:j orders:j reading:j",
		d->grammar, dialog_match_write(&d->pending), (double)d->asked_at, (int)d->tries, (int)d->sorry,
		(int)(d->variant & 0xffff), (int)d->help, d->rate, d->last, (int)d->greeted, d->keys, seen_write(d),
		heard_write(d), calls_write(&i->calls), orders_write(&i->orders), reading_write(&i->reading)));
	if ((!text || paths_write_atomically(path, text, strlen(text)) < 0) && !said_bad) {
		log_warn("cannot keep the dialog in %s: %s", path, strerror(errno));
		said_bad = true;
	}
	free(text);
}

static void read_all(struct intent *i, const struct cJSON *from)
{
	struct dialog *d = &i->dialog;

	d->recovered = true;
	dialog_match_read(i->sentences, &d->pending, json_object(from, "pending"));
	if (d->pending.intent && !talk_question(&d->pending)) /* the file has changed meanwhile */
		d->pending.intent = NULL;
	copy(d->grammar, sizeof d->grammar, json_text(from, "grammar"));
	copy(d->keys, sizeof d->keys, json_text(from, "keys"));
	d->asked_at = (time_t)json_whole(from, "asked", 0, 0, JSON_WHOLE_MAX);
	d->tries = (unsigned)json_whole(from, "tries", 0, 0, 100);
	d->sorry = (unsigned)json_whole(from, "sorry", 0, 0, 100);
	d->variant = (unsigned)json_whole(from, "variant", 0, 0, 0xffff);
	d->help = (unsigned)json_whole(from, "help", 0, 0, 10000);
	d->rate = json_number(from, "rate", 1);
	d->greeted = json_flag(from, "greeted", false);
	dialog_last(i, json_text(from, "last"));
	seen_read(d, json_array(from, "seen"));
	heard_read(d, json_array(from, "heard"));
	calls_read(i, json_object(from, "calls"));
	orders_read(i, json_object(from, "orders"));
	reading_read(&i->reading, json_object(from, "reading"));
	if (!d->pending.intent && strcmp(d->grammar, DIALOG_READING) != 0)
		copy(d->grammar, sizeof d->grammar, DIALOG_MAIN);
}

void dialog_open(struct intent *i)
{
	char path[PATHS_MAX_BYTES], *text = NULL;
	struct cJSON *from = NULL;
	ssize_t n = -1;

	i->dialog = (struct dialog){ .rate = 1, .grammar = DIALOG_MAIN };
	if (path_of(i, path, sizeof path) == 0 && (text = malloc(FILE_MAX_BYTES)))
		n = paths_read_bounded(path, text, FILE_MAX_BYTES);
	if (n < 0 && text && errno != ENOENT)
		log_warn("cannot read %s: %s: the dialog begins anew", path, strerror(errno));
	if (n >= 0 && !(from = json_parse(text, (size_t)n)))
		log_warn("%s is not what was written there: the dialog begins anew", path);
	if (from)
		read_all(i, from);
	cJSON_Delete(from);
	free(text);
}

void dialog_forget(struct intent *i)
{
	calls_close(&i->calls);
	orders_close(&i->orders);
	i->reading = (struct reading){ .active = false };
	dialog_settle(i);
	dialog_close(i);
	i->dialog.recovered = i->dialog.greeted = false;
}

void dialog_close(struct intent *i)
{
	free(i->dialog.last);
	i->dialog.last = NULL;
	while (i->dialog.heard_count)
		free(i->dialog.heard[--i->dialog.heard_count].text);
}

/* --- what happens in it */

bool dialog_seen(struct intent *i, const struct frame *f)
{
	struct dialog *d = &i->dialog;

	if (!f->seq || f->origin >= 128) /* by hand nothing is said twice */
		return false;
	for (unsigned n = 0; n < DIALOG_SEEN; n++)
		if (d->seen[n].seq == f->seq && d->seen[n].origin == f->origin && d->seen[n].life == f->life)
			return true;
	d->seen[d->seen_next % DIALOG_SEEN].origin = f->origin;
	d->seen[d->seen_next % DIALOG_SEEN].life = f->life;
	d->seen[d->seen_next++ % DIALOG_SEEN].seq = f->seq;
	return false;
}

void dialog_last(struct intent *i, const char *text)
{
	free(i->dialog.last);
	i->dialog.last = text ? strdup(text) : NULL;
}

bool dialog_hear(struct intent *i, const char *text, double confidence)
{
	bool kept = hear(&i->dialog, text, confidence);

	dialog_save(i);
	return kept;
}

char *dialog_next(struct intent *i, double *confidence)
{
	struct dialog *d = &i->dialog;
	char *text;

	if (!d->heard_count)
		return NULL;
	text = d->heard[0].text;
	*confidence = d->heard[0].confidence;
	memmove(&d->heard[0], &d->heard[1], --d->heard_count * sizeof *d->heard);
	return text;
}

void dialog_say_expect(struct intent *i)
{
	(void)stage_say(&i->stage, EVENT_USER_EXPECT, "grammar:s", i->dialog.grammar);
}

void dialog_expect(struct intent *i, const char *grammar)
{
	if (strcmp(i->dialog.grammar, grammar) == 0)
		return;
	copy(i->dialog.grammar, sizeof i->dialog.grammar, grammar);
	dialog_say_expect(i);
}

void dialog_ask(struct intent *i, const struct sentences_match *m, const char *grammar)
{
	struct dialog *d = &i->dialog;

	if (&d->pending != m)
		d->pending = *m;
	d->tries = 0;
	*d->keys = '\0';
	dialog_expect(i, grammar);
}

void dialog_settle(struct intent *i)
{
	i->dialog.pending = (struct sentences_match){ .intent = NULL };
	i->dialog.tries = 0;
	timer_stop(&i->stage.loop, &i->silence_timer);
	timer_stop(&i->stage.loop, &i->keys_timer);
	dialog_expect(i, i->reading.active && !i->reading.paused ? DIALOG_READING : DIALOG_MAIN);
}
