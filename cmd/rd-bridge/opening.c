#include "opening.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "bridge.h"
#include "log.h"
#include "request.h"
#include "settings.h"

#define SEED_BYTES 6000u    /* of the last words, one by one: a long text makes a voice read like one */
#define SCRIPT_BYTES 24000u /* of what was said before them, in one piece: what was told an hour ago is known */

static void say_item(struct bridge *b, const char *role, const char *text)
{
	char id[SENDER_ID_BYTES], item[SENDER_ID_BYTES];

	sender_id(b, "item", id);
	sender_item_id(b, item);
	sender_send(b, request_text(id, item, role, text));
}

void opening_tell(struct bridge *b, const char *text)
{
	if (session_running(b))
		say_item(b, "system", text);
}

void opening_note(struct bridge *b, const char *text)
{
	history_note(&b->history, text);
	opening_tell(b, text);
}

/* As a call of this session: so the model knows it for what it is. */
void opening_tool(struct bridge *b, const char *name, const char *output)
{
	char id[SENDER_ID_BYTES], item[SENDER_ID_BYTES], call[SENDER_ID_BYTES + 8];

	sender_id(b, "item", id);
	sender_item_id(b, item);
	snprintf(call, sizeof call, "call-%s", item);
	sender_send(b, request_call(id, item, call, name, "{}"));
	sender_id(b, "item", id);
	sender_item_id(b, item);
	sender_send(b, request_output(id, item, call, output));
}

/* The one before us has said something, and nobody tells us what. */
static bool is_successor(const struct bridge *b)
{
	return b->stage.life > 0 && !b->known.context && b->backlog.map->untold.spoken;
}

void opening_greet(struct bridge *b)
{
	if (b->turn.greeted || !session_running(b))
		return;
	if (b->known.begun && !b->known.context) /* whether anything was said before, a context tells */
		return;
	if ((b->known.begun && !b->known.untouched) || is_successor(b) || b->history.count > 0 ||
	    strcmp(settings_of(b, "first-speaker"), "assistant") != 0) {
		b->turn.greeted = true;
		return;
	}
	if (!b->stage.in_ring && !b->known.started) /* by hand nobody holds it for a caller who is still to come */
		return;
	b->turn.greeted = b->turn.greeting = true;
	if (*settings_of(b, "greeting")) {
		answer_say(b, settings_of(b, "greeting"));
		return;
	}
	say_item(b, "system", "The line is open. Greet them now, in one short sentence.");
	answer_ask(b, NULL);
}

/* What he said and the one before has begun to answer, but nobody has written down: the server is to do that, and not
 * to answer it again. */
static void tell_again(struct bridge *b, struct untold_turn *t)
{
	char id[SENDER_ID_BYTES];
	bool turns = turn_by_server(b);

	if (turns) {
		sender_id(b, "turns", id);
		sender_send(b, settings_turns(b, id, false));
	}
	sender_voice_of(b, t->place, t->end);
	sender_id(b, "commit", id);
	sender_send(b, request_commit(id));
	if (turns) {
		sender_id(b, "turns", id);
		sender_send(b, settings_turns(b, id, true));
	}
}

/* Gives what must be told again a place in what was said, and a name of ours until the server has one. */
static void place_untold(struct bridge *b)
{
	struct untold *u = &b->backlog.map->untold;
	bool tool = calls_pending(b);
	char id[REALTIME_ID_BYTES];

	for (struct untold_turn *t = untold_answered_from(u, 0); t; t = untold_answered_from(u, t->place + 1)) {
		snprintf(id, sizeof id, HISTORY_AGAIN "%llu", (unsigned long long)t->place);
		if (history_has(&b->history, t->id))
			history_rename(&b->history, t->id, id);
		else if (tool) /* which is all that there is of an answer */
			history_user(&b->history, id, t->since_us);
		else
			history_user_before(&b->history, id, t->since_us);
		snprintf(t->id, sizeof t->id, "%s", id); /* killed in the middle of it, it ends all the same */
	}
}

static void seed_entry(struct bridge *b, const struct history_entry *e, bool again)
{
	static const char *const roles[] = {
		[HISTORY_USER] = "user",
		[HISTORY_ASSISTANT] = "assistant",
		[HISTORY_SYSTEM] = "system",
		[HISTORY_TOOL] = "system",
	};
	struct untold_turn *t = again ? untold_find(&b->backlog.map->untold, e->id) : NULL;

	if (e->text[0] && e->who == HISTORY_TOOL && e->id[0])
		opening_tool(b, e->id, e->text);
	else if (e->text[0])
		say_item(b, roles[e->who], e->text);
	else if (t && t->state == UNTOLD_ANSWERED)
		tell_again(b, t);
}

