/* rd-memory: the ring's voice to the memory of all calls. rd-memory(8)
 *
 *   in   call.setup, call.heard, call.cleared, call.end; user.text, assistant.text, assistant.done and their audio;
 *        tool.call of remember and recall, tool.result, usage, message.left, agent.switched
 *   out  context, tools.list and tool.result of its two tools, stage.fault when the store is away
 *
 *   exit 0 end of input, 100 usage or configuration, 111 try again */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "conf.h"
#include "context.h"
#include "json.h"
#include "log.h"
#include "memory.h"
#include "notes.h"
#include "people.h"
#include "record.h"
#include "sandbox.h"
#include "when.h"

#define LAST_WORDS_US (500 * MS) /* for what is still to be written when the call is over; the ring has two seconds */
#define SPEECH_MAX_US (600 * SECOND)

static struct memory memory;

static uint32_t seq_of(const struct frame *f)
{
	return f->seq ? f->seq : ++memory.typed;
}

static enum stage_verdict on_setup(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *call = json_text(event, "call");

	(void)s;
	(void)f;
	if (!call || (memory.set_up && strcmp(call, memory.call) == 0))
		return STAGE_PASS; /* state, said again */
	snprintf(memory.call, sizeof memory.call, "%s", call);
	memory.set_up = true;
	people_take(&memory, event);
	record_begin(&memory, event);
	context_begin(&memory);
	notes_list(&memory);
	return STAGE_PASS;
}

/* When the caller began to speak, where the brain says so: their words are known only after the answer to them has
 * begun. */
static uint64_t spoken_at(const struct frame *f, const struct cJSON *event)
{
	double since = json_number(event, "since_us", 0);

	return since > 0 && since <= (double)f->birth_us && since + SPEECH_MAX_US >= (double)f->birth_us
		       ? (uint64_t)since
		       : f->birth_us;
}

static enum stage_verdict on_user_text(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *text = json_text(event, "text");

	(void)s;
	if (text && *text && json_flag(event, "final", false))
		turns_said(&memory.turns, TURN_USER, f->origin, f->life, seq_of(f), spoken_at(f, event), text);
	return STAGE_PASS;
}

static enum stage_verdict on_assistant_text(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *text = json_text(event, "text");

	(void)s;
	if (text)
		turns_piece(&memory.turns, frame_item_parse(json_text(event, "item")), text,
			    json_whole(event, "sent_ms", 0, 0, JSON_WHOLE_MAX), f->birth_us);
	return STAGE_PASS;
}

static enum stage_verdict on_assistant_done(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *text = json_text(event, "text"), *status = json_text(event, "status");

	(void)s;
	if (text)
		turns_done(&memory.turns, frame_item_parse(json_text(event, "item")), text, json_array(event, "spans"),
			   json_whole(event, "sent_ms", 0, 0, JSON_WHOLE_MAX),
			   !status || strcmp(status, "complete") == 0, f->birth_us);
	return STAGE_PASS;
}

static enum stage_verdict on_voice(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)event;
	turns_audio(&memory.turns, f->item, frame_audio_us(f), f->birth_us);
	return STAGE_PASS;
}

static void take_clock(const struct frame *f, const struct cJSON *event, bool cleared)
{
	const char *text = json_text(event, "heard_text");
	const struct cJSON *entry;
	struct event_heard h;

	if (text)
		turns_heard_text(&memory.turns, text, cleared, f->birth_us);
	cJSON_ArrayForEach(entry, json_array(event, "items"))
		if (event_heard_read(&h, entry) == 0)
			turns_heard(&memory.turns, &h, cleared, f->birth_us);
}

static enum stage_verdict on_heard(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	take_clock(f, event, false);
	return STAGE_PASS;
}

static enum stage_verdict on_cleared(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	take_clock(f, event, true);
	return STAGE_PASS;
}

static enum stage_verdict on_tool_call(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	return notes_call(&memory, f, event);
}

static enum stage_verdict on_tool_result(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	record_result(&memory, f->origin, f->life, seq_of(f), f->birth_us, event);
	return STAGE_PASS;
}

static enum stage_verdict on_usage(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	if (json_text(event, "service") && json_text(event, "model"))
		record_usage(&memory, f, event);
	return STAGE_PASS;
}

static enum stage_verdict on_message(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)f;
	record_message(&memory, event);
	return STAGE_PASS;
}

static enum stage_verdict on_switched(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *agent = json_text(event, "agent");

	(void)f;
	if (!json_flag(event, "ok", false))
		return STAGE_PASS;
	if (agent && conf_has(s->conf, "agent", agent))
		snprintf(memory.agent, sizeof memory.agent, "%s", agent);
	if (agent || json_array(event, "tools")) {
		notes_choose(&memory, json_array(event, "tools"));
		notes_list(&memory);
	}
	return STAGE_PASS;
}

