/* rd-bridge: the brain of a call, by the OpenAI Realtime protocol.
 *
 * Takes the caller's voice (audio up) to the model and says what the model answers (audio down). Reads call.setup,
 * call.start, call.lost, call.end, call.heard, call.clear, call.cleared, call.next, call.next.done, tools.list,
 * tool.result, context, user.key, user.speech.*, assistant.say, assistant.note; says call.clear, user.speech.*,
 * user.text, assistant.*, tool.call, usage, brain.failed. Exit: 0 the call is over; 100 the key, the quota or the
 * settings are refused, or the model cannot be reached; 111 try again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "bridge.h"
#include "conf.h"
#include "json.h"
#include "log.h"
#include "opening.h"
#include "prompt.h"
#include "sandbox.h"
#include "secret.h"
#include "settings.h"
#include "when.h"
#include "ws.h"

static struct bridge bridge;
static const char *input_format = "mulaw/8000", *output_format = "mulaw/8000";
static long session_seconds = 3000;
static const char *overrides[12]; /* of the agent's keys, on the command line */

#define KEY(i, key_name, what)                                                                                         \
	{                                                                                                              \
		.name = key_name, .kind = OPTION_KEY, .into = &overrides[i], .argument = "VALUE", .section = "agent",  \
		.key = key_name, .help = what                                                                          \
	}

static const struct option_row options[] = {
	KEY(0, "url", "address of the service"),
	KEY(1, "model", "model to speak with"),
	KEY(2, "voice", "its voice"),
	KEY(3, "key", "name of the secret that holds the key"),
	KEY(4, "language", "of the caller"),
	KEY(5, "instructions", "file that says who the assistant is"),
	KEY(6, "greeting", "first words"),
	KEY(7, "first-speaker", "assistant or caller"),
	KEY(8, "turn-detection", "semantic, server or none"),
	KEY(9, "noise-reduction", "near, far or off"),
	KEY(10, "transcription-model", "what writes down the caller's words"),
	KEY(11, "reasoning", "how long the model may think"),
	{ .name = "input-format",
	  .kind = OPTION_TEXT,
	  .into = &input_format,
	  .argument = "FORMAT",
	  .help = "of the caller's voice: mulaw/8000, alaw/8000 or s16/24000" },
	{ .name = "output-format",
	  .kind = OPTION_TEXT,
	  .into = &output_format,
	  .argument = "FORMAT",
	  .help = "of the answer, likewise" },
	{ .name = "session-seconds",
	  .kind = OPTION_NUMBER,
	  .into = &session_seconds,
	  .min = 5,
	  .max = 3600,
	  .argument = "N",
	  .help = "age at which a connection is replaced at a silence" },
	{ .name = "listeners",
	  .kind = OPTION_FLAG,
	  .into = &bridge.listeners,
	  .help = "pass the caller's voice on, marked as taken" },
};

static struct bridge *self(struct stage *s)
{
	return s->self;
}

static enum stage_verdict on_voice(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	struct bridge *b = self(s);
	struct frame taken = *f;
	char name[32];

	(void)event;
	if (f->flags & FRAME_TAKEN)
		return STAGE_PASS;
	if (f->codec != b->input.codec || f->rate_100hz != b->input.rate_100hz) {
		if (b->strange_audio++ == 0)
			log_warn("caller's voice is dropped: %s, expected %s",
				 frame_format_name(f->codec, f->rate_100hz, name, sizeof name), input_format);
		return STAGE_TAKE;
	}
	backlog_write(&b->backlog, f->payload, f->length);
	sender_voice(b);
	alive_hear(b, f->payload, f->length);
	if (!s->in_ring && !b->turn.greeted) {
		b->known.started = true;
		opening_greet(b);
	}
	if (!b->listeners)
		return STAGE_TAKE;
	taken.flags |= FRAME_TAKEN;
	(void)stage_pass(s, &taken);
	return STAGE_TAKE;
}

