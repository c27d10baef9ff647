/* rd-intent: the brain of a call that needs no model. rd-intent(8)
 *   in   user.text, user.key, user.speech.started; tools.list, tool.result; call.*, context, agent.switched; of rd-tts
 *        assistant.text, assistant.done, assistant.state
 *   out  user.expect, assistant.say, assistant.state, tool.call, call.clear, agent.switch
 *   exit 0 end of input, 100 usage, configuration or a mistake in the sentences, 111 try again */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "hear.h"
#include "intent.h"
#include "json.h"
#include "log.h"
#include "sandbox.h"
#include "talk.h"
#include "try.h"
#include "when.h"

#define ERRORS_BYTES 8192

static struct intent intent;
static const char *confidence = "0.5"; /* --confidence */
static const char *grammar;	       /* --grammar */
static const char *sentences_key;      /* --sentences */
static bool match;		       /* --match */

static const struct option_row options[] = {
	{ "sentences", 's', OPTION_KEY, &sentences_key, .argument = "FILE", .section = "agent", .key = "sentences",
	  .help = "what can be said" },
	{ "confidence", 0, OPTION_TEXT, &confidence, .argument = "0-1",
	  .help = "below it a sentence was not heard well" },
	{ "match", 'm', OPTION_FLAG, &match, .help = "no stage: read texts, a line each, and print what they mean" },
	{ "grammar", 'g', OPTION_TEXT, &grammar, .argument = "NAME",
	  .help = "with --match: where, instead of main; as JSGF if no text follows" },
};

static struct intent *self(struct stage *s)
{
	return s->self;
}

static enum stage_verdict on_setup(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f, (void)event;
	opening_setup(self(s));
	return STAGE_PASS;
}

