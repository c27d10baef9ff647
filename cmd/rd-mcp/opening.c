#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "server.h"
#include "utf8.h"

#define PROBE_MS 5000
#define PROBE_PROGRAM_MS 15000 /* it may take so long to come up; it is asked once, and then known */
#define STEP_MS 30000
#define PAGES_MAX 100
#define INSTRUCTIONS_MAX_BYTES 2000u

static const char *const legacy_versions[] = { "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05" };

__attribute__((format(printf, 2, 3))) static void down(struct server *s, const char *format, ...)
{
	char why[PEER_WHY_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof why, format, args);
	va_end(args);
	server_down(s, why, false);
}

static void initialize(struct server *s)
{
	struct cJSON *params = json_make("protocolVersion:s capabilities:j clientInfo:j", JSONRPC_LEGACY,
					 cJSON_CreateObject(), json_make("name:s version:s", "ringdown", RD_VERSION));

	s->era = ERA_LEGACY;
	s->version[0] = 0;
	if (!request_send(s, REQUEST_INITIALIZE, params, STEP_MS * 2, NULL))
		down(s, "it does not read what it is told");
}

static void discover(struct server *s)
{
	unsigned limit_ms = s->terms.era == ERA_MODERN ? STEP_MS : server_is_program(s) ? PROBE_PROGRAM_MS : PROBE_MS;

	s->era = ERA_MODERN;
	snprintf(s->version, sizeof s->version, "%s", JSONRPC_MODERN);
	if (!request_send(s, REQUEST_DISCOVER, NULL, limit_ms, NULL))
		down(s, "it does not read what it is told");
}

/* What was found the last time is tried first. */
void opening_begin(struct server *s)
{
	enum server_era era = s->terms.era ? s->terms.era : s->era;

	if (era == ERA_LEGACY)
		initialize(s);
	else
		discover(s);
}

/* --- the list */

static void list_page(struct server *s, const char *cursor)
{
	struct cJSON *params = cursor ? json_make("cursor:s", cursor) : NULL;

	s->pages++;
	if (!request_send(s, REQUEST_LIST, params, STEP_MS, NULL))
		down(s, "it does not read what it is told");
}

void opening_list(struct server *s)
{
	if (s->listing) {
		s->relist = true;
		return;
	}
	s->listing = true;
	s->relist = false;
	s->pages = 0;
	catalogue_close(&s->incoming);
	cJSON_Delete(s->cursors);
	s->cursors = cJSON_CreateObject();
	list_page(s, NULL);
}

static void ready(struct server *s)
{
	bool first = s->state != SERVER_READY;

	timer_stop(s->loop, &s->opening);
	if (first) {
		s->ready_us = clock_us();
		s->state = SERVER_READY;
		s->why[0] = 0;
		log_info("server is ready name=%s era=%s tools=%zu left_out=%zu ms=%llu", s->terms.name,
			 s->era == ERA_MODERN ? "modern" : "legacy", catalogue_count(&s->tools), s->tools.left_out,
			 (unsigned long long)((clock_us() - s->started_us) / MS));
	}
	request_flush(s);
}

static void listed(struct server *s)
{
	bool same = s->listed_at && cJSON_Compare(s->tools.tools, s->incoming.tools, true);
	bool first = s->state != SERVER_READY;

	catalogue_close(&s->tools);
	s->tools = s->incoming;
	s->incoming = (struct catalogue){ .tools = NULL };
	s->listing = false;
	s->listed_at = time(NULL);
	if (s->tools.left_out)
		log_info("tools of a server are left out name=%s count=%zu why=\"%s\"", s->terms.name,
			 s->tools.left_out, s->tools.why);
	ready(s);
	if (!same || first)
		s->on_change(s, !same);
	if (s->relist)
		opening_list(s);
	else if (first && s->tells_changes && !s->quiet && s->era == ERA_MODERN)
		(void)request_send(s, REQUEST_LISTEN, json_make("notifications:j", json_make("toolsListChanged:b", 1)),
				   0, NULL);
}

/* A cursor that was there already, or more pages than anybody needs: what came so far is the list. */
static bool goes_on(struct server *s, const char *cursor)
{
	if (!cursor)
		return false;
	if (cJSON_GetObjectItemCaseSensitive(s->cursors, cursor)) {
		log_warn("server's list goes in a circle name=%s page=%u", s->terms.name, s->pages);
		return false;
	}
	if (s->pages == PAGES_MAX || catalogue_count(&s->incoming) >= CATALOGUE_TOOLS_MAX) {
		log_warn("server's list is too long name=%s page=%u tools=%zu", s->terms.name, s->pages,
			 catalogue_count(&s->incoming));
		return false;
	}
	cJSON_AddTrueToObject(s->cursors, cursor);
	return true;
}

static bool is_allowed(const struct server *s, const char *name)
{
	bool is = s->terms.allow_count == 0;

	for (size_t i = 0; i < s->terms.allow_count && name; i++)
		is |= strcmp(s->terms.allow[i], name) == 0;
	return is;
}

static void take_page(struct server *s, const struct cJSON *result)
{
	const struct cJSON *tool;
	const char *cursor = json_text(result, "nextCursor");

	cJSON_ArrayForEach(tool, json_array(result, "tools"))
		if (is_allowed(s, json_text(tool, "name")))
			(void)catalogue_add(&s->incoming, tool, s->era == ERA_MODERN && !server_is_program(s));
	if (goes_on(s, cursor))
		list_page(s, cursor);
	else
		listed(s);
}