/* Those of a brain before this one: our own stand in the history. */
static void seed_calls(struct bridge *b)
{
	const struct untold_call *all = b->backlog.map->untold.calls;
	char note[CALLS_NOTE_BYTES];

	for (int i = 0; i < UNTOLD_CALLS; i++)
		if (all[i].open && calls_recovered(b, all[i].id))
			say_item(b, "system", calls_note(note, all[i].name, all[i].arguments));
}

/* again: also the voice of what nobody has written down. */
static void seed(struct bridge *b, bool again)
{
	size_t first;
	char *script, *text = NULL;

	calls_settle(b);
	if (again)
		place_untold(b);
	first = history_first(&b->history, SEED_BYTES);
	script = history_script(&b->history, first, SCRIPT_BYTES);

	if (script && asprintf(&text, "Earlier in this call:\n%s", script) < 0)
		text = NULL;
	if (text)
		say_item(b, "system", text);
	free(text);
	free(script);
	say_item(b, "system",
		 "This call has been going on for a while. What was said so far follows; where you were interrupted, "
		 "only what the caller has heard. Do not greet again, do not mention this note.");
	for (size_t i = first; i < b->history.count; i++)
		seed_entry(b, &b->history.all[i], again);
	seed_calls(b);
}

/* Of the greeting, word for word as it was wanted, what was not said yet; NULL: it is not that which was cut. */
static const char *rest_of_greeting(const struct bridge *b)
{
	const char *greeting = settings_of(b, "greeting"), *said;
	size_t n;

	if (b->history.count != 1)
		return NULL;
	said = b->history.all[0].text;
	n = strlen(said);
	return n && strncmp(greeting, said, n) == 0 && greeting[n + strspn(greeting + n, " ")] ? greeting + n : NULL;
}

void opening_resume(struct bridge *b, const char *why)
{
	const char *rest = rest_of_greeting(b);
	char text[200];

	if (rest) {
		answer_say(b, rest + strspn(rest, " "));
	} else if (history_cut_short(&b->history)) {
		snprintf(text, sizeof text, "%s Go on exactly where your last sentence ended.", why);
		say_item(b, "system", text);
		answer_ask(b, NULL);
	} else if (history_unanswered(&b->history)) {
		answer_ask(b, NULL);
	}
}

/* After an unexpected loss somebody waits: the caller for an answer, or for the rest of one. */
void opening_go_on(struct bridge *b)
{
	if (untold_first(&b->backlog.map->untold, UNTOLD_AGAIN) || untold_first(&b->backlog.map->untold, UNTOLD_WAITS))
		; /* his words themselves were said again: the server answers to them */
	else if (calls_pending(b) || b->turn.armed)
		; /* a tool's answer has the model go on: asked before, it would call it again. Or all was said */
	else
		opening_resume(b, "The connection broke while you were speaking.");
}

/* From where a new connection is to hear him: his words that wait for an answer; else what was not sent; and always a
 * second in which he may have begun to speak unnoticed, but nothing of what is settled. */
static void rewind_voice(struct bridge *b)
{
	struct untold *u = &b->backlog.map->untold;
	uint64_t sent = backlog_sent(&b->backlog), second = b->input.bytes_per_ms * 1000u;
	uint64_t place = sent > second ? sent - second : 0, again = untold_again(u);

	if (place < u->over)
		place = u->over;
	sender_rewind(b, again < place ? again : place);
}

/* What was lost before the caller heard a sound is to be said again. */
static void forget_unsaid_greeting(struct bridge *b)
{
	if (b->session.broken && b->history.count == 0 && b->items.newest == 0 && b->responses.queued == 0)
		b->turn.greeted = false;
}

/* After another brain: the rest of its answer is asked for at once, and is heard behind what is still being played. */
static void take_over(struct bridge *b)
{
	if (history_cut_short(&b->history) || rest_of_greeting(b))
		opening_go_on(b);
	else
		turn_owe(b);
}

void opening_late(struct bridge *b)
{
	if (!session_running(b))
		return;
	seed(b, false);
	take_over(b);
}

void opening_begin(struct bridge *b)
{
	b->sender.voice_from = backlog_sent(&b->backlog);
	forget_unsaid_greeting(b);
	rewind_voice(b);
	if (b->history.count > 0 || untold_any(&b->backlog.map->untold)) {
		seed(b, true);
		if (b->stage.life > 0 && b->session.number == 1)
			take_over(b);
		else if (b->session.broken)
			opening_go_on(b);
	}
	opening_greet(b);
	sender_voice(b);
	answer_next(b);
	turn_change(b);
}
