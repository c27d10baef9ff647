#include "record.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "hash.h"
#include "json.h"
#include "utf8.h"

#define RESULT_BYTES_MAX 2000	  /* of a tool's text that is kept */
#define RESULT_TURN_BYTES_MAX 500 /* and that a restarted brain is told */

/* Adds what every request has: what, of which call, when. */
static struct cJSON *complete(const struct memory *m, struct cJSON *request, const char *what)
{
	char now[32];

	if (request && cJSON_AddStringToObject(request, "do", what) &&
	    cJSON_AddStringToObject(request, "call", m->call) &&
	    cJSON_AddStringToObject(request, "at", clock_date(now, sizeof now)))
		return request;
	cJSON_Delete(request);
	return NULL;
}

static void send(struct memory *m, struct cJSON *request, const char *what)
{
	if (*m->call) /* by hand nobody knows it before call.setup */
		remote_write(&m->store, complete(m, request, what));
	else
		cJSON_Delete(request);
}

void record_begin(struct memory *m, const struct cJSON *setup)
{
	send(m,
	     json_make("caller:s name:s? carrier:s? direction:s? to:s? agent:s", m->caller, *m->name ? m->name : NULL,
		       json_text(setup, "carrier"), json_text(setup, "direction"), json_text(setup, "to"), m->agent),
	     "call.begin");
}

void record_turn(struct memory *m, const struct turn *turn)
{
	send(m, turns_row(&m->turns, turn), "turn");
}

/* Whatever numbers a service counts, as it names them. */
void record_usage(struct memory *m, const struct frame *f, const struct cJSON *event)
{
	struct cJSON *counts = cJSON_CreateObject();
	const struct cJSON *field;

	cJSON_ArrayForEach(field, event)
		if (cJSON_IsNumber(field) || cJSON_IsObject(field))
			cJSON_AddItemToObject(counts, field->string, cJSON_Duplicate(field, true));
	send(m,
	     json_make("origin:i life:i seq:n service:s model:s counts:j", f->origin, f->life,
		       (long long)(f->seq ? f->seq : ++m->typed), json_text(event, "service"),
		       json_text(event, "model"), counts),
	     "usage");
}

/* A result may be told again: its tool was asked anew, or its sayer died before it could note that it was told. */
static bool is_told(struct memory *m, const char *id)
{
	uint64_t hash = hash_bytes(HASH_BEGIN, id, strlen(id));

	for (unsigned i = 0; i < MEMORY_RESULTS && i < m->result_count; i++)
		if (m->results[i] == hash)
			return true;
	m->results[m->result_count++ % MEMORY_RESULTS] = hash;
	return false;
}

void record_result(struct memory *m, uint8_t origin, uint8_t life, uint32_t seq, uint64_t at_us,
		   const struct cJSON *event)
{
	const char *id = json_text(event, "id"), *name = json_text(event, "name"), *text = json_text(event, "text"),
		   *outcome = json_text(event, "outcome");
	char kept[RESULT_BYTES_MAX + 1], turn[RESULT_TURN_BYTES_MAX + 100];

	if (!id || !name || !text || !outcome || is_told(m, id))
		return;
	snprintf(kept, sizeof kept, "%.*s", (int)utf8_clip(text, RESULT_BYTES_MAX), text);
	send(m,
	     json_make("tool:s name:s ok:b outcome:s text:s", id, name, (int)json_flag(event, "ok", false), outcome,
		       kept),
	     "tool");
	snprintf(turn, sizeof turn, "%.64s: %.*s", name, (int)utf8_clip(text, RESULT_TURN_BYTES_MAX), text);
	turns_said(&m->turns, TURN_TOOL, origin, life, seq, at_us, turn);
}

void record_message(struct memory *m, const struct cJSON *event)
{
	const char *file = json_text(event, "file");

	if (file && *file)
		send(m,
		     json_make("caller:s file:s seconds:n", m->caller, file,
			       (long long)json_whole(event, "seconds", 0, 0, 86400)),
		     "message.add");
}

void record_end(struct memory *m, const char *reason)
{
	send(m, json_make("reason:s", reason), "call.end");
}
