/* rd-tts: says what assistant.say orders, with flite or espeak-ng; all else passes. rd-tts(8)
 *   in   assistant.say and assistant.state; what call.* tells of the caller's ear; agent.switched
 *   out  audio down, s16/16000 or s16/8000; assistant.text, assistant.done, assistant.state
 *   exit 0 end of input, 100 usage, configuration, or no such voice, 111 try again */
#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "json.h"
#include "log.h"
#include "mouth.h"
#include "prepare.h"
#include "sandbox.h"
#include "stage.h"

static struct mouth mouth;

static struct {
	const char *say, *into;
	bool prepare;
} given;

static const char *voice, *language;

static const struct option_row options[] = {
	{ "voice", 0, OPTION_KEY, &voice, .argument = "VOICE", .section = "agent", .key = "voice",
	  .help = "slt, rms, awb, kal, kal16, or one of espeak-ng's" },
	{ "language", 0, OPTION_KEY, &language, .argument = "LANGUAGE", .section = "agent", .key = "language",
	  .help = "of what is said, e.g. en or de" },
	{ "say", 0, OPTION_TEXT, &given.say, .argument = "TEXT", .help = "say it; -: say what stands on the input" },
	{ "prepare", 0, OPTION_FLAG, &given.prepare, .help = "make the sound of the agent's phrases, and end" },
	{ "into", 0, OPTION_TEXT, &given.into, .argument = "FOLDER", .help = "of --prepare: there, not in the cache" },
};

static enum stage_verdict on_say(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	struct mouth_wish w = { json_text(event, "text"), json_text(event, "phrase"), json_text(event, "id"),
				json_number(event, "rate", 1), json_flag(event, "interrupt", false) };

	(void)s;
	mouth_think(&mouth, f->origin, NULL); /* this is what he had in mind */
	if (w.text || w.phrase)
		mouth_say(&mouth, &w);
	return STAGE_PASS;
}

static enum stage_verdict on_state(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *state = json_text(event, "state"), *on = json_text(event, "on");

	(void)s;
	mouth_think(&mouth, f->origin, state && strcmp(state, "thinking") == 0 ? (on ? on : "") : NULL);
	return STAGE_PASS;
}

static enum stage_verdict on_clear(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)f;
	mouth_clear(&mouth, frame_item_parse(json_text(event, "item")));
	return STAGE_PASS;
}

static enum stage_verdict on_heard(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const struct cJSON *entry;
	struct event_heard h;

	(void)s;
	(void)f;
	cJSON_ArrayForEach(entry, json_array(event, "items")) {
		if (event_heard_read(&h, entry) == 0)
			mouth_heard(&mouth, &h);
	}
	return STAGE_PASS;
}

static enum stage_verdict on_pause(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)f;
	mouth_hold(&mouth, json_flag(event, "on", false));
	return STAGE_PASS;
}

static enum stage_verdict on_lost(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)f;
	mouth_hold(&mouth, strcmp(json_text(event, "type"), "call.lost") == 0);
	return STAGE_PASS;
}

static enum stage_verdict on_switched(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *agent = json_text(event, "agent"), *speaker = json_text(event, "voice");
	const char *tongue = json_text(event, "language");

	(void)s;
	(void)f;
	if (json_flag(event, "ok", false))
		mouth_switch(&mouth, agent ? agent : "", speaker ? speaker : "", tongue ? tongue : "");
	return STAGE_PASS;
}

static const struct stage_row rows[] = {
	{ FRAME_EVENT, "assistant.say", on_say },	/* in its turn */
	{ FRAME_EVENT, "assistant.state", on_state },	/* what it is when nothing is said */
	{ FRAME_EVENT, "call.clear", on_clear },	/* silence */
	{ FRAME_EVENT, "call.heard", on_heard },	/* how far ahead we are */
	{ FRAME_EVENT, "call.cleared", on_heard },	/* likewise */
	{ FRAME_EVENT, "call.pause", on_pause },	/* nobody hears for a while */
	{ FRAME_EVENT, "call.lost", on_lost },		/* likewise */
	{ FRAME_EVENT, "call.start", on_lost },		/* it goes on */
	{ FRAME_EVENT, "agent.switched", on_switched }, /* another voice */
};

static void say_state(struct stage *s)
{
	(void)s;
	mouth_say_state(&mouth);
}

static const struct stage_state states[] = { { "assistant.state", say_state } };

/* In a ring the call is over; by hand what was ordered is still said. */
static void on_end(struct stage *s)
{
	if (s->in_ring)
		stage_end(s, 0);
	else
		mouth_end(&mouth);
}

static const struct stage_program program = {
	.name = "rd-tts",
	.synopsis = "[--say TEXT] [--prepare [--into FOLDER]]",
	.purpose = "Says what assistant.say orders, by a speech engine of this machine.",
	.options = options,
	.option_count = sizeof options / sizeof *options,
	.rows = rows,
	.row_count = sizeof rows / sizeof *rows,
	.states = states,
	.state_count = sizeof states / sizeof *states,
	.needs = (const char *const[]){ "assistant.state", NULL },
	.on_end = on_end,
	.on_warm = prepare_warm,
	.on_check = prepare_check,
};

static int speak(struct stage *s)
{
	char error[256];
	int status;

	if (mouth_open(&mouth, s, error, sizeof error) < 0)
		log_die(100, "%s", error);
	start_sandbox(SANDBOX_PLAIN);
	if (mouth_start(&mouth) < 0)
		log_die(111, "cannot start the thread that speaks: %s", strerror(errno));
	if (s->life > 0)
		mouth_say_state(&mouth); /* whatever was being said, nothing is now */
	if (given.say)
		prepare_say(&mouth, given.say);
	status = stage_run(s);
	mouth_close(&mouth);
	return status;
}

int main(int argc, char **argv)
{
	struct stage stage;
	int status;

	stage_open(&stage, &program, NULL, argc, argv);
	status = given.prepare ? prepare_phrases(stage.conf, stage.agent, given.into) : speak(&stage);
	stage_close(&stage);
	return status;
}
