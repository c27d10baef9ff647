#include "talk.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "intent.h"
#include "json.h"
#include "log.h"

#define TRIES_MAX 2	       /* a question is asked again so often */
#define ANSWER_US (8 * SECOND) /* so long is waited for an answer once the question was heard */
#define SAME_S (15L * 60)      /* what is counted from now moves on with it */

static time_t now(void)
{
	return (time_t)clock_unix_s();
}

/* --- what is said */

void talk_state(struct intent *i, const char *state, const char *on)
{
	if ((i->state && strcmp(i->state, state) == 0) || orders_making(i)) /* who speaks says so */
		return;
	i->state = state;
	i->on = on;
	(void)stage_say(&i->stage, EVENT_ASSISTANT_STATE, "state:s on:s?", state, on);
}

void talk_quiet(struct intent *i)
{
	if (i->state && !calls_waiting(i))
		talk_state(i, "listening", NULL);
}

void talk_say(struct intent *i, const char *text)
{
	if (text && *text)
		orders_say(i, text, NULL);
	else
		talk_quiet(i);
}

static void say_filled(struct intent *i, const char *template, const struct sentences_match *m,
		       const struct cJSON *data, const struct order_kind *kind)
{
	char *text = sentences_fill(i->sentences, template, m, data, now());

	orders_say(i, text, kind);
	free(text);
}

void talk_words(struct intent *i, const char *name)
{
	orders_say(i, sentences_words(i->sentences, name, i->dialog.variant++), &(struct order_kind){ .minor = true });
}

/* Whether an example of it helps: it can be said now, and what it needs is there. */
static bool is_offered(const struct intent *i, const struct sentences_intent *one)
{
	const char *tool = one->act == SENTENCES_READ ? READING_TOOL : one->tool;

	return !tool || calls_has(i, tool);
}

/* The nth example of those that are offered, with the first of its names put in; NULL: there are not so many. */
static char *example(const struct intent *i, unsigned n)
{
	const struct sentences_intent *one;

	for (size_t k = 0; (one = sentences_intent(i->sentences, k)); k++)
		for (size_t e = 0; is_offered(i, one) && e < one->example_count; e++) {
			char *text = sentences_example(i->sentences, one->examples[e]);

			if (text && n-- == 0)
				return text;
			free(text);
		}
	return NULL;
}

void talk_examples(struct intent *i, const char *name, int count)
{
	char joined[512] = "", *all[4] = { NULL };
	struct cJSON *fields;
	int n = 0;

	for (; n < count && n < 4; n++) {
		all[n] = example(i, i->dialog.help);
		if (!all[n] && i->dialog.help) {
			i->dialog.help = 0;
			all[n] = example(i, 0);
		}
		if (!all[n])
			break;
		i->dialog.help++;
	}
	for (int k = 0; k < n; k++)
		snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", k ? "; " : "", all[k]);
	fields = json_make("examples:s", joined);
	if (n)
		say_filled(i, sentences_words(i->sentences, name, i->dialog.variant++), NULL, fields,
			   &(struct order_kind){ .minor = true });
	cJSON_Delete(fields);
	while (n > 0)
		free(all[--n]);
}

/* --- questions */

const struct sentences_need *talk_lacks(const struct sentences_match *m)
{
	for (size_t n = 0; n < m->intent->need_count; n++)
		if (!sentences_slot(m, m->intent->needs[n].slot))
			return &m->intent->needs[n];
	return NULL;
}

/* Of a moment that there never is: it is asked for once more. */
static bool impossible(struct sentences_match *m)
{
	time_t at;

	for (size_t n = 0; n < m->slot_count; n++)
		if ((m->slots[n].moment.set || m->slots[n].moment.beyond) &&
		    moment_resolve(&m->slots[n].moment, now(), &at) < 0) {
			memmove(&m->slots[n], &m->slots[n + 1], (m->slot_count - n - 1) * sizeof *m->slots);
			m->slot_count--;
			return true;
		}
	return false;
}

/* "today at 8 PM", asked seconds before eight and answered behind it, is tomorrow: then that is the question. */
static bool has_gone_by(const struct sentences_match *m, time_t asked_at)
{
	time_t then, at;

	for (size_t n = 0; asked_at && n < m->slot_count; n++) {
		const struct moment *when = &m->slots[n].moment;

		if (when->set && !moment_is_length(when) && !moment_is_near(when) &&
		    moment_resolve(when, asked_at, &then) == 0 && moment_resolve(when, now(), &at) == 0 &&
		    labs((long)(at - then)) > SAME_S + (long)(now() - asked_at))
			return true;
	}
	return false;
}

const char *talk_question(const struct sentences_match *m)
{
	const struct sentences_need *need = talk_lacks(m);

	return need ? need->question : m->intent->ask ? m->intent->ask : m->intent->unsure;
}

static void ask(struct intent *i, const struct sentences_match *m, const char *grammar)
{
	dialog_ask(i, m, grammar);
	i->dialog.asked_at = now();
	say_filled(i, talk_question(&i->dialog.pending), &i->dialog.pending, NULL,
		   &(struct order_kind){ .question = true });
}

void talk_ask_again(struct intent *i)
{
	const struct sentences_match *m = &i->dialog.pending;

	if (!m->intent)
		return;
	i->dialog.asked_at = now();
	say_filled(i, talk_question(m), m, NULL, &(struct order_kind){ .question = true });
}

void talk_drop(struct intent *i, const char *words)
{
	dialog_settle(i);
	talk_words(i, words);
}

