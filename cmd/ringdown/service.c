#include "super.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "clock.h"
#include "cmdline.h"
#include "conf.h"
#include "control.h"
#include "environment.h"
#include "generation.h"
#include "hash.h"
#include "json.h"
#include "log.h"

#define DRAIN "{\"do\":\"drain\"}"

static const struct {
	const char *program;
	uint64_t patience_us; /* until it is ready, and between its answers */
} services[SUPER_SERVICES] = {
	[SERVICE_STORE] = { "rd-store", 30 * SECOND }, /* a slow disk, a database to be mended */
	[SERVICE_MCP] = { "rd-mcp", 10 * SECOND },
	[SERVICE_WEBHOOK] = { "rd-webhook", 5 * SECOND },
};

static void on_line(struct child *c, const struct cJSON *message, const char *bytes, size_t n, int fd);
static void on_exit_of(struct child *c, int code);

bool service_wanted(const struct super *s, int service)
{
	return service != SERVICE_MCP || conf_count(s->generation->conf, "mcp") > 0;
}

/* All that is said of servers, as a number: sections are printed in the order of the schema. */
static uint64_t mcp_terms(const struct conf *conf)
{
	char *text = NULL, *begin, *end;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	uint64_t hash = HASH_BEGIN;

	if (!out)
		return hash;
	(void)conf_print(conf, out); /* into memory: without it nothing is said to have changed */
	fclose(out);
	begin = strstr(text, "\nmcp ");
	end = begin ? strstr(begin, "\nlimits ") : NULL;
	if (end)
		hash = hash_bytes(hash, begin, (size_t)(end - begin));
	free(text);
	return hash;
}

static void start(struct child *c)
{
	struct super *s = c->super;
	const char *words[] = { c->name, "-c", s->generation->path, NULL };
	char path[PATHS_MAX_BYTES];
	struct environment environment;
	pid_t pid = -1;

	if (s->stopping)
		return;
	if (!service_wanted(s, (int)(c - s->services))) {
		c->ready = true; /* nobody waits for it */
		return;
	}
	if (c == &s->services[SERVICE_MCP])
		s->mcp_terms = mcp_terms(s->generation->conf);
	if (cmdline_find(s->bin, c->name, path, sizeof path) == 0) {
		environment_for_service(&environment, s->generation->conf, c->name);
		pid = child_spawn(c, path, words, environment.list, -1, 2,
				  c == &s->services[SERVICE_WEBHOOK] ? s->door : -1);
		environment_wipe(&environment);
	}
	if (pid < 0) {
		log_error("cannot start %s: %s", c->name, strerror(errno));
		on_exit_of(c, errno == ENOENT && !s->ready ? 100 : 111); /* later it may be an upgrade at work */
		return;
	}
	if (s->draining)
		(void)child_send(c, DRAIN, NULL, 0, -1); /* if it is lost, the answers to prepare say the same */
	if (s->health[0] && c == &s->services[SERVICE_WEBHOOK])
		(void)child_send(c, s->health, NULL, 0, -1); /* its buffer is empty */
}

/* What /healthz is to say; kept for an rd-webhook that starts later. */
static void set_health(struct super *s, const char *json)
{
	snprintf(s->health, sizeof s->health, "%s", strlen(json) < sizeof s->health ? json : "");
	if (s->health[0])
		(void)services_webhook_send(s, s->health); /* if it is down, its start is told */
}

static void start_at_once(struct child *c)
{
	timer_stop(&c->super->loop, &c->again);
	c->wanted_dead = false;
	c->life++;
	start(c);
}

void services_start(struct super *s)
{
	for (int i = 0; i < SUPER_SERVICES; i++) {
		struct child *c = &s->services[i];

		*c = (struct child){ .super = s,
				     .line = -1,
				     .start = start,
				     .on_line = on_line,
				     .on_exit = on_exit_of,
				     .patience_us = services[i].patience_us };
		snprintf(c->name, sizeof c->name, "%s", services[i].program);
		start(c);
	}
}

/* With this configuration it would refuse again. Without it nobody can call. */
static void on_webhook_refuses(struct super *s, struct child *c)
{
	int refused = s->generation->number;

	if (generation_go_back(s)) {
		log_error("%s refuses configuration %d, going back to %d; see the line above", c->name, refused,
			  s->generation->number);
		start_at_once(c);
		return;
	}
	log_error("%s refuses to run: nobody could call; see the line above", c->name);
	s->status = 100;
	super_drain(s, s->ready ? conf_number(s->generation->conf, "limits", NULL, "drain-seconds") : 0);
}

