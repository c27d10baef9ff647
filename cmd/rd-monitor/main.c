/* rd-monitor: the ring's line to operator and supervisor. rd-monitor(8)
 *   in   every event: published as a line to each listener; stage.stats, agent.switch and brain.failed: told the
 *        supervisor too
 *   out  what operators inject; agent.switched; call.mute again, for who needs it
 *   exit 0 end of input, 100 usage or configuration, 111 try again */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "mutes.h"
#include "order.h"
#include "paths.h"
#include "publisher.h"
#include "sandbox.h"
#include "stage.h"

static const char *socket_path; /* --socket */
static struct publisher publisher;

static const struct option_row options[] = {
	{ "socket", 's', OPTION_TEXT, &socket_path, .argument = "PATH",
	  .help = "where to listen instead of FOLDER/monitor" },
};

/* To the supervisor: the fields of an event, "do" instead of its type, and the call. */
static void tell(struct stage *s, const char *what, const struct cJSON *event)
{
	struct cJSON *message = json_make("do:s call:s", what, s->call ? s->call : "");
	const struct cJSON *field;
	char *text;

	cJSON_ArrayForEach(field, event)
		if (strcmp(field->string, "type") != 0 && message)
			cJSON_AddItemToObject(message, field->string, cJSON_Duplicate(field, 1));
	text = json_print(message);
	if (text && stage_line_send(s, text, -1) < 0)
		log_debug("cannot tell the supervisor: %s", strerror(errno));
	free(text);
}

static enum stage_verdict on_event(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)s;
	(void)event;
	publisher_say(&publisher, f);
	return STAGE_PASS;
}

static enum stage_verdict on_stats(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	const struct cJSON *queue = json_object(event, "queue");
	char text[160];

	snprintf(text, sizeof text, "{\"do\":\"stats\",\"origin\":%u,\"depth\":%.0f,\"high\":%.0f,\"shed\":%.0f}",
		 f->origin, json_number(queue, "depth", 0), json_number(queue, "high", 0),
		 json_number(queue, "shed", 0));
	(void)stage_line_send(s, text, -1); /* the next ones come in 5 s */
	return STAGE_PASS;
}

static enum stage_verdict on_failed(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	tell(s, "failed", event);
	return STAGE_PASS;
}

static int say(struct stage *s, struct cJSON *event);

/* Another model, voice or language is the brain's own affair: it is told to. Other tools are an operator's to give. */
static void switch_here(struct stage *s, const struct cJSON *wish, bool allowed)
{
	struct cJSON *event = cJSON_Duplicate(wish, 1);

	cJSON_DeleteItemFromObjectCaseSensitive(event, "type");
	if (!cJSON_AddStringToObject(event, "type", "agent.switched") || !cJSON_AddBoolToObject(event, "ok", allowed) ||
	    (!allowed && !cJSON_AddStringToObject(event, "why", "only an operator may give other tools")))
		cJSON_Delete(event);
	else
		(void)say(s, event); /* unsaid only without memory */
}

/* Another agent is the supervisor's to start; it answers. What an operator wants comes by the socket: whoever says so
 * in the ring speaks for the caller. */
static void ask_switch(struct stage *s, const struct cJSON *wish, const char *by)
{
	struct cJSON *event = cJSON_Duplicate(wish, 1);
	char error[160];

	if (!event || event_check(event, error, sizeof error) < 0 ||
	    !cJSON_ReplaceItemInObjectCaseSensitive(event, "by", cJSON_CreateString(by)))
		log_debug("a switch is left alone: its fields are not as they should be");
	else if (json_text(event, "agent"))
		tell(s, "agent", event);
	else
		switch_here(s, event, strcmp(by, "operator") == 0 || !json_array(event, "tools"));
	cJSON_Delete(event);
}

static enum stage_verdict on_switch(struct stage *s, const struct frame *f, const struct cJSON *event)
{
	(void)f;
	ask_switch(s, event, "caller");
	return STAGE_PASS;
}

static const struct stage_row rows[] = {
	{ FRAME_EVENT, NULL, on_event },	    /* whatever it is: to who watches */
	{ FRAME_EVENT, "stage.stats", on_stats },   /* for rd-ctl status */
	{ FRAME_EVENT, "agent.switch", on_switch }, /* the supervisor makes it so */
	{ FRAME_EVENT, "brain.failed", on_failed }, /* ... and finds another brain */
};

