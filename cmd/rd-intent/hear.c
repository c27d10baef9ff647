#include "hear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "intent.h"
#include "language.h"
#include "log.h"
#include "talk.h"

#define KEYS_US (3 * SECOND) /* after the last key of a number */

static void not_understood(struct intent *i, const char *text)
{
	struct dialog *d = &i->dialog;

	if (!*text && !language_is_heard(sentences_language(i->sentences))) { /* nor will it be the next time */
		orders_phrase(i, "sorry.deaf");
		return;
	}
	if (d->pending.intent) {
		talk_no_answer(i);
		return;
	}
	orders_phrase(i, "sorry.again");
	if (d->sorry++ < 3 || d->sorry % 3 == 0) /* whoever is talking to somebody else need not hear it all */
		talk_examples(i, "hint", 2);
}

/* In what is asked; else as a new sentence. */
static int match(const struct intent *i, const char *text, struct sentences_match *m)
{
	const char *grammar = i->dialog.grammar;

	if (sentences_match(i->sentences, grammar, text, m))
		return 1;
	return strcmp(grammar, DIALOG_MAIN) != 0 && sentences_match(i->sentences, DIALOG_MAIN, text, m);
}

static void answer(struct intent *i, const struct sentences_match *m)
{
	struct sentences_match whole = i->dialog.pending;

	for (size_t n = 0; n < m->slot_count && whole.slot_count < SENTENCES_SLOTS; n++)
		if (!sentences_slot(&whole, m->slots[n].name))
			whole.slots[whole.slot_count++] = m->slots[n];
	/* a number may stand for what was asked: the document's */
	if (m->slot_count == 1 && talk_lacks(&whole) && whole.slot_count < SENTENCES_SLOTS) {
		struct sentences_slot *slot = &whole.slots[whole.slot_count++];

		*slot = m->slots[0];
		snprintf(slot->name, sizeof slot->name, "%s", i->dialog.grammar);
	}
	talk_begin(i, &whole, 1);
}

/* "no, nine o'clock": the day stays, the time is another one. */
static void correct(struct intent *i, const struct sentences_match *m)
{
	struct sentences_match whole = i->dialog.pending;
	bool any = false;

	for (size_t n = 0; n < m->slot_count; n++)
		for (size_t k = 0; k < whole.slot_count; k++) {
			struct sentences_slot *slot = &whole.slots[k];
			bool same = strcmp(slot->name, m->slots[n].name) == 0;

			if (m->slots[n].moment.set && slot->moment.set) {
				moment_correct(&slot->moment, &m->slots[n].moment);
				any = true;
			} else if (same) {
				*slot = m->slots[n];
				any = true;
			}
		}
	if (any)
		talk_begin(i, &whole, 1);
	else
		talk_no_answer(i);
}

static void take(struct intent *i, const struct sentences_match *m, double confidence)
{
	struct dialog *d = &i->dialog;

	switch (m->intent->act) {
	case SENTENCES_YES:
		if (!d->pending.intent)
			talk_quiet(i);
		else if (confidence < i->confidence) /* a yes that was none has an effect */
			talk_no_answer(i);
		else
			talk_confirmed(i);
		break;
	case SENTENCES_NO: talk_drop(i, d->pending.intent ? "dropped" : "stopped"); break;
	case SENTENCES_CORRECT:
	case SENTENCES_ANSWER:
		if (!d->pending.intent) /* nothing was asked */
			not_understood(i, m->intent->name);
		else if (m->intent->act == SENTENCES_CORRECT)
			correct(i, m);
		else
			answer(i, m);
		break;
	default:
		if (talk_confirms(d) && !sentences_heard_in(m->intent, DIALOG_CONFIRM))
			talk_drop(i, "dropped"); /* he wants something else */
		if (m->intent->act && m->intent->need_count == 0 && !m->intent->ask)
			talk_act(i, m);
		else
			talk_begin(i, m, confidence);
		break;
	}
}

static void act_on(struct intent *i, const char *text, double confidence)
{
	struct sentences_match m;

	timer_stop(&i->stage.loop, &i->silence_timer);
	if (!*text || !match(i, text, &m)) {
		log_debug("not understood grammar=%s", i->dialog.grammar);
		not_understood(i, text);
	} else {
		log_info("understood intent=%s grammar=%s", m.intent->name, i->dialog.grammar);
		i->dialog.sorry = 0;
		take(i, &m, confidence);
	}
	dialog_save(i);
	if (!orders_open(i))
		talk_quiet(i);
}

void hear_now(struct intent *i)
{
	double confidence;
	char *text;

	while (i->opening.ready && (text = dialog_next(i, &confidence))) {
		act_on(i, text, confidence);
		free(text);
	}
}

static void on_heard(void *ctx)
{
	hear_now(ctx);
}

void hear_text(struct intent *i, const char *text, double confidence)
{
	if (strlen(text) > SENTENCES_TEXT_MAX_BYTES) /* no sentence; nor is it kept */
		text = "";
	if (!dialog_hear(i, text, confidence))
		log_warn("too much was said at once, one text is not answered");
	hear_soon(i);
}

void hear_soon(struct intent *i)
{
	timer_after(&i->stage.loop, &i->heard_timer, 0);
}

/* --- keys */

static void take_act(struct intent *i, enum sentences_act act)
{
	struct sentences_match m = { .intent = sentences_find_act(i->sentences, act) };

	orders_silence(i, "key");
	timer_stop(&i->stage.loop, &i->silence_timer);
	if (m.intent)
		take(i, &m, 1);
}

/* The keys that were asked for are all there. */
static void end_keys(void *ctx)
{
	struct intent *i = ctx;
	struct sentences_match whole = i->dialog.pending;
	struct sentences_slot *slot = &whole.slots[whole.slot_count];

	timer_stop(&i->stage.loop, &i->keys_timer);
	if (!whole.intent || !*i->dialog.keys || whole.slot_count == SENTENCES_SLOTS)
		return;
	*slot = (struct sentences_slot){ .number = 0 };
	snprintf(slot->name, sizeof slot->name, "digits");
	snprintf(slot->text, sizeof slot->text, "%s", i->dialog.keys);
	whole.slot_count++;
	talk_begin(i, &whole, 1);
	dialog_save(i);
}

static void take_digit(struct intent *i, char key)
{
	char *keys = i->dialog.keys;
	size_t n = strlen(keys);

	orders_silence(i, "key");
	timer_stop(&i->stage.loop, &i->silence_timer);
	if (key == '#' && n) {
		end_keys(i);
		return;
	}
	if (n + 1 < sizeof i->dialog.keys) {
		keys[n] = key;
		keys[n + 1] = '\0';
	}
	timer_after(&i->stage.loop, &i->keys_timer, KEYS_US);
}

void hear_key(struct intent *i, char key)
{
	const struct dialog *d = &i->dialog;
	bool confirm = talk_confirms(d);

	if (d->pending.intent && strcmp(d->grammar, "digits") == 0)
		take_digit(i, key);
	else if (confirm && key == '1')
		take_act(i, SENTENCES_YES);
	else if (confirm && key == '2')
		take_act(i, SENTENCES_NO);
	else if (key == '0')
		take_act(i, SENTENCES_HELP);
	else if (key == '*')
		take_act(i, SENTENCES_STOP);
	dialog_save(i);
}

void hear_open(struct intent *i)
{
	i->heard_timer = (struct timer){ .name = "heard", .on = on_heard, .ctx = i };
	i->keys_timer = (struct timer){ .name = "keys", .on = end_keys, .ctx = i };
}
