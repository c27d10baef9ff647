#include "watch.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "client.h"
#include "control.h"
#include "feed.h"
#include "json.h"
#include "super.h"

static bool wants(const struct client *c, const struct call *call)
{
	return c->watching && (!c->watched[0] || strcmp(c->watched, call->id) == 0);
}

static bool is_watched(const struct control *control, const struct call *call)
{
	bool watched = false;

	for (const struct client *c = control->clients; c; c = c->next)
		watched |= wants(c, call);
	return watched;
}

void watch_close_feeds(struct control *control, const struct call *ended)
{
	for (struct feed **p = &control->feeds; *p;) {
		struct feed *f = *p;

		if (f->call != ended && is_watched(control, f->call)) {
			p = &f->next;
			continue;
		}
		if (f->call == ended)
			feed_take(f); /* its last words: call.end */
		*p = f->next;
		feed_close(f);
	}
}

static void on_event_line(void *ctx, struct feed *f, const char *line, size_t n)
{
	struct control *control = ctx;

	for (struct client *c = control->clients; c; c = c->next)
		if (wants(c, f->call))
			client_send(c, line, n);
}

void control_call_opened(struct control *control, struct call *call)
{
	bool wanted = is_watched(control, call);
	struct feed *f;

	for (f = control->feeds; f; f = f->next)
		wanted &= f->call != call;
	f = wanted ? feed_open(&control->super->loop, call, on_event_line, control) : NULL;
	if (f) {
		f->next = control->feeds;
		control->feeds = f;
	}
}

void control_call_closed(struct control *control, struct call *call)
{
	watch_close_feeds(control, call);
	for (struct client *c = control->clients; c; c = c->next) {
		if (c->injection && c->injection->call == call) {
			if (c->waits == WAITS_FOR_MONITOR)
				client_answer_error(c, client_awaited(c), "the call has ended");
			feed_close(c->injection); /* its call goes, so it cannot wait for the sweep */
			c->injection = NULL;
		}
		if ((c->waits == WAITS_FOR_SWAP || c->waits == WAITS_FOR_AGENT) && c->swap_call == call)
			client_answer_error(c, client_awaited(c), "the call has ended");
		if (c->watching && strcmp(c->watched, call->id) == 0) {
			c->leaving = true; /* what it watched is over */
			client_sweep(control);
		}
	}
}

void watch_begin(struct client *c, struct call *call, const struct cJSON *request)
{
	c->watching = true;
	snprintf(c->watched, sizeof c->watched, "%s", call ? call->id : "");
	client_answer_ok(c, client_id(request));
	for (struct call *k = c->control->super->calls; k; k = k->next)
		if (k->has_ring)
			control_call_opened(c->control, k);
}

static void on_injected(void *ctx, struct feed *f, const char *line, size_t n)
{
	struct client *c = ctx;
	struct cJSON *reply = json_parse(line, n);
	const char *error = json_text(reply, "error");

	(void)f;
	if (c->waits != WAITS_FOR_MONITOR || !reply ||
	    !cJSON_GetObjectItemCaseSensitive(reply, "ok")) { /* an event of the call: others watch those */
		cJSON_Delete(reply);
		return;
	}
	client_answer(c, json_make("id:f ok:b error:s?", client_awaited(c), (int)json_flag(reply, "ok", false), error));
	cJSON_Delete(reply);
}

void watch_inject(struct client *c, struct call *call, const struct cJSON *request)
{
	char *json =
		json_print(json_make("do:s event:j?", "inject", cJSON_Duplicate(json_object(request, "event"), 1)));

	if (c->injection)
		feed_close(c->injection);
	client_await(c, request, WAITS_FOR_MONITOR);
	c->injection = feed_open(&c->control->super->loop, call, on_injected, c);
	if (!json || !c->injection || lines_send(&c->injection->lines, json, strlen(json)) < 0)
		client_answer_error(c, client_awaited(c), "this call's rd-monitor is not there");
	free(json);
}
