#include "remote.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "call.h"
#include "clock.h"
#include "json.h"
#include "log.h"
#include "schema.h"

#define LATE_US (3 * SECOND) /* rd-mcp keeps the limits; this is for when it does not */
#define PROGRESS_MAX 100

/* Cut off: a tool without effects has simply failed, of any other nobody knows what it did. */
static void end_cut(struct call *k, const char *what)
{
	struct calls *c = k->calls;
	bool unknown = k->effect != TOOL_NONE;
	char text[500];

	snprintf(text, sizeof text, "%s: %s%s", k->name, what,
		 unknown ? ". Whether it did its work is unknown: do not run it again without asking." : ".");
	log_info("tool ended name=%s outcome=%s ms=%llu", k->name, unknown ? "unknown" : "failed",
		 (unsigned long long)((clock_us() - k->started_us) / MS));
	call_answer(c, k->id, answer_refusal(k->id, k->name, unknown ? "unknown" : "failed", text), NULL);
	call_drop(k);
	calls_end_orphans(c);
	calls_go(c);
}

static void on_late(void *ctx)
{
	struct call *k = ctx;

	mcp_cancel(k->calls->mcp, k->remote, "time limit");
	end_cut(k, "it gave no answer in time");
}

static int try_start(struct call *k, const struct mcp_tool *t, char *why, size_t size)
{
	struct calls *c = k->calls;

	if (t->checked && schema_check(t->parameters, k->arguments, why, size) < 0)
		return -1;
	if (call_note_begun(k) < 0) {
		snprintf(why, size, "The journal of the call cannot be written, so %s was not run.", k->name);
		return -1;
	}
	k->remote = mcp_call(c->mcp, t, k->arguments);
	if (k->remote < 0)
		snprintf(why, size, "%s cannot be reached: rd-mcp is not running.", k->name);
	return k->remote < 0 ? -1 : 0;
}

bool remote_is_name(const struct calls *c, const char *name)
{
	return c->mcp && mcp_is_name(c->mcp, name);
}

int remote_start(struct call *k)
{
	struct calls *c = k->calls;
	const struct mcp_tool *t = c->mcp ? mcp_find(c->mcp, k->name) : NULL;
	char why[300];

	if (!t)
		return remote_is_name(c, k->name) && mcp_is_asking(c->mcp);
	k->effect = t->read_only ? TOOL_NONE : TOOL_OUTSIDE;
	k->timeout_s = t->timeout_s;
	k->started_us = clock_us();
	if (try_start(k, t, why, sizeof why) < 0) {
		k->remote = 0;
		call_refuse(k, "failed", why);
		return 1;
	}
	k->running = true;
	c->waiting--;
	c->running++;
	k->late = (struct timer){ .name = "mcp call", .on = on_late, .ctx = k };
	timer_after(&c->stage->loop, &k->late, k->timeout_s * SECOND + LATE_US);
	return 1;
}

void remote_cancel(struct call *k)
{
	char what[240];

	mcp_cancel(k->calls->mcp, k->remote, k->reason);
	snprintf(what, sizeof what, "it was cancelled: %s", k->reason);
	end_cut(k, what);
}

static struct call *find(const struct calls *c, long id)
{
	struct call *k = c->first;

	while (k && (!k->running || k->remote != id))
		k = k->next;
	return k;
}

void remote_progress(struct calls *c, long id, const char *text)
{
	struct call *k = find(c, id);

	if (k && k->lines++ < PROGRESS_MAX)
		(void)stage_say(c->stage, EVENT_TOOL_PROGRESS, "id:s text:s", k->id, text);
}

void remote_result(struct calls *c, long id, const struct cJSON *answer)
{
	struct call *k = find(c, id);
	const char *text = json_text(answer, "text"), *outcome = json_text(answer, "outcome");
	const char *error = json_text(answer, "error");
	bool ok = json_flag(answer, "ok", false);
	struct cJSON *event, *data;

	if (!k)
		return; /* it came too late */
	if (outcome && strcmp(outcome, "unknown") == 0) {
		end_cut(k, text ? text : "it was cut off");
		return;
	}
	data = cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(answer, "data"), true);
	event = json_make("type:s id:s name:s ok:b text:s data:j? outcome:s", "tool.result", k->id, k->name, (int)ok,
			  text	  ? text
			  : error ? error
				  : "",
			  data, ok ? "done" : "failed");
	log_info("tool ended name=%s outcome=%s ms=%llu", k->name, ok ? "done" : "failed",
		 (unsigned long long)((clock_us() - k->started_us) / MS));
	call_answer(c, k->id, event, NULL);
	call_drop(k);
	calls_end_orphans(c);
	calls_go(c);
}

void remote_lost(struct calls *c)
{
	struct call *k = c->first;

	while (k) {
		if (k->running && k->remote) {
			end_cut(k, "the connection to its server was lost");
			k = c->first; /* others may have been started meanwhile */
		} else {
			k = k->next;
		}
	}
}
