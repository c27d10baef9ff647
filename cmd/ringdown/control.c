#include "control.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acceptor.h"
#include "call.h"
#include "conf.h"
#include "feed.h"
#include "generation.h"
#include "json.h"
#include "lines.h"
#include "log.h"
#include "report.h"
#include "super.h"

#define CLIENTS_MAX 32

struct client {
	struct client *next;
	struct control *control;
	struct lines lines;
	unsigned number; /* names it to rd-webhook while it waits for an answer */
	double asked_id; /* of a request that waits */
	bool watching, leaving, said_bad;
	char watched[40];	/* a call, or empty: all */
	struct feed *injection; /* while one waits for rd-monitor's answer */
	bool injected;
};

struct control {
	struct super *super;
	char path[PATHS_MAX_BYTES];
	int fd;
	struct acceptor acceptor;
	struct client *clients;
	unsigned numbers, count, dropped; /* dropped since there were too many */
	struct feed *feeds; /* one a call, while somebody watches */
	struct timer sweep; /* frees what its own handler could not */
};

struct command {
	const char *name;
	bool wants_call;
	void (*run)(struct client *c, struct call *call, const struct cJSON *request);
};

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

/* The feed of a call that has ended, and those that nobody watches any more. */
static void close_feeds(struct control *control, const struct call *ended)
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

static void count_down(struct control *control)
{
	if (--control->count > CLIENTS_MAX / 2 || !control->dropped)
		return;
	log_info("fewer clients at the control socket dropped=%u", control->dropped);
	control->dropped = 0;
}

/* Frees a client that is in the list no more. */
static void release(struct client *c)
{
	count_down(c->control);
	if (c->injection)
		feed_close(c->injection);
	lines_close(&c->lines);
	close_feeds(c->control, NULL);
	free(c);
}

static void drop(struct client *c)
{
	struct client **p = &c->control->clients;

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	release(c);
}

static void on_sweep(void *ctx)
{
	struct control *control = ctx;
	struct client *next;

	for (struct client *c = control->clients; c; c = next) {
		next = c->next;
		if (c->injection && c->injected) {
			feed_close(c->injection);
			c->injection = NULL;
		}
		if (c->leaving)
			drop(c);
	}
}

static void sweep(struct control *control)
{
	timer_after(&control->super->loop, &control->sweep, 0);
}

static void send_line(struct client *c, const char *text, size_t n)
{
	if (c->leaving || lines_send(&c->lines, text, n) == 0)
		return;
	if (errno == ENOBUFS)
		log_warn("an operator's client is dropped: it does not read");
	c->leaving = true;
	sweep(c->control);
}

static void answer(struct client *c, struct cJSON *object)
{
	char *text = json_print(object);

	if (text)
		send_line(c, text, strlen(text));
	free(text);
}

static void answer_ok(struct client *c, double id)
{
	answer(c, json_make("id:f ok:b", id, 1));
}

static void answer_error(struct client *c, double id, const char *error)
{
	answer(c, json_make("id:f ok:b error:s", id, 0, error));
}

static double id_of(const struct cJSON *request)
{
	return json_number(request, "id", 0);
}

static void do_status(struct client *c, struct call *call, const struct cJSON *request)
{
	(void)call;
	answer(c, report_status(c->control->super, id_of(request)));
}

static void do_show(struct client *c, struct call *call, const struct cJSON *request)
{
	answer(c, report_show(call, id_of(request)));
}