static const struct stage_state states[] = { { "call.mute", mutes_say } };

/* --- what an operator says */

/* Says an operator's event in the ring, and to who watches: our own do not come by here again. */
static int say(struct stage *s, struct cJSON *event)
{
	struct cJSON *wish = NULL;
	char *text = cJSON_PrintUnformatted(event);
	int said;
	struct frame f = { .kind = FRAME_EVENT, .origin = s->origin, .life = s->life, .birth_us = clock_us() };

	if (!text) {
		cJSON_Delete(event);
		return -1;
	}
	if (event_find(json_text(event, "type")) == EVENT_AGENT_SWITCH)
		wish = cJSON_Duplicate(event, 1);
	if (event_find(json_text(event, "type")) == EVENT_CALL_MUTE)
		mutes_set(s, event);
	f.payload = (const uint8_t *)text;
	f.length = (uint32_t)strlen(text);
	if (f.length <= FRAME_PAYLOAD_MAX)
		publisher_say(&publisher, &f);
	free(text);
	said = stage_say_object(s, event);
	if (said == 0 && wish)
		ask_switch(s, wish, "operator");
	cJSON_Delete(wish);
	return said;
}

/* The supervisor's word: another agent has the call, or why not. */
static void on_line(struct stage *s, const struct cJSON *message, const void *bytes, size_t n, int fd)
{
	const char *what = json_text(message, "do");
	struct cJSON *event = NULL;
	char error[160];

	(void)bytes, (void)n;
	if (fd >= 0)
		close(fd);
	if (!what || strcmp(what, "switched") != 0)
		return;
	event = json_make("type:s agent:s? by:s? ok:b why:s?", "agent.switched", json_text(message, "agent"),
			  json_text(message, "by"), (int)json_flag(message, "ok", false), json_text(message, "why"));
	if (event && event_check(event, error, sizeof error) == 0)
		(void)say(s, event); /* unsaid only without memory */
	else
		cJSON_Delete(event);
}

static void on_order(void *ctx, struct lines *l, const char *line, size_t n)
{
	static bool said_bad;
	char id[24], error[256], *answer;
	struct cJSON *event = order_read(line, n, id, error, sizeof error);
	bool ok = false;

	if (event) {
		log_info("injected type=%s", json_text(event, "type"));
		ok = say(ctx, event) == 0;
		if (!ok)
			snprintf(error, sizeof error, "cannot say it: %s", strerror(errno));
	} else if (!said_bad) {
		log_info("an operator's line is refused: %s", error);
		said_bad = true;
	}
	answer = json_print(
		json_make("id:j? ok:b error:s?", *id ? cJSON_CreateRaw(id) : NULL, (int)ok, ok ? NULL : error));
	if (answer)
		(void)lines_send(l, answer, strlen(answer)); /* who does not read it does not want it */
	free(answer);
}

static const struct stage_program program = {
	.name = "rd-monitor",
	.synopsis = "[--socket PATH]",
	.purpose = "Publishes the events of a ring and injects an operator's.",
	.options = options,
	.option_count = sizeof options / sizeof options[0],
	.rows = rows,
	.row_count = sizeof rows / sizeof rows[0],
	.states = states,
	.state_count = sizeof states / sizeof states[0],
	.on_line = on_line,
	.needs = (const char *const[]){ "call.setup", "call.start", "assistant.state",
					NULL }, /* for who begins to watch */
};

static void open_door(struct stage *s)
{
	char path[PATHS_MAX_BYTES];

	if (!socket_path && !s->dir)
		log_die(100, "--socket PATH or --dir FOLDER expected");
	if (paths_format(path, sizeof path, "%s%s", socket_path ? socket_path : s->dir, socket_path ? "" : "/monitor") <
		    0 ||
	    publisher_open(&publisher, &s->loop, path, s->call, on_order, s) < 0)
		log_die(111, "cannot listen on %s: %s", path, strerror(errno));
}

int main(int argc, char **argv)
{
	struct stage stage;
	int status;

	stage_open(&stage, &program, NULL, argc, argv);
	open_door(&stage);
	mutes_find(&stage);
	start_sandbox(SANDBOX_PLAIN);
	status = stage_run(&stage);
	publisher_close(&publisher);
	if (socket_path) /* in a call's folder a successor may have its own there by now; the folder is removed as a
			    whole */
		(void)unlink(socket_path);
	stage_close(&stage);
	return status;
}
