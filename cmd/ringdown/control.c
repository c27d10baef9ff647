#include "control.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "client.h"
#include "conf.h"
#include "generation.h"
#include "json.h"
#include "log.h"
#include "report.h"
#include "super.h"
#include "watch.h"

struct command {
	const char *name;
	bool wants_call;
	void (*run)(struct client *c, struct call *call, const struct cJSON *request);
};

static void do_status(struct client *c, struct call *call, const struct cJSON *request)
{
	(void)call;
	client_answer(c, report_status(c->control->super, client_id(request)));
}

static void do_show(struct client *c, struct call *call, const struct cJSON *request)
{
	client_answer(c, report_show(call, client_id(request)));
}

/* Answered when the new program has run for a second, or has refused to. */
static void await_swap(struct client *c, const struct call *call, unsigned place, const struct cJSON *request)
{
	client_await(c, request, WAITS_FOR_SWAP);
	c->swap_call = call;
	c->swap_place = place;
}

void control_swapped(struct control *control, const struct call *call, unsigned place, const char *why)
{
	char error[128];

	for (struct client *c = control->clients; c; c = c->next) {
		if (c->waits != WAITS_FOR_SWAP || c->swap_call != call || c->swap_place != place)
			continue;
		snprintf(error, sizeof error, "cannot swap: %s", why ? why : "");
		if (why)
			client_answer_error(c, client_awaited(c), error);
		else
			client_answer_ok(c, client_awaited(c));
	}
}

static void restart(struct client *c, struct call *call, const struct cJSON *request, const char *with)
{
	const char *stage = json_text(request, "stage");
	const struct ring_stage *found = call && stage ? ring_find_stage(&call->ring, stage) : NULL;
	unsigned place = found ? found->place : 0; /* its name is another one after a swap */
	char error[256] = "a stage is expected", shown[16];

	if (stage && !call && !with && service_restart(c->control->super, stage)) {
		client_answer_ok(c, client_id(request));
	} else if (!call) {
		client_answer_error(c, client_id(request), "a call, or a service, is expected");
	} else if (!stage || ring_restart(&call->ring, stage, with, error, sizeof error) < 0) {
		client_answer_error(c, client_id(request), error);
	} else {
		log_info("restarted on request stage=%s call=%s%s%s", stage, log_short_call(call->id, shown),
			 with ? " with=" : "", with ? with : "");
		if (with) {
			control_swapped(c->control, call, place, "another swap came before it had run for 1 s");
			await_swap(c, call, place, request);
		} else {
			client_answer_ok(c, client_id(request));
		}
	}
}

static void do_restart(struct client *c, struct call *call, const struct cJSON *request)
{
	restart(c, call, request, NULL);
}

static void do_swap(struct client *c, struct call *call, const struct cJSON *request)
{
	const char *with = json_text(request, "with");

	if (with && *with)
		restart(c, call, request, with);
	else
		client_answer_error(c, client_id(request), "with: a command line is expected");
}

void control_agent(struct control *control, const struct call *call, const char *why)
{
	char error[256];

	for (struct client *c = control->clients; c; c = c->next) {
		if (c->waits != WAITS_FOR_AGENT || c->swap_call != call)
			continue;
		snprintf(error, sizeof error, "cannot switch: %s", why ? why : "");
		if (why)
			client_answer_error(c, client_awaited(c), error);
		else
			client_answer_ok(c, client_awaited(c));
	}
}

/* Answered when the new agent's stages have run for a second, or one of them will not. */
static void do_agent(struct client *c, struct call *call, const struct cJSON *request)
{
	const char *agent = json_text(request, "agent");
	char error[256] = "an agent is expected";

	if (!agent || agent_switch(call, agent, "operator", error, sizeof error) < 0) {
		client_answer_error(c, client_id(request), error);
		return;
	}
	client_await(c, request, WAITS_FOR_AGENT);
	c->swap_call = call;
}

static void do_end(struct client *c, struct call *call, const struct cJSON *request)
{
	const char *reason = json_text(request, "reason");

	call_end(call, reason ? reason : "operator", NULL);
	client_answer_ok(c, client_id(request));
}

static void do_reload(struct client *c, struct call *call, const struct cJSON *request)
{
	char error[4096];

	(void)call;
	if (super_reload(c->control->super, error, sizeof error) < 0)
		client_answer_error(c, client_id(request), error);
	else
		client_answer(c, json_make("id:f ok:b config:i", client_id(request), 1,
					   c->control->super->generation->number));
}

static void do_drain(struct client *c, struct call *call, const struct cJSON *request)
{
	struct super *s = c->control->super;

	(void)call;
	client_answer_ok(c, client_id(request));
	super_drain(s, json_whole(request, "seconds", conf_number(s->generation->conf, "limits", NULL, "drain-seconds"),
				  0, 86400));
}

static void do_log(struct client *c, struct call *call, const struct cJSON *request)
{
	const char *level = json_text(request, "level");
	char *json;

	(void)call;
	if (!level || log_limit_name(level) < 0) {
		client_answer_error(c, client_id(request), "level: error, warn, info or debug is expected");
		return;
	}
	json = json_print(json_make("do:s level:s", "log", level));
	snprintf(c->control->super->log_order, sizeof c->control->super->log_order, "%s", json ? json : "");
	if (json) {
		services_tell(c->control->super, json);
		calls_tell(c->control->super, json);
	}
	free(json);
	client_answer_ok(c, client_id(request));
}

static void do_requests(struct client *c, struct call *call, const struct cJSON *request)
{
	char json[64];

	(void)call;
	client_await(c, request, WAITS_FOR_WEBHOOK);
	snprintf(json, sizeof json, "{\"do\":\"requests\",\"id\":%u}", c->number);
	if (services_webhook_send(c->control->super, json) < 0)
		client_answer_error(c, client_awaited(c), "rd-webhook is not running");
}

void control_requests(struct control *control, const struct cJSON *reply)
{
	for (struct client *c = control->clients; c; c = c->next)
		if (c->waits == WAITS_FOR_WEBHOOK && (double)c->number == json_number(reply, "id", -1)) {
			client_answer(c, json_make("id:f ok:b requests:j", client_awaited(c), 1,
						   cJSON_Duplicate(json_array(reply, "requests"), 1)));
			return;
		}
}

static const struct command commands[] = {
	{ "status", false, do_status },	  { "calls", false, do_status },      { "show", true, do_show },
	{ "agent", true, do_agent },	  { "restart", false, do_restart },   { "swap", true, do_swap },
	{ "end", true, do_end },	  { "reload", false, do_reload },     { "drain", false, do_drain },
	{ "log", false, do_log },	  { "requests", false, do_requests }, { "watch", false, watch_begin },
	{ "inject", true, watch_inject },
};

void control_request(struct client *c, const struct cJSON *request)
{
	const char *what = json_text(request, "do"), *id = json_text(request, "call");
	struct call *call = id ? call_find(c->control->super, id) : NULL;
	char error[128], shown[16];

	for (size_t i = 0; what && i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(commands[i].name, what) != 0)
			continue;
		if ((id || commands[i].wants_call) && !(call && call->has_ring)) {
			snprintf(error, sizeof error, "no call %s", log_short_call(id, shown));
			client_answer_error(c, client_id(request), error);
		} else {
			commands[i].run(c, call, request);
		}
		return;
	}
	client_answer_error(c, client_id(request),
			    !request ? "one JSON object a line is expected" : "do: no such command");
	if (!c->said_bad)
		log_info("an operator's client sends what is no request");
	c->said_bad = true;
}
