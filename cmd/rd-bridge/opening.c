#include "opening.h"

#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "bridge.h"
#include "conf.h"
#include "log.h"
#include "request.h"

#define SEED_BYTES 12000u /* the last words count; a long text makes a voice read like one */

static void say_item(struct bridge *b, const char *role, const char *text)
{
	char id[SENDER_ID_BYTES], item[SENDER_ID_BYTES];

	sender_id(b, "item", id);
	sender_item_id(b, item);
	sender_send(b, request_text(id, item, role, text));
}

void opening_note(struct bridge *b, const char *text)
{
	history_note(&b->history, text);
	if (session_running(b))
		say_item(b, "system", text);
}

static const char *setting(const struct bridge *b, const char *key)
{
	return conf_text(b->stage.conf, "agent", b->stage.agent, key);
}

void opening_greet(struct bridge *b)
{
	if (b->turn.greeted || !session_running(b))
		return;
	if (b->known.begun || b->history.count > 0 || strcmp(setting(b, "first-speaker"), "assistant") != 0) {
		b->turn.greeted = true;
		return;
	}
	if (!b->stage.in_ring && !b->known.started) /* by hand nobody holds it for a caller who is still to come */
		return;
	b->turn.greeted = true;
	if (*setting(b, "greeting")) {
		answer_say(b, setting(b, "greeting"));
		return;
	}
	say_item(b, "system", "The line is open. Greet them now, in one short sentence.");
	answer_ask(b, NULL);
}

static void seed(struct bridge *b)
{
	static const char *const roles[] = {
		[HISTORY_USER] = "user", [HISTORY_ASSISTANT] = "assistant", [HISTORY_SYSTEM] = "system"
	};

	say_item(b, "system",
		 "This call has been going on for a while. What was said so far follows; where you were interrupted, "
		 "only what the caller has heard. Do not greet again, do not mention this note.");
	for (size_t i = history_first(&b->history, SEED_BYTES); i < b->history.count; i++)
		if (b->history.all[i].text[0])
			say_item(b, roles[b->history.all[i].who], b->history.all[i].text);
}

void opening_resume(struct bridge *b, const char *why)
{
	char text[200];

	if (history_cut_short(&b->history)) {
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
	if (b->turn.open) /* his words themselves are said again: the server answers to them */
		sender_rewind(b, b->turn.place);
	else if (calls_pending(b) || b->turn.armed)
		; /* a tool's answer has the model go on: asked before, it would call it again. Or all was said */
	else if (b->session.number > 1 || history_unanswered(&b->history))
		opening_resume(b, "The connection broke while you were speaking.");
	sender_voice(b);
}

/* What was lost before the caller heard a sound is to be said again. */
static void forget_unsaid_greeting(struct bridge *b)
{
	if (b->session.broken && b->history.count == 0 && b->items.newest == 0 && b->responses.queued == 0)
		b->turn.greeted = false;
}

void opening_late(struct bridge *b)
{
	if (!session_running(b))
		return;
	seed(b);
	turn_owe(b);
}

void opening_begin(struct bridge *b)
{
	b->sender.voice_from = b->backlog.sent;
	forget_unsaid_greeting(b);
	if (b->history.count > 0) {
		seed(b);
		if (b->stage.life > 0 && b->session.number == 1)
			turn_owe(b);
		else if (b->session.broken)
			opening_go_on(b);
	}
	opening_greet(b);
	sender_voice(b);
	answer_next(b);
	turn_change(b);
}