bool talk_confirms(const struct dialog *d)
{
	return d->pending.intent && (strcmp(d->grammar, DIALOG_CONFIRM) == 0 || strcmp(d->grammar, DIALOG_OPEN) == 0);
}

/* Nonsense or nothing came as an answer. */
void talk_no_answer(struct intent *i)
{
	struct dialog *d = &i->dialog;
	char *question;
	struct cJSON *fields;

	if (d->tries++ >= TRIES_MAX) {
		talk_drop(i, "given-up");
		return;
	}
	if (!talk_confirms(d)) {
		talk_ask_again(i);
		return;
	}
	dialog_expect(i, DIALOG_OPEN); /* perhaps it was something else that he said */
	d->asked_at = now();
	question = sentences_fill(i->sentences, talk_question(&d->pending), &d->pending, NULL, now());
	fields = json_make("question:s", question ? question : "");
	say_filled(i, sentences_words(i->sentences, "yes-or-no", d->variant++), NULL, fields,
		   &(struct order_kind){ .question = true });
	cJSON_Delete(fields);
	free(question);
}

static void on_silence(void *ctx)
{
	struct intent *i = ctx;

	if (i->dialog.pending.intent)
		talk_no_answer(i);
}

void talk_question_heard(struct intent *i)
{
	if (i->dialog.pending.intent)
		timer_after(&i->stage.loop, &i->silence_timer, ANSWER_US);
}

void talk_silenced(struct intent *i)
{
	reading_pause(i, true);
	if (i->dialog.pending.intent) /* he has heard enough of the question */
		timer_after(&i->stage.loop, &i->silence_timer, 2 * ANSWER_US);
}

void talk_began(struct intent *i)
{
	if (i->silence_timer.set)
		timer_after(&i->stage.loop, &i->silence_timer, 2 * ANSWER_US);
}

/* --- deeds */

static void say_before(struct intent *i, const struct sentences_match *m)
{
	if (m->intent->before)
		say_filled(i, m->intent->before, m, NULL, &(struct order_kind){ .minor = true });
}

void talk_carry_out(struct intent *i, const struct sentences_match *of)
{
	struct sentences_match m = *of; /* what is pending goes */
	const struct sentences_intent *intent = m.intent;
	struct cJSON *arguments;

	dialog_settle(i);
	if (!intent->tool) {
		say_before(i, &m);
		if (intent->act)
			talk_act(i, &m);
		else
			say_filled(i, intent->says[i->dialog.variant++ % intent->say_count], &m, NULL, NULL);
		return;
	}
	arguments = cJSON_CreateObject();
	for (size_t n = 0; n < intent->argument_count; n++) {
		struct cJSON *value = sentences_value(i->sentences, intent->arguments[n].text, &m, now());

		if (value)
			cJSON_AddItemToObject(arguments, intent->arguments[n].name, value);
	}
	/* first: the next save of the dialog must have it, lest a successor know neither of the words nor of the call
	 */
	if (calls_run(i, CALL_SENTENCE, intent->tool, arguments, &m) == 0)
		say_before(i, &m);
	else
		talk_words(i, "failed");
}

void talk_confirmed(struct intent *i)
{
	const struct sentences_match *m = &i->dialog.pending;

	if (has_gone_by(m, i->dialog.asked_at))
		talk_begin(i, m, 1);
	else
		talk_carry_out(i, m);
}

void talk_begin(struct intent *i, const struct sentences_match *of, double confidence)
{
	struct sentences_match m = *of;
	const struct sentences_need *need;

	if (m.intent->tool && !calls_has(i, m.intent->tool)) {
		talk_drop(i, "not-here");
		return;
	}
	while (impossible(&m))
		;
	need = talk_lacks(&m);
	if (need)
		ask(i, &m, need->slot);
	else if (m.intent->ask || (m.intent->unsure && confidence < i->confidence))
		ask(i, &m, DIALOG_CONFIRM);
	else
		talk_carry_out(i, &m);
}

void talk_result(struct intent *i, const struct sentences_match *m, const struct cJSON *event)
{
	const struct sentences_intent *intent = m->intent;
	const char *text = json_text(event, "text"), *outcome = json_text(event, "outcome");
	bool ok = json_flag(event, "ok", false);

	if (strcmp(intent->tool, "remind") == 0)
		reminders_ask(i);
	if (ok && intent->quiet)
		talk_quiet(i);
	else if (ok && intent->say_count)
		say_filled(i, intent->says[i->dialog.variant++ % intent->say_count], m,
			   cJSON_GetObjectItemCaseSensitive(event, "data"), NULL);
	else if (!ok && outcome && strcmp(outcome, "unknown") == 0)
		talk_words(i, "outcome-unknown");
	else if (!ok && intent->fail)
		say_filled(i, intent->fail, m, cJSON_GetObjectItemCaseSensitive(event, "data"), NULL);
	else if (text && *text)
		talk_say(i, text);
	else if (!ok)
		talk_words(i, "failed");
	else
		talk_quiet(i);
}

void talk_unread(struct intent *i, const struct cJSON *event)
{
	const struct sentences_intent *intent = sentences_find_act(i->sentences, SENTENCES_READ);
	const char *text = json_text(event, "text");

	if (intent && intent->fail)
		say_filled(i, intent->fail, NULL, json_object(event, "data"), NULL);
	else if (text && *text)
		talk_say(i, text);
	else
		talk_words(i, "failed");
}

void talk_open(struct intent *i)
{
	i->silence_timer = (struct timer){ .name = "silence", .on = on_silence, .ctx = i };
}
