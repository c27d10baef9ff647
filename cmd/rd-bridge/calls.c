#include "calls.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "bridge.h"
#include "clock.h"
#include "json.h"
#include "log.h"
#include "opening.h"
#include "request.h"
#include "utf8.h"

#define ARGUMENTS_MAX 16384u
#define RECOVERED_US (30 * SECOND)
#define ORDER_US (40 * MS) /* a tool's call.next comes right behind its result */

static void on_timer(void *ctx);
static void on_recovered_late(void *ctx);

void calls_open(struct bridge *b)
{
	b->calls.timer = (struct timer){ .name = "order", .on = on_timer, .ctx = b };
	b->calls.recovered = (struct timer){ .name = "recovered", .on = on_recovered_late, .ctx = b };
}

static struct call *find(struct calls *c, const char *call_id, unsigned connection)
{
	for (int i = 0; i < CALLS_MAX; i++)
		if (c->all[i].id[0] && c->all[i].connection == connection && strcmp(c->all[i].call_id, call_id) == 0)
			return &c->all[i];
	return NULL;
}

static struct call *find_id(struct calls *c, const char *id)
{
	for (int i = 0; id && i < CALLS_MAX; i++)
		if (c->all[i].id[0] && strcmp(c->all[i].id, id) == 0)
			return &c->all[i];
	return NULL;
}

bool calls_pending(const struct bridge *b)
{
	for (int i = 0; i < CALLS_MAX; i++)
		if (b->calls.all[i].id[0] && !b->calls.all[i].done)
			return true;
	return b->calls.timer.set;
}

/* The oldest makes room; a result that comes for it after all is told as a note. */
static struct call *add(struct bridge *b, const char *response, const struct realtime_item *item)
{
	struct call *c = &b->calls.all[b->calls.next++ % CALLS_MAX];

	*c = (struct call){ .connection = b->session.number };
	snprintf(c->id, sizeof c->id, "%u.%u.%s", b->stage.life, b->session.number, item->call_id);
	snprintf(c->call_id, sizeof c->call_id, "%s", item->call_id);
	snprintf(c->response, sizeof c->response, "%s", response);
	snprintf(c->name, sizeof c->name, "%s", item->name);
	return c;
}

void calls_recover(struct bridge *b)
{
	struct untold *u = &b->backlog.map->untold;

	for (int i = 0; i < UNTOLD_CALLS; i++) {
		struct call *c;

		if (!u->calls[i].open)
			continue;
		c = &b->calls.all[b->calls.next++ % CALLS_MAX];
		*c = (struct call){ .over = true };
		snprintf(c->id, sizeof c->id, "%s", u->calls[i].id);
		snprintf(c->name, sizeof c->name, "%s", u->calls[i].name);
		timer_after(&b->stage.loop, &b->calls.recovered, RECOVERED_US);
	}
}

bool calls_recovered(const struct bridge *b, const char *id)
{
	for (int i = 0; i < CALLS_MAX; i++)
		if (b->calls.all[i].connection == 0 && strcmp(b->calls.all[i].id, id) == 0)
			return true;
	return false;
}

void calls_settle(struct bridge *b)
{
	for (int i = 0; i < CALLS_MAX; i++) {
		struct call *c = &b->calls.all[i];

		if (!c->id[0] || c->connection || c->done || !history_called(&b->history, c->name))
			continue;
		c->done = true;
		untold_call_over(&b->backlog.map->untold, c->id);
	}
}

/* Whoever ran them has died, too, or was heard by the one before us: nobody waits for ever. A result that comes after
 * all is told as a note. */
static void on_recovered_late(void *ctx)
{
	struct bridge *b = ctx;
	bool any = false;

	for (int i = 0; i < CALLS_MAX; i++) {
		struct call *c = &b->calls.all[i];

		if (!c->id[0] || c->connection || c->done)
			continue;
		any = true;
		untold_call_over(&b->backlog.map->untold, c->id);
		c->id[0] = 0;
	}
	if (any)
		answer_ask(b, NULL);
	turn_change(b);
}

static void send_output(struct bridge *b, struct call *c, const char *output)
{
	char id[SENDER_ID_BYTES], item[SENDER_ID_BYTES];

	c->done = true;
	sender_id(b, "output", id);
	sender_item_id(b, item);
	sender_send(b, request_output(id, item, c->call_id, output));
}

static void refuse(struct bridge *b, struct call *c, const char *why)
{
	char output[160];

	snprintf(output, sizeof output, "{\"ok\":false,\"text\":\"%s\"}", why);
	log_warn("tool call refused: %s", why);
	send_output(b, c, output);
}