static void on_exit_of(struct child *c, int code)
{
	struct super *s = c->super;

	if (s->stopping) {
		super_step(s);
	} else if (c->wanted_dead) {
		start_at_once(c);
	} else if (code == 100 && c == &s->services[SERVICE_WEBHOOK]) {
		on_webhook_refuses(s, c);
	} else if (code == 100) {
		log_error("%s refuses to run: calls go on without it", c->name);
		c->ready = true; /* nobody waits for it any more */
		super_step(s);
	} else {
		if (c == &s->services[SERVICE_STORE])
			set_health(s, "{\"do\":\"health\",\"faults\":[\"store\"]}"); /* until it says otherwise */
		(void)child_again(c, code, 0);
	}
}

static void prepared(struct super *s, const char *call, long step, const char *why)
{
	char *json = json_print(
		json_make("do:s call:s step:n ok:b why:s?", "prepared", call, (long long)step, why == NULL, why));

	if (json && services_webhook_send(s, json) < 0)
		log_warn("cannot answer rd-webhook: %s", strerror(errno));
	free(json);
}

static void on_line(struct child *c, const struct cJSON *message, const char *bytes, size_t n, int fd)
{
	struct super *s = c->super;
	const char *what = json_text(message, "do"), *call = json_text(message, "call"), *why = NULL;
	long step = json_whole(message, "step", 0, 0, INT_MAX);
	char shown[16];

	if (!what) {
		log_warn("%s sends a message without \"do\"", c->name);
	} else if (strcmp(what, "prepare") == 0 && call) {
		prepared(s, call, step, call_prepare(s, call, &why) == 0 ? NULL : why);
	} else if (strcmp(what, "stream") == 0 && call && fd >= 0) {
		if (call_stream(s, call, step, bytes, n, fd) < 0)
			log_warn("cannot pass a stream on call=%s: %s", log_short_call(call, shown), strerror(errno));
	} else if (strcmp(what, "ended") == 0 && call) {
		const char *status = json_text(message, "status");

		call_over(s, call, status ? status : "");
	} else if (strcmp(what, "requests") == 0) {
		control_requests(s->control, message);
	} else if (strcmp(what, "health") == 0) {
		char *json = json_print(cJSON_Duplicate(message, 1));

		set_health(s, json ? json : "");
		free(json);
	}
	if (fd >= 0)
		close(fd); /* whoever passes a descriptor closes its own copy at once */
}

static void restart(struct child *c)
{
	c->ready = false;
	if (c->pid > 0)
		child_end(c);
	else
		start_at_once(c);
}

bool service_restart(struct super *s, const char *name)
{
	for (int i = 0; i < SUPER_SERVICES; i++)
		if (strcmp(s->services[i].name, name) == 0) {
			restart(&s->services[i]);
			return true;
		}
	return false;
}

void services_reload(struct super *s)
{
	bool others = s->mcp_terms != mcp_terms(s->generation->conf); /* else its connections stay */

	for (int i = 0; i < SUPER_SERVICES; i++) /* rd-store reads nothing that may change, but it may have refused */
		if (i == SERVICE_WEBHOOK || s->services[i].pid == 0 || (i == SERVICE_MCP && others))
			restart(&s->services[i]);
}

void services_drain(struct super *s)
{
	(void)services_webhook_send(s, DRAIN); /* if it is down, it hears it when it starts */
}

void services_stop(struct super *s)
{
	for (int i = 0; i < SUPER_SERVICES; i++) {
		timer_stop(&s->loop, &s->services[i].again);
		child_end(&s->services[i]);
	}
}

bool services_stopped(const struct super *s)
{
	for (int i = 0; i < SUPER_SERVICES; i++)
		if (s->services[i].pid > 0)
			return false;
	return true;
}

void services_tell(struct super *s, const char *json)
{
	for (int i = 0; i < SUPER_SERVICES; i++)
		(void)child_send(&s->services[i], json, NULL, 0,
				 -1); /* one that is down reads it in its configuration */
}

int services_webhook_send(struct super *s, const char *json)
{
	return child_send(&s->services[SERVICE_WEBHOOK], json, NULL, 0, -1);
}
