#include "watch.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "log.h"
#include "screen.h"

#define TEXT_MOST 20000 /* texts of events have 16 KiB at most */

/* An event at hand. */
struct moment {
	struct view *view;
	struct watch_call *call;
	uint64_t at_us;
	const char *from;
	const struct cJSON *event;
};

static struct watch_call *call_of(struct view *v, const char *id, uint64_t at_us)
{
	struct watch_call *c;

	for (unsigned i = 0; i < WATCH_CALLS; i++)
		if (v->calls[i].begun_us && strcmp(v->calls[i].id, id) == 0)
			return &v->calls[i];
	c = &v->calls[v->next_call++ % WATCH_CALLS];
	*c = (struct watch_call){ .begun_us = at_us ? at_us : 1 };
	snprintf(c->id, sizeof c->id, "%s", id);
	return c;
}

static void say(const struct moment *m, const char *who, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void say(const struct moment *m, const char *who, const char *format, ...)
{
	double s = m->at_us > m->call->begun_us ? (double)(m->at_us - m->call->begun_us) / 1e6 : 0;
	size_t n = strlen(m->call->id);
	char line[TEXT_MOST];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (m->view->many && m->view->next_call > 1) /* one call needs no name */
		fprintf(m->view->out, "…%s ", m->call->id + (n > 4 ? n - 4 : 0));
	fprintf(m->view->out, "%6.1fs  %-9s  %s\n", s, who, screen_safe(line));
}

/* A field of the event as text, "" if it is not there. */
static const char *text(const struct moment *m, const char *key)
{
	const char *value = json_text(m->event, key);

	return value ? value : "";
}

static double number(const struct moment *m, const char *key)
{
	return json_number(m->event, key, 0);
}

/* State is said again and again; a person is told once. */
static void on_setup(const struct moment *m)
{
	if (m->call->known)
		return;
	m->call->known = true;
	m->call->begun_us = m->at_us;
	say(m, "call", "%s from …%s to …%s, agent %s", m->call->id, log_tail(text(m, "from")), log_tail(text(m, "to")),
	    text(m, "agent"));
}

static void on_start(const struct moment *m)
{
	if (strcmp(m->call->stream, text(m, "stream")) == 0)
		return;
	snprintf(m->call->stream, sizeof m->call->stream, "%s", text(m, "stream"));
	if (strcmp(text(m, "resumed"), "no") == 0)
		say(m, "call", "is through");
	else
		say(m, "call", "goes on (%s)", text(m, "resumed"));
}

static void on_lost(const struct moment *m)
{
	if (*m->call->stream)
		say(m, "call", "the stream broke: %s", text(m, "why"));
	m->call->stream[0] = 0;
}

static void on_end(const struct moment *m)
{
	say(m, "call", "has ended: %s%s%s", text(m, "reason"), *text(m, "text") ? ", " : "", text(m, "text"));
}

static void on_stopped(const struct moment *m)
{
	m->call->stopped_us = m->at_us;
}

static void on_user_text(const struct moment *m)
{
	double confidence = number(m, "confidence");

	if (!json_flag(m->event, "final", true))
		return;
	if (!*text(m, "text"))
		say(m, "caller", "(not understood)");
	else if (confidence > 0)
		say(m, "caller", "%s (%.0f %% sure)", text(m, "text"), confidence * 100);
	else
		say(m, "caller", "%s", text(m, "text"));
}

static void on_key(const struct moment *m)
{
	say(m, "caller", "presses %s", text(m, "digit"));
}

static void on_state(const struct moment *m)
{
	if (strcmp(text(m, "state"), "speaking") != 0 || !m->call->stopped_us || m->at_us < m->call->stopped_us)
		return;
	say(m, "assistant", "(speaks after %.0f ms)", (double)(m->at_us - m->call->stopped_us) / 1000);
	m->call->stopped_us = 0;
}

static void on_done(const struct moment *m)
{
	bool complete = strcmp(text(m, "status"), "complete") == 0;

	if (complete || *text(m, "text"))
		say(m, "assistant", "%s%s%s%s", text(m, "text"), complete ? "" : " (",
		    complete ? "" : text(m, "status"), complete ? "" : ")");
}

static void on_clear(const struct moment *m)
{
	const char *why = text(m, "why");

	say(m, strcmp(why, "operator") == 0 ? "operator" : "caller", "%s",
	    strcmp(why, "speech") == 0 ? "interrupts"
	    : strcmp(why, "key") == 0  ? "interrupts by a key"
				       : "silences the assistant");
}

static void on_cleared(const struct moment *m)
{
	const struct cJSON *item;

	cJSON_ArrayForEach(item, json_array(m->event, "items"))
		if (!json_flag(item, "end", false))
			say(m, "assistant", "was cut: heard %.0f of %.0f ms", json_number(item, "heard_ms", 0),
			    json_number(item, "sent_ms", 0));
	if (*text(m, "heard_text"))
		say(m, "assistant", "was cut: heard \"%s\"", text(m, "heard_text"));
}

static void on_next(const struct moment *m)
{
	const char *verb = text(m, "verb");

	if (strcmp(verb, "transfer") == 0)
		say(m, "call", "to be transferred to …%s", log_tail(text(m, "to")));
	else if (strcmp(verb, "press") == 0)
		say(m, "call", "keys to be pressed");
	else
		say(m, "call", "next: %s", verb);
}

static void on_next_done(const struct moment *m)
{
	say(m, "call", "%s %s%s%s", text(m, "verb"), json_flag(m->event, "ok", false) ? "done" : "not done",
	    *text(m, "why") ? ": " : "", text(m, "why"));
}

static void on_tool_call(const struct moment *m)
{
	char *arguments = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(m->event, "arguments"));
	unsigned slot = m->call->next_tool++ % WATCH_TOOLS;

	snprintf(m->call->tools[slot].id, sizeof m->call->tools[slot].id, "%s", text(m, "id"));
	m->call->tools[slot].begun_us = m->at_us;
	say(m, "tool", "%s %s", text(m, "name"), arguments ? arguments : "");
	free(arguments);
}