/* One that is ready keeps the list that it had. */
static void list_failed(struct server *s, const char *why)
{
	s->listing = false;
	if (s->state == SERVER_READY)
		log_warn("cannot list the tools of a server again name=%s why=\"%s\"", s->terms.name, why);
	else
		down(s, "cannot list its tools: %s", why);
}

/* --- the opening */

static void keep_instructions(struct server *s, const struct cJSON *result)
{
	const char *text = json_text(result, "instructions");

	free(s->instructions);
	s->instructions = text ? strndup(text, utf8_clip(text, INSTRUCTIONS_MAX_BYTES)) : NULL;
}

static void opened(struct server *s, const struct cJSON *result)
{
	const struct cJSON *capabilities = json_object(result, "capabilities"),
			   *tools = json_object(capabilities, "tools"), *info = json_object(result, "serverInfo");

	if (!info)
		info = json_object(json_object(result, "_meta"), "io.modelcontextprotocol/serverInfo");
	cJSON_Delete(s->info);
	s->info = json_make("serverInfo:j? capabilities:j?", cJSON_Duplicate(info, true),
			    cJSON_Duplicate(capabilities, true));
	keep_instructions(s, result);
	s->tells_changes = json_flag(tools, "listChanged", false);
	if (s->era == ERA_LEGACY && request_tell(s, "notifications/initialized", NULL) < 0) {
		down(s, "it does not read what it is told");
		return;
	}
	if (s->era == ERA_LEGACY && s->tells_changes && !server_is_program(s) && !s->quiet)
		(void)http_listen(&s->http); /* without it the list is asked for when it is old */
	if (capabilities && !tools)
		listed(s); /* it has none */
	else
		opening_list(s);
}

static bool names(const struct cJSON *list, const char *version)
{
	const struct cJSON *one;

	cJSON_ArrayForEach(one, list) {
		if (cJSON_IsString(one) && strcmp(one->valuestring, version) == 0)
			return true;
	}
	return false;
}

/* Not of the modern era, as far as we know it: the handshake, unless that was ruled out. */
static void fall_back(struct server *s, const char *why)
{
	if (s->terms.era == ERA_MODERN)
		down(s, "it does not speak " JSONRPC_MODERN ": %s", why);
	else
		initialize(s);
}

static void discovered(struct server *s, const struct jsonrpc *r)
{
	if (!r)
		fall_back(s, "no answer");
	else if (r->kind == JSONRPC_RESULT && names(json_array(r->result, "supportedVersions"), JSONRPC_MODERN))
		opened(s, r->result);
	else if (r->kind == JSONRPC_ERROR && r->code == JSONRPC_BAD_VERSION &&
		 names(json_array(r->data, "supported"), JSONRPC_MODERN) && s->pages++ < 2)
		discover(s);
	else
		fall_back(s, r->kind == JSONRPC_ERROR ? r->message : "other versions");
}

static void initialized(struct server *s, const struct jsonrpc *r)
{
	const char *version;

	if (!r) {
		down(s, "it does not answer");
		return;
	}
	if (r->kind == JSONRPC_ERROR && jsonrpc_is_modern_error(r) && !s->terms.era) {
		discover(s);
		return;
	}
	if (r->kind == JSONRPC_ERROR) {
		down(s, "it refuses: %.120s", r->message);
		return;
	}
	version = json_text(r->result, "protocolVersion");
	for (size_t i = 0; version && i < sizeof legacy_versions / sizeof *legacy_versions; i++)
		if (strcmp(version, legacy_versions[i]) == 0) {
			snprintf(s->version, sizeof s->version, "%s", version);
			opened(s, r->result);
			return;
		}
	down(s, "it speaks protocol version %.40s", version ? version : "(none)");
}

void opening_answer(struct server *s, const struct request *q, const struct jsonrpc *r)
{
	if (q->kind == REQUEST_DISCOVER)
		discovered(s, r);
	else if (q->kind == REQUEST_INITIALIZE)
		initialized(s, r);
	else if (!r)
		list_failed(s, "no answer");
	else if (r->kind == JSONRPC_ERROR)
		list_failed(s, r->message);
	else
		take_page(s, r->result);
}

/* Over HTTP. Only an answer in the modern era's own words is one of a modern server. */
void opening_fault(struct server *s, const struct request *q, const struct peer_fault *f)
{
	struct jsonrpc r;

	jsonrpc_read(&r, f->answer);
	if (q->kind == REQUEST_LIST) {
		list_failed(s, f->why);
	} else if (f->status == 0 || (f->status < 300 && q->kind == REQUEST_INITIALIZE)) {
		server_down(s, f->why, false);
	} else if (q->kind == REQUEST_INITIALIZE) {
		if (jsonrpc_is_modern_error(&r) && !s->terms.era)
			discover(s);
		else
			down(s, "it refuses: %s", f->why);
	} else if (jsonrpc_is_modern_error(&r)) {
		discovered(s, &r);
	} else if (f->status == 404 && r.kind == JSONRPC_ERROR && r.code == JSONRPC_NO_METHOD) {
		opened(s, NULL); /* modern, and does not tell what it can */
	} else {
		fall_back(s, f->why);
	}
}