static void restart(struct client *c, struct call *call, const struct cJSON *request, const char *with)
{
	const char *stage = json_text(request, "stage");
	char error[256] = "a stage is expected";

	if (stage && !call && !with && service_restart(c->control->super, stage)) {
		answer_ok(c, id_of(request));
	} else if (!call) {
		answer_error(c, id_of(request), "a call, or a service, is expected");
	} else if (!stage || ring_restart(&call->ring, stage, with, error, sizeof error) < 0) {
		answer_error(c, id_of(request), error);
	} else {
		log_info("restarted on request stage=%s call=%s%s%s", stage, call->id, with ? " with=" : "",
			 with ? with : "");
		answer_ok(c, id_of(request));
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
		answer_error(c, id_of(request), "with: a command line is expected");
}

static void do_end(struct client *c, struct call *call, const struct cJSON *request)
{
	const char *reason = json_text(request, "reason");

	call_end(call, reason ? reason : "operator", NULL);
	answer_ok(c, id_of(request));
}

static void do_reload(struct client *c, struct call *call, const struct cJSON *request)
{
	char error[4096];

	(void)call;
	if (super_reload(c->control->super, error, sizeof error) < 0)
		answer_error(c, id_of(request), error);
	else
		answer(c, json_make("id:f ok:b config:i", id_of(request), 1, c->control->super->generation->number));
}

static void do_drain(struct client *c, struct call *call, const struct cJSON *request)
{
	struct super *s = c->control->super;

	(void)call;
	answer_ok(c, id_of(request));
	super_drain(s, json_whole(request, "seconds", conf_number(s->generation->conf, "limits", NULL, "drain-seconds"),
				  0, 86400));
}

static void do_log(struct client *c, struct call *call, const struct cJSON *request)
{
	const char *level = json_text(request, "level");
	char *json;

	(void)call;
	if (!level || log_limit_name(level) < 0) {
		answer_error(c, id_of(request), "level: error, warn, info or debug is expected");
		return;
	}
	json = json_print(json_make("do:s level:s", "log", level));
	snprintf(c->control->super->log_order, sizeof c->control->super->log_order, "%s", json ? json : "");
	if (json) {
		services_tell(c->control->super, json);
		calls_tell(c->control->super, json);
	}
	free(json);
	answer_ok(c, id_of(request));
}

static void do_requests(struct client *c, struct call *call, const struct cJSON *request)
{
	char json[64];

	(void)call;
	c->asked_id = id_of(request);
	snprintf(json, sizeof json, "{\"do\":\"requests\",\"id\":%u}", c->number);
	if (services_webhook_send(c->control->super, json) < 0)
		answer_error(c, c->asked_id, "rd-webhook is not running");
}

void control_requests(struct control *control, const struct cJSON *reply)
{
	for (struct client *c = control->clients; c; c = c->next)
		if ((double)c->number == json_number(reply, "id", -1)) {
			answer(c, json_make("id:f ok:b requests:j", c->asked_id, 1,
					    cJSON_Duplicate(json_array(reply, "requests"), 1)));
			return;
		}
}

static void on_event_line(void *ctx, struct feed *f, const char *line, size_t n)
{
	struct control *control = ctx;

	for (struct client *c = control->clients; c; c = c->next)
		if (wants(c, f->call))
			send_line(c, line, n);
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
	close_feeds(control, call);
	for (struct client *c = control->clients; c; c = c->next) {
		if (c->injection && c->injection->call == call) {
			if (!c->injected)
				answer_error(c, c->asked_id, "the call has ended");
			feed_close(c->injection); /* its call goes, so it cannot wait for the sweep */
			c->injection = NULL;
		}
		if (c->watching && strcmp(c->watched, call->id) == 0) {
			c->leaving = true; /* what it watched is over */
			sweep(control);
		}
	}
}

static void do_watch(struct client *c, struct call *call, const struct cJSON *request)
{
	c->watching = true;
	snprintf(c->watched, sizeof c->watched, "%s", call ? call->id : "");
	answer_ok(c, id_of(request));
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
	if (c->injected || !reply ||
	    !cJSON_GetObjectItemCaseSensitive(reply, "ok")) { /* an event of the call: others watch those */
		cJSON_Delete(reply);
		return;
	}
	answer(c, json_make("id:f ok:b error:s?", c->asked_id, (int)json_flag(reply, "ok", false), error));
	cJSON_Delete(reply);
	c->injected = true;
	sweep(c->control);
}

static void do_inject(struct client *c, struct call *call, const struct cJSON *request)
{
	char *json =
		json_print(json_make("do:s event:j?", "inject", cJSON_Duplicate(json_object(request, "event"), 1)));

	if (c->injection)
		feed_close(c->injection);
	c->asked_id = id_of(request);
	c->injected = false;
	c->injection = feed_open(&c->control->super->loop, call, on_injected, c);
	if (!json || !c->injection || lines_send(&c->injection->lines, json, strlen(json)) < 0) {
		answer_error(c, c->asked_id, "this call's rd-monitor is not there");
		c->injected = true;
		sweep(c->control);
	}
	free(json);
}

static const struct command commands[] = {
	{ "status", false, do_status },	    { "calls", false, do_status }, { "show", true, do_show },
	{ "restart", false, do_restart },   { "swap", true, do_swap },	   { "end", true, do_end },
	{ "reload", false, do_reload },	    { "drain", false, do_drain },  { "log", false, do_log },
	{ "requests", false, do_requests }, { "watch", false, do_watch },  { "inject", true, do_inject },
};

static void on_request(struct lines *l, char *line, size_t n)
{
	struct client *c = (struct client *)((char *)l - offsetof(struct client, lines));
	struct cJSON *request = json_parse(line, n);
	const char *what = json_text(request, "do"), *id = json_text(request, "call");
	struct call *call = id ? call_find(c->control->super, id) : NULL;
	char error[128], shown[16];

	for (size_t i = 0; what && i < sizeof commands / sizeof *commands; i++) {
		if (strcmp(commands[i].name, what) != 0)
			continue;
		if ((id || commands[i].wants_call) && !(call && call->has_ring)) {
			snprintf(error, sizeof error, "no call %s", log_short_call(id, shown));
			answer_error(c, id_of(request), error);
		} else {
			commands[i].run(c, call, request);
		}
		cJSON_Delete(request);
		return;
	}
	answer_error(c, id_of(request), !request ? "one JSON object a line is expected" : "do: no such command");
	if (!c->said_bad)
		log_info("an operator's client sends what is no request");
	c->said_bad = true;
	cJSON_Delete(request);
}

static void on_client_end(struct lines *l, const char *why)
{
	struct client *c = (struct client *)((char *)l - offsetof(struct client, lines));

	if (errno == EMSGSIZE) {
		log_warn("an operator's client is dropped: %s", why);
		answer_error(c, 0, "a line of at most 64 KiB is expected");
	} else {
		log_debug("an operator's client is gone why=\"%s\"", why);
	}
	drop(c);
}

/* The one that has been there longest; who watches does so for long, and is not idle. NULL: all watch. */
static struct client *oldest_idle(const struct control *control)
{
	struct client *oldest = NULL;

	for (struct client *c = control->clients; c; c = c->next) /* the newest is the first */
		if (!c->watching)
			oldest = c;
	return oldest;
}

/* Too many, who perhaps only stay: they must not keep the operator out. false: nobody can go. */
static bool make_room(struct control *control)
{
	struct client *oldest = oldest_idle(control);

	if (control->dropped++ == 0)
		log_warn("too many clients at the control socket: %s",
			 oldest ? "the oldest idle ones are dropped" : "all watch, new ones are refused");
	if (oldest)
		drop(oldest);
	return oldest;
}

static void on_come(void *ctx, int fd, const struct sockaddr *peer)
{
	struct control *control = ctx;
	struct client *c = control->count < CLIENTS_MAX || make_room(control) ? calloc(1, sizeof *c) : NULL;

	(void)peer;
	if (!c) {
		close(fd);
		return;
	}
	c->control = control;
	c->number = ++control->numbers;
	c->lines = (struct lines){ .on_line = on_request, .on_end = on_client_end };
	if (lines_open(&c->lines, &control->super->loop, fd) < 0) {
		free(c);
		return;
	}
	control->count++;
	c->next = control->clients;
	control->clients = c;
}

static void on_full(void *ctx, int error)
{
	(void)ctx;
	if (error)
		log_error("cannot accept operators: %s: they wait", strerror(error));
	else
		log_info("accepting operators again");
}

struct control *control_open(struct super *s, char *error, size_t size)
{
	struct control *c = calloc(1, sizeof *c);

	if (!c) {
		snprintf(error, size, "cannot listen: %s", strerror(errno));
		return NULL;
	}
	c->super = s;
	c->acceptor = (struct acceptor){ .on_come = on_come, .on_full = on_full, .ctx = c };
	c->sweep = (struct timer){ .name = "sweep", .on = on_sweep, .ctx = c };
	c->fd = paths_format(c->path, sizeof c->path, "%s/control", s->runtime) < 0 ? -1 : lines_listen(c->path, 0660);
	if (c->fd < 0 || acceptor_open(&c->acceptor, &s->loop, c->fd) < 0) {
		snprintf(error, size, "cannot listen on %s: %s", c->path, strerror(errno));
		if (c->fd >= 0)
			close(c->fd);
		free(c);
		return NULL;
	}
	return c;
}

void control_close(struct control *c)
{
	if (!c)
		return;
	while (c->clients) {
		struct client *first = c->clients;

		c->clients = first->next;
		release(first);
	}
	timer_stop(&c->super->loop, &c->sweep);
	acceptor_close(&c->acceptor);
	close(c->fd);
	(void)unlink(c->path);
	free(c);
}