static void on_tool_progress(const struct moment *m)
{
	say(m, "tool", "… %s", text(m, "text"));
}

static void on_tool_result(const struct moment *m)
{
	char took[32] = "";

	for (unsigned i = 0; i < WATCH_TOOLS; i++)
		if (m->call->tools[i].begun_us && strcmp(m->call->tools[i].id, text(m, "id")) == 0) {
			snprintf(took, sizeof took, " in %.0f ms",
				 (double)(m->at_us - m->call->tools[i].begun_us) / 1000);
			m->call->tools[i].begun_us = 0;
		}
	say(m, "tool", "%s %s%s: %s", text(m, "name"), *text(m, "outcome") ? text(m, "outcome") : "done", took,
	    text(m, "text"));
}

static void on_hello(const struct moment *m)
{
	const char *life = strchr(m->from, '.');

	if (life && strcmp(life, ".0") != 0)
		say(m, "stage", "%s was started again (place and life %s)", text(m, "program"), m->from);
}

static void on_fault(const struct moment *m)
{
	say(m, "fault", "%s: %s", *text(m, "what") ? text(m, "what") : text(m, "why"), text(m, "text"));
}

static void on_say(const struct moment *m)
{
	if (!*text(m, "id")) /* one with an id is the brain's own: it shows when it is spoken */
		say(m, "order", "the assistant is to say: %s", *text(m, "text") ? text(m, "text") : text(m, "phrase"));
}

static void on_note(const struct moment *m)
{
	say(m, "note", "to the assistant: %s", text(m, "text")); /* of an operator, or of a stage */
}

static void on_ask(const struct moment *m)
{
	say(m, "operator", "is asked: %s", text(m, "question"));
}

static void on_switched(const struct moment *m)
{
	say(m, "agent", "%s%s%s", json_flag(m->event, "ok", false) ? "switched to " : "not switched: ",
	    json_flag(m->event, "ok", false) ? text(m, "agent") : text(m, "why"), *text(m, "by") ? " by request" : "");
}

static void on_limit(const struct moment *m)
{
	say(m, "limit", "%s, %.0f s left", text(m, "what"), number(m, "left_s"));
}

static const struct {
	const char *type;
	void (*print)(const struct moment *m);
} rows[] = {
	{ "call.setup", on_setup },
	{ "call.start", on_start },
	{ "call.lost", on_lost },
	{ "call.end", on_end },
	{ "call.clear", on_clear },
	{ "call.cleared", on_cleared },
	{ "call.next", on_next },
	{ "call.next.done", on_next_done },
	{ "user.speech.stopped", on_stopped },
	{ "user.text", on_user_text },
	{ "user.key", on_key },
	{ "assistant.state", on_state },
	{ "assistant.done", on_done },
	{ "assistant.say", on_say },
	{ "assistant.note", on_note },
	{ "tool.call", on_tool_call },
	{ "tool.progress", on_tool_progress },
	{ "tool.result", on_tool_result },
	{ "stage.hello", on_hello },
	{ "stage.fault", on_fault },
	{ "brain.failed", on_fault },
	{ "ask.operator", on_ask },
	{ "agent.switched", on_switched },
	{ "limit.near", on_limit },
	{ "limit.reached", on_limit },
};

void watch_print(struct view *v, const struct cJSON *line)
{
	const struct cJSON *event = json_object(line, "event");
	const char *type = json_text(event, "type"), *id = json_text(line, "call"), *from = json_text(line, "from");
	struct moment m = { .view = v,
			    .at_us = (uint64_t)json_whole(line, "at_us", 0, 0, JSON_WHOLE_MAX),
			    .from = from ? from : "",
			    .event = event };

	if (!type)
		return;
	m.call = call_of(v, id ? id : "", m.at_us);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].type, type) == 0)
			rows[i].print(&m);
	fflush(v->out);
}
