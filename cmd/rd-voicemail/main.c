/* rd-voicemail: the brain of last resort: greets, sounds a tone, records what the caller says. rd-voicemail(8)
 *
 *   in   call.setup, call.start, call.lost, call.heard, call.cleared, call.end, call.next.done, user.key,
 *        agent.switched; the caller's voice
 *   out  prepared speech as audio down, mulaw/8000, with assistant.text, assistant.done, assistant.state;
 *        call.clear, message.left, call.next
 *
 *   exit 0 end of input, 100 usage or configuration, 111 try again */
#include <cjson/cJSON.h>
#include <string.h>

#include "audio.h"
#include "event.h"
#include "json.h"
#include "log.h"
#include "machine.h"
#include "sandbox.h"

static struct machine machine;

static enum stage_verdict on_setup(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *call = json_text(event, "call"), *direction = json_text(event, "direction");
	const char *from = json_text(event, direction && strcmp(direction, "out") == 0 ? "to" : "from");

	(void)s;
	(void)f;
	if (call && paths_call_id(call))
		machine_answer(&machine, call, from ? from : "");
	return STAGE_PASS;
}

static enum stage_verdict on_start(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)f;
	(void)event;
	machine_start(&machine, true);
	return STAGE_PASS;
}

static enum stage_verdict on_lost(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)f;
	(void)event;
	machine_start(&machine, false);
	return STAGE_PASS;
}

static enum stage_verdict on_switched(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *by = json_text(event, "by"), *why = json_text(event, "why");

	(void)s;
	(void)f;
	if (by && why && strcmp(by, "fallback") == 0 && json_flag(event, "ok", false))
		machine_explain(&machine, why);
	return STAGE_PASS;
}

static enum stage_verdict on_voice(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	int16_t samples[FRAME_AUDIO_MAX];
	unsigned bytes = frame_sample_bytes(f->codec);
	size_t n = bytes ? f->length / bytes : 0;

	(void)s;
	(void)event;
	if (f->flags & FRAME_TAKEN)
		return STAGE_PASS;
	if (n > 0 && n <= FRAME_AUDIO_MAX) {
		audio_decode(samples, f->codec, f->payload, n);
		machine_hear(&machine, samples, n, f->rate_100hz * 100u);
	}
	return STAGE_TAKE;
}

static enum stage_verdict on_key(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *digit = json_text(event, "digit");

	(void)s;
	(void)f;
	if (digit)
		machine_key(&machine, *digit);
	return STAGE_PASS;
}

static void take_clock(const struct cJSON *event, bool cleared)
{
	const struct cJSON *entry;
	struct event_heard h;

	cJSON_ArrayForEach(entry, json_array(event, "items")) {
		if (event_heard_read(&h, entry) < 0)
			continue;
		machine_heard(&machine, h.item, h.end);
		if (cleared)
			machine_cut(&machine, h.item);
	}
}

static enum stage_verdict on_heard(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)f;
	take_clock(event, false);
	return STAGE_PASS;
}

static enum stage_verdict on_cleared(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)f;
	take_clock(event, true);
	return STAGE_PASS;
}

static enum stage_verdict on_next_done(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *id = json_text(event, "id");

	(void)s;
	(void)f;
	if (id && !json_flag(event, "ok", true))
		machine_insist(&machine, id);
	return STAGE_PASS;
}

static enum stage_verdict on_call_end(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)f;
	(void)event;
	machine_end(&machine);
	return STAGE_PASS;
}

static void on_end(struct stage *s)
{
	machine_end(&machine);
	stage_end(s, 0);
}

static void say_state(struct stage *s)
{
	(void)s;
	machine_say_state(&machine);
}

static const struct stage_row rows[] = {
	{ FRAME_UP, NULL, on_voice },		 /* the caller's message */
	{ FRAME_EVENT, "call.setup", on_setup }, /* greets */
	{ FRAME_EVENT, "call.start", on_start },
	{ FRAME_EVENT, "call.lost", on_lost },
	{ FRAME_EVENT, "agent.switched", on_switched },	 /* a fallback says why, first */
	{ FRAME_EVENT, "call.heard", on_heard },	 /* the tone was heard: recording begins */
	{ FRAME_EVENT, "call.cleared", on_cleared },	 /* ... or will not be: another one */
	{ FRAME_EVENT, "user.key", on_key },		 /* skips the greeting; # ends the message */
	{ FRAME_EVENT, "call.next.done", on_next_done }, /* not hung up: once more */
	{ FRAME_EVENT, "call.end", on_call_end },	 /* what was said by now is the message */
};
static const struct stage_state states[] = { { "assistant.state", say_state } };
static const char *const needs[] = { "call.setup", "call.start", NULL };

static const struct stage_program program = {
	.name = "rd-voicemail",
	.synopsis = "",
	.purpose = "Takes a message: the brain when there is no other.",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.states = states,
	.state_count = sizeof states / sizeof states[0],
	.needs = needs,
	.on_end = on_end,
};

int main(int argc, char **argv)
{
	int status;

	stage_open(&machine.stage, &program, &machine, argc, argv);
	machine_open(&machine);
	machine_resume(&machine);
	start_sandbox(SANDBOX_PLAIN);
	status = stage_run(&machine.stage);
	machine_close(&machine);
	stage_close(&machine.stage);
	return status;
}