static enum stage_verdict on_setup(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	struct bridge *b = self(s);

	/* said by our neighbour himself, who plays what we say as it is */
	(void)stage_back_take(s, json_flag(event, "back", false) && f->hops == 0 && b->input.codec == b->output.codec &&
					 b->input.rate_100hz == b->output.rate_100hz);
	known_setup(b, event);
	return STAGE_PASS;
}

static enum stage_verdict on_start(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	known_start(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_lost(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f, (void)event;
	known_lost(self(s));
	return STAGE_PASS;
}

static enum stage_verdict on_over(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f, (void)event;
	session_over(self(s));
	return STAGE_PASS;
}

static enum stage_verdict on_tools(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	known_tools(self(s), f, event);
	return STAGE_PASS;
}

static enum stage_verdict on_context(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	known_context(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_heard(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	turn_heard(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_clear(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	interrupt_by_other(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_cleared(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	interrupt_cleared(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_next(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	turn_next(self(s), json_text(event, "verb"));
	return STAGE_PASS;
}

static enum stage_verdict on_next_done(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	turn_next_done(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_result(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	calls_result(self(s), event);
	return STAGE_PASS;
}

static enum stage_verdict on_key(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *digit = json_text(event, "digit");

	(void)f;
	if (digit && strlen(digit) == 1)
		keys_press(self(s), *digit);
	return STAGE_PASS;
}

static enum stage_verdict on_speech_by_other(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *type = json_text(event, "type");

	(void)f;
	turn_by_other(self(s), strcmp(type, "user.speech.started") == 0);
	return STAGE_PASS;
}

static enum stage_verdict on_say(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *text = json_text(event, "text");

	(void)f;
	if (!text || !*text) /* a phrase is played by who has it */
		return STAGE_PASS;
	if (json_flag(event, "interrupt", false))
		interrupt(self(s), "stop");
	answer_say(self(s), text);
	return STAGE_PASS;
}

static enum stage_verdict on_note(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *text = json_text(event, "text");

	(void)f;
	if (text && *text)
		opening_note(self(s), text);
	return STAGE_PASS;
}

/* Another agent means another brain, which the supervisor starts; other tools are said by who runs them. */
static enum stage_verdict on_switched(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	if (json_flag(event, "ok", false) && !json_text(event, "agent"))
		session_switch(self(s), json_text(event, "model"), json_text(event, "voice"),
			       json_text(event, "language"));
	return STAGE_PASS;
}

static const struct stage_row rows[] = {
	{ FRAME_UP, NULL, on_voice },				    /* the caller's voice: to the model */
	{ FRAME_EVENT, "call.setup", on_setup },		    /* who is calling */
	{ FRAME_EVENT, "call.start", on_start },		    /* audio can flow, or again */
	{ FRAME_EVENT, "call.lost", on_lost },			    /* nobody is there to be greeted */
	{ FRAME_EVENT, "call.end", on_over },			    /* the session is closed */
	{ FRAME_EVENT, "tools.list", on_tools },		    /* what the model may call */
	{ FRAME_EVENT, "context", on_context },			    /* what is known, what was said before */
	{ FRAME_EVENT, "call.heard", on_heard },		    /* how much the caller has heard */
	{ FRAME_EVENT, "call.clear", on_clear },		    /* somebody else has silenced the assistant */
	{ FRAME_EVENT, "call.cleared", on_cleared },		    /* what was heard until then: to the model */
	{ FRAME_EVENT, "call.next", on_next },			    /* the call is about to end or to be transferred */
	{ FRAME_EVENT, "call.next.done", on_next_done },	    /* or not */
	{ FRAME_EVENT, "tool.result", on_result },		    /* to the model */
	{ FRAME_EVENT, "user.key", on_key },			    /* to the model, as text */
	{ FRAME_EVENT, "user.speech.started", on_speech_by_other }, /* turn-detection = none: another stage listens */
	{ FRAME_EVENT, "user.speech.stopped", on_speech_by_other },
	{ FRAME_EVENT, "assistant.say", on_say },	/* exactly these words */
	{ FRAME_EVENT, "agent.switched", on_switched }, /* another model, voice or language from now on */
	{ FRAME_EVENT, "assistant.note", on_note },	/* an instruction to the model */
};

static void say_state(struct stage *s)
{
	turn_say_state(self(s));
}

static const struct stage_state states[] = { { "assistant.state", say_state } };
static const char *const needs[] = { "call.setup", "call.start", "tools.list", "context", NULL };

static void on_end(struct stage *s)
{
	session_over(self(s));
	stage_end(s, 0);
}

static bool is_tls(const char *url)
{
	return strncmp(url, "wss:", 4) == 0;
}

/* TLS too if any agent needs it, for a template serves all. */
static void on_warm(const struct conf *conf)
{
	const char *agent;
	bool tls = false;

	for (size_t i = 0; (agent = conf_title(conf, "agent", i)); i++)
		tls |= is_tls(conf_text(conf, "agent", agent, "url"));
	if (ws_warm(tls) < 0)
		log_die(111, "cannot open libwebsockets: %s", strerror(errno));
}

static const struct stage_program program = {
	.name = "rd-bridge",
	.synopsis = "[-c FILE] [-a AGENT] [--url URL] [--model MODEL] [--voice VOICE] …",
	.purpose = "The brain of a call: speaks the OpenAI Realtime protocol with a model.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.states = states,
	.state_count = sizeof states / sizeof states[0],
	.needs = needs,
	.on_end = on_end,
	.on_warm = on_warm,
	.on_check = settings_show,
};

static void take_format(struct format *f, const char *name)
{
	if (settings_format(f, name) < 0)
		log_die(100, "format %s: mulaw/8000, alaw/8000 or s16/24000 expected", name);
}

static void open_parts(struct bridge *b)
{
	char error[512], *instructions = prompt_read(b->stage.conf, b->stage.agent, error, sizeof error);
	const char *why;

	if (!instructions)
		log_warn("%s; going on without", error);
	take_format(&b->input, input_format);
	take_format(&b->output, output_format);
	items_open(&b->items, b->output.bytes_per_ms);
	turn_open(b);
	keys_open(b);
	interrupt_open(b);
	calls_open(b);
	known_open(b, instructions);
	if (backlog_open(&b->backlog, b->stage.dir, b->input.bytes_per_ms * 1000u, &why) < 0 ||
	    ws_open(&b->stage.loop, is_tls(b->session.url)) < 0)
		log_die(111, "cannot begin: %s", strerror(errno));
	if (why)
		log_warn("cannot keep the caller's voice in %s/untold: %s", b->stage.dir, why);
	calls_recover(b);
}

static void close_parts(struct bridge *b)
{
	ws_close_all(&b->stage.loop);
	session_close(b);
	backlog_close(&b->backlog);
	known_close(b);
	history_close(&b->history);
	offer_close(&b->offer);
	items_close(&b->items);
}

/* Not in main, on whose stack the key would have a page for the whole call. As session_open. */
static __attribute__((noinline)) const char *open_session(struct bridge *b, char *error, size_t size)
{
	char key[SECRET_MAX_BYTES];
	const char *unusable;

	settings_key(b, key, sizeof key);
	unusable = session_open(b, key, session_seconds, error, size);
	secret_wipe(key, sizeof key);
	return unusable;
}

int main(int argc, char **argv)
{
	struct bridge *b = &bridge;
	char error[512];
	const char *unusable;
	int status;

	stage_open(&b->stage, &program, b, argc, argv);
	/* the clock that the model is told about is the owner's */
	if (when_zone(conf_text(b->stage.conf, "general", NULL, "timezone")) < 0)
		log_warn("cannot set the time zone: %s", strerror(errno));
	unusable = open_session(b, error, sizeof error);
	open_parts(b);
	start_sandbox(SANDBOX_SOCKETS);
	if (unusable)
		session_fail(b, unusable, error);
	else
		session_begin(b);
	status = stage_run(&b->stage);
	close_parts(b);
	stage_close(&b->stage);
	return status;
}