static enum stage_verdict on_start(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	opening_start(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_tools(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	calls_list(self(s), f, event);
	opening_tools(self(s));
	return STAGE_PASS;
}

static enum stage_verdict on_context(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	opening_context(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_switched(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	opening_switched(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_user_text(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	struct intent *i = self(s);
	const char *text = json_text(event, "text");

	if (!text || !json_flag(event, "final", false))
		return STAGE_PASS;
	hear_now(i);
	if (!dialog_seen(i, f))
		hear_text(i, text, json_number(event, "confidence", 1));
	if (s->in_ring)
		return STAGE_PASS;
	(void)stage_pass(s, f); /* by hand many lines come at once */
	hear_now(i);
	return STAGE_TAKE;
}

static enum stage_verdict on_key(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *digit = json_text(event, "digit");

	hear_now(self(s));
	if (digit && strlen(digit) == 1 && !dialog_seen(self(s), f))
		hear_key(self(s), *digit);
	return STAGE_PASS;
}

static enum stage_verdict on_began(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f, (void)event;
	self(s)->spoke = true;
	talk_began(self(s));
	return STAGE_PASS;
}

static enum stage_verdict on_result(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	hear_now(self(s));
	calls_result(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_made(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	orders_text(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_done(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	orders_done(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_clear(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f, (void)event;
	orders_clear(self(s));
	return STAGE_PASS;
}

static enum stage_verdict on_cleared(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	orders_cleared(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_heard(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	orders_heard(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_next_done(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *verb = json_text(event, "verb");

	(void)f;
	if (!json_flag(event, "ok", true) && !self(s)->spoke && verb && strcmp(verb, "hangup") != 0)
		talk_words(self(s), "not-carried-out");
	return STAGE_PASS;
}

/* Who speaks was started again: what it was to say. */
static enum stage_verdict on_hello(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *program = json_text(event, "program");

	if (program && strcmp(program, "rd-tts") == 0 && f->life > 0)
		orders_again(self(s));
	return STAGE_PASS;
}

static const struct stage_row rows[] = {
	{ FRAME_EVENT, "call.setup", on_setup },	  /* the call is there: soon it greets */
	{ FRAME_EVENT, "call.start", on_start },	  /* whether it is one that was resumed */
	{ FRAME_EVENT, "tools.list", on_tools },	  /* what can be done here */
	{ FRAME_EVENT, "context", on_context },		  /* what was said before */
	{ FRAME_EVENT, "agent.switched", on_switched },	  /* why we are here, or why we stay */
	{ FRAME_EVENT, "user.text", on_user_text },	  /* what was said: answered */
	{ FRAME_EVENT, "user.key", on_key },		  /* yes, no, help, stop, digits */
	{ FRAME_EVENT, "user.speech.started", on_began }, /* an answer is on its way */
	{ FRAME_EVENT, "tool.result", on_result },	  /* told */
	{ FRAME_EVENT, "assistant.text", on_made },	  /* what of an order is sound */
	{ FRAME_EVENT, "assistant.done", on_done },	  /* all of it */
	{ FRAME_EVENT, "call.clear", on_clear },	  /* it was silenced */
	{ FRAME_EVENT, "call.cleared", on_cleared },	  /* up to which word it was heard */
	{ FRAME_EVENT, "call.heard", on_heard },	  /* heard to its end */
	{ FRAME_EVENT, "call.next.done", on_next_done },  /* impossible */
	{ FRAME_EVENT, "stage.hello", on_hello },	  /* the voice died */
};

static void say_expect(struct stage *s)
{
	dialog_say_expect(self(s));
}

static void say_state(struct stage *s)
{
	if (calls_waiting(self(s)))
		(void)stage_say(s, EVENT_ASSISTANT_STATE, "state:s on:s", "thinking", "tool");
}

static void on_home(struct stage *s, const struct frame *f)
{
	orders_home(self(s), f->seq);
}

static void on_check(struct stage *s)
{
	try_check(s->conf, s->agent);
}

static void on_end(struct stage *s)
{
	hear_now(self(s));
	stage_end(s, 0);
}

static const struct stage_state states[] = { { "user.expect", say_expect }, { "assistant.state", say_state } };
static const char *const needs[] = { "call.setup", "call.start", "tools.list", "context", NULL };

static const struct stage_program program = {
	.name = "rd-intent",
	.synopsis = "[-c FILE] [-a AGENT] [--sentences FILE] [--match [--grammar NAME]]",
	.purpose = "The brain of a call without a model: sentences of a file, tools, answers.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.states = states,
	.state_count = sizeof states / sizeof states[0],
	.needs = needs,
	.on_home = on_home,
	.on_end = on_end,
	.on_check = on_check,
};

static void open_parts(struct intent *i)
{
	char errors[ERRORS_BYTES], *end;

	i->confidence = strtod(confidence, &end);
	if (*end || end == confidence || i->confidence < 0 || i->confidence > 1)
		log_die(100, "--confidence %s: a number from 0 to 1 expected", confidence);
	i->sentences = sentences_open(i->stage.conf, i->stage.agent, errors, sizeof errors);
	if (!i->sentences) {
		log_lines(errors);
		log_die(100, "the sentences cannot be used");
	}
	talk_open(i);
	hear_open(i);
	reminders_open(i);
	dialog_open(i);
	opening_open(i);
}

static void close_parts(struct intent *i)
{
	opening_close(&i->opening);
	dialog_close(i);
	orders_close(&i->orders);
	calls_close(&i->calls);
	sentences_close(i->sentences);
}

int main(int argc, char **argv)
{
	struct intent *i = &intent;
	int status;

	stage_open(&i->stage, &program, i, argc, argv);
	if (when_zone(conf_text(i->stage.conf, "general", NULL, "timezone")) < 0)
		log_warn("cannot set the time zone: %s", strerror(errno));
	open_parts(i);
	if (match) {
		status = try_match(i->sentences, grammar);
		close_parts(i);
		stage_close(&i->stage);
		return status;
	}
	start_sandbox(SANDBOX_PLAIN);
	status = stage_run(&i->stage);
	close_parts(i);
	stage_close(&i->stage);
	return status;
}