const char *calls_note(char out[CALLS_NOTE_BYTES], const char *name, const char *arguments)
{
	snprintf(out, CALLS_NOTE_BYTES,
		 "You have called the tool %.60s with %.*s. Its answer follows as soon as it is there: do not call it "
		 "again for the same.",
		 name, (int)utf8_clip(arguments, 200), arguments);
	return out;
}

void calls_begin(struct bridge *b, const char *response, const struct realtime_item *item)
{
	size_t n = strlen(item->arguments);
	char note[CALLS_NOTE_BYTES];
	struct cJSON *arguments;
	struct call *c;

	if (!*item->call_id || find(&b->calls, item->call_id, b->session.number))
		return;
	c = add(b, response, item);
	arguments = n ? json_parse(item->arguments, n < ARGUMENTS_MAX ? n : 0) : cJSON_CreateObject();
	if (!offer_has(&b->offer, item->name))
		refuse(b, c, "There is no such tool.");
	else if (!arguments)
		refuse(b, c, "The arguments are not one JSON object of a reasonable size.");
	else {
		history_note(&b->history, calls_note(note, c->name, item->arguments));
		untold_call(&b->backlog.map->untold, c->id, c->name, item->arguments);
		turn_taken_in(b);
		(void)stage_say(&b->stage, EVENT_TOOL_CALL, "id:s name:s arguments:j", c->id, c->name, arguments);
		arguments = NULL;
	}
	cJSON_Delete(arguments);
}

static bool spoke(struct bridge *b, const char *response)
{
	for (int n = 0; n < ITEMS_MAX; n++) {
		const struct item *i = &b->items.all[n];

		if (i->ring && i->bytes > 0 && i->connection == b->session.number && strcmp(i->response, response) == 0)
			return true;
	}
	return false;
}

/* Not if the model has said good-bye and the tool that it called will end the call: a second good-bye would only hold
 * the first one up. */
static void on_timer(void *ctx)
{
	struct bridge *b = ctx;

	if (!b->turn.armed)
		answer_ask(b, NULL);
	turn_change(b);
}

/* All of a response's results are there: the model goes on. */
static void go_on_if_whole(struct bridge *b, const char *response)
{
	bool any = false;

	for (int i = 0; i < CALLS_MAX; i++) {
		struct call *c = &b->calls.all[i];

		if (!c->id[0] || c->answered || c->connection != b->session.number ||
		    strcmp(c->response, response) != 0)
			continue;
		if (!c->done || !c->over)
			return;
		any = true;
	}
	for (int i = 0; i < CALLS_MAX; i++)
		if (b->calls.all[i].connection == b->session.number && strcmp(b->calls.all[i].response, response) == 0)
			b->calls.all[i].answered = true;
	if (any && spoke(b, response))
		timer_after(&b->stage.loop, &b->calls.timer, ORDER_US);
	else if (any)
		answer_ask(b, NULL);
}

void calls_response_over(struct bridge *b, const char *response)
{
	for (int i = 0; i < CALLS_MAX; i++)
		if (b->calls.all[i].connection == b->session.number && strcmp(b->calls.all[i].response, response) == 0)
			b->calls.all[i].over = true;
	go_on_if_whole(b, response);
}

/* What the model reads: {"ok":…,"text":…,"data":…}. */
static char *output_of(const struct cJSON *event)
{
	const char *outcome = json_text(event, "outcome");
	const struct cJSON *data = cJSON_GetObjectItemCaseSensitive(event, "data");

	if (outcome && strcmp(outcome, "unknown") != 0)
		outcome = NULL; /* done and failed are said by ok */
	return json_print(json_make("ok:b outcome:s? text:s data:j?", (int)json_flag(event, "ok", false), outcome,
				    json_text(event, "text"),
				    data && !cJSON_IsNull(data) ? cJSON_Duplicate(data, 1) : NULL));
}

/* Where the connection on which it was called is gone, or the brain that called it, the whole call is told. */
static void tell(struct bridge *b, struct call *c, const char *name, const char *output)
{
	bool known = c && c->connection == b->session.number && session_running(b);
	bool news = history_tool(&b->history, name, output);

	if (known) {
		send_output(b, c, output);
		go_on_if_whole(b, c->response);
		return;
	}
	if (news && session_running(b))
		opening_tool(b, name, output);
	answer_ask(b, NULL);
}

void calls_result(struct bridge *b, const struct cJSON *event)
{
	struct call *c = find_id(&b->calls, json_text(event, "id"));
	const char *name = json_text(event, "name");
	char *output = c && c->done ? NULL : output_of(event);

	if (!output) /* it was told already, or there is no memory */
		return;
	tell(b, c, name ? name : "?", output);
	if (c) {
		c->done = true;
		untold_call_over(&b->backlog.map->untold, c->id);
	}
	free(output);
	turn_change(b);
}