static enum stage_verdict on_call_end(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const char *reason = json_text(event, "reason");

	(void)s;
	turns_settle(&memory.turns, f->birth_us);
	record_end(&memory, reason ? reason : "failed");
	return STAGE_PASS;
}

static const struct stage_row rows[] = {
	{ FRAME_EVENT, "call.setup", on_setup },	      /* who calls: context, tools */
	{ FRAME_EVENT, "user.text", on_user_text },	      /* the caller's turn */
	{ FRAME_EVENT, "assistant.text", on_assistant_text }, /* the assistant's, while it comes */
	{ FRAME_EVENT, "assistant.done", on_assistant_done }, /* and all of it */
	{ FRAME_DOWN, NULL, on_voice },		     /* how long it is, should the brain die before it says so */
	{ FRAME_EVENT, "call.heard", on_heard },     /* how much of it was heard */
	{ FRAME_EVENT, "call.cleared", on_cleared }, /* and where it was cut off */
	{ FRAME_EVENT, "tool.call", on_tool_call },  /* remember, recall */
	{ FRAME_EVENT, "tool.result", on_tool_result },
	{ FRAME_EVENT, "usage", on_usage },
	{ FRAME_EVENT, "message.left", on_message },
	{ FRAME_EVENT, "agent.switched", on_switched },
	{ FRAME_EVENT, "call.end", on_call_end },
};

static void say_context(struct stage *s)
{
	(void)s;
	context_say(&memory);
}

static void say_list(struct stage *s)
{
	(void)s;
	notes_say(&memory);
}

static const struct stage_state states[] = { { "context", say_context }, { "tools.list", say_list } };
static const char *const needs[] = { "call.setup", NULL };

static void on_changed(struct turns *t, const struct turn *turn)
{
	(void)t;
	record_turn(&memory, turn);
}

static void on_trouble(struct remote *r, const char *text, bool away)
{
	if (away)
		log_warn("the store is away, the call goes on without: %s", text);
	else
		log_info("the store has failed, the call goes on without");
	(void)stage_say(r->ctx, EVENT_STAGE_FAULT, "what:s text:s", "store", text);
}

static void on_end_late(void *ctx)
{
	stage_end(ctx, 0);
}

/* The end waits for the store's answers, a little: they come in milliseconds, or not at all. */
static void end_if_idle(struct stage *s)
{
	if (remote_idle(&memory.store))
		stage_end(s, 0);
	else if (!memory.end_timer.set)
		timer_after(&s->loop, &memory.end_timer, LAST_WORDS_US);
}

static void on_idle(struct remote *r)
{
	if (memory.ending)
		stage_end(r->ctx, 0);
}

static void on_end(struct stage *s)
{
	memory.ending = true;
	end_if_idle(s);
}

static const struct stage_program program = {
	.name = "rd-memory",
	.synopsis = "[options]",
	.purpose = "Tells the brain what is known, and has written down what was said as it was heard.",
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.states = states,
	.state_count = sizeof states / sizeof states[0],
	.needs = needs,
	.on_end = on_end,
};

static void open_memory(struct stage *s)
{
	char runtime[PATHS_MAX_BYTES], path[PATHS_MAX_BYTES];

	memory.stage = s;
	memory.turns.changed = on_changed;
	memory.store.on_trouble = on_trouble;
	memory.store.on_idle = on_idle;
	memory.store.ctx = s;
	memory.end_timer = (struct timer){ .name = "last words", .on = on_end_late, .ctx = s };
	snprintf(memory.agent, sizeof memory.agent, "%s", s->agent);
	snprintf(memory.call, sizeof memory.call, "%s", s->call ? s->call : "");
	if (when_zone(conf_text(s->conf, "general", NULL, "timezone")) < 0)
		log_warn("cannot set the time zone: %s", strerror(errno));
	context_open(&memory);
	notes_choose(&memory, NULL);
	if (paths_runtime(s->conf, runtime, sizeof runtime) < 0 ||
	    paths_format(path, sizeof path, "%s/store", runtime) < 0)
		log_die(100, "cannot find the runtime folder: %s", strerror(errno));
	if (remote_open(&memory.store, &s->loop, path) < 0)
		log_die(111, "cannot open the way to the store: %s", strerror(errno));
}

static void close_memory(void)
{
	notes_close(&memory);
	remote_close(&memory.store);
	if (memory.store.lost) /* why was said, here or in the store's log, when it began */
		log_info("not all was written down lost=%lu", memory.store.lost);
	context_close(&memory);
	turns_close(&memory.turns);
}

int main(int argc, char **argv)
{
	struct stage stage;
	int status;

	stage_open(&stage, &program, NULL, argc, argv);
	open_memory(&stage);
	start_sandbox(SANDBOX_SOCKETS); /* the store may come back */
	status = stage_run(&stage);
	close_memory();
	stage_close(&stage);
	return status;
}
