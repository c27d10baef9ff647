#include "record.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

/* The origin, life and seq of the event that it came from: what makes a repeat harmless. */
struct place {
	long long origin, life, seq;
};

static long long number_of(const struct cJSON *request, const char *key)
{
	return json_whole(request, key, 0, 0, JSON_WHOLE_MAX);
}

static struct place read_place(const struct cJSON *request)
{
	return (struct place){ number_of(request, "origin"), number_of(request, "life"), number_of(request, "seq") };
}

static int note_caller(struct db *d, const char *number, const char *name, const char *at)
{
	return db_do(d,
		     "INSERT INTO callers(number, name, first_at, last_at) VALUES(?1, ?2, ?3, ?3)"
		     " ON CONFLICT(number) DO UPDATE SET last_at = ?3, name = coalesce(?2, name)",
		     "sss", number, name, at);
}

/* A call that nobody began (its request was lost) is begun by what is said of it. */
static int note_call(struct db *d, const char *call, const char *at)
{
	return db_do(d, "INSERT INTO calls(call, begun_at) VALUES(?1, ?2) ON CONFLICT(call) DO NOTHING", "ss", call,
		     at);
}

int record_call(struct db *d, const struct cJSON *r, const char *call, const char *at)
{
	const char *caller = json_text(r, "caller");

	if (caller && *caller && note_caller(d, caller, json_text(r, "name"), at) < 0)
		return -1;
	return db_do(d,
		     "INSERT INTO calls(call, caller_id, carrier, direction, to_number, agent, begun_at)"
		     " VALUES(?1, (SELECT id FROM callers WHERE number = ?2), ?3, ?4, ?5, ?6, ?7) ON CONFLICT(call) DO "
		     "UPDATE SET"
		     " caller_id = excluded.caller_id, carrier = excluded.carrier, direction = excluded.direction,"
		     " to_number = excluded.to_number, agent = excluded.agent",
		     "sssssss", call, caller, json_text(r, "carrier"), json_text(r, "direction"), json_text(r, "to"),
		     json_text(r, "agent"), at);
}

int record_turn(struct db *d, const struct cJSON *r, const char *call, const char *at)
{
	struct place p = read_place(r);

	if (note_call(d, call, at) < 0)
		return -1;
	return db_do(
		d,
		"INSERT INTO turns(call_id, who, origin, life, seq, at, at_us, text, whole, heard_ms, sent_ms, cut)"
		" VALUES((SELECT id FROM calls WHERE call = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
		" ON CONFLICT(call_id, who, origin, life, seq) DO UPDATE SET text = excluded.text, whole = "
		"excluded.whole,"
		" heard_ms = excluded.heard_ms, sent_ms = excluded.sent_ms, cut = excluded.cut",
		"ssnnnsnssnnn", call, json_text(r, "who"), p.origin, p.life, p.seq, at, number_of(r, "at_us"),
		json_text(r, "text"), json_text(r, "whole"), number_of(r, "heard_ms"), number_of(r, "sent_ms"),
		(long long)json_whole(r, "cut", 0, 0, 2));
}

int record_note(struct db *d, const struct cJSON *r, const char *call, const char *at)
{
	struct place p = read_place(r);

	if (note_caller(d, json_text(r, "caller"), NULL, at) < 0)
		return -1;
	return db_do(d,
		     "INSERT INTO notes(caller_id, call, origin, life, seq, at, text)"
		     " VALUES((SELECT id FROM callers WHERE number = ?1), ?2, ?3, ?4, ?5, ?6, ?7)"
		     " ON CONFLICT(call, origin, life, seq) DO NOTHING",
		     "ssnnnss", json_text(r, "caller"), call, p.origin, p.life, p.seq, at, json_text(r, "text"));
}

int record_usage(struct db *d, const struct cJSON *r, const char *call, const char *at)
{
	struct place p = read_place(r);
	char *counts = cJSON_PrintUnformatted(json_object(r, "counts"));
	int done = -1;

	if (note_call(d, call, at) >= 0)
		done = db_do(d,
			     "INSERT INTO usage(call_id, origin, life, seq, at, service, model, counts)"
			     " VALUES((SELECT id FROM calls WHERE call = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
			     " ON CONFLICT(call_id, origin, life, seq) DO NOTHING",
			     "snnnssss", call, p.origin, p.life, p.seq, at, json_text(r, "service"),
			     json_text(r, "model"), counts ? counts : "{}");
	free(counts);
	return done;
}

int record_tool(struct db *d, const struct cJSON *r, const char *call, const char *at)
{
	if (note_call(d, call, at) < 0)
		return -1;
	return db_do(d,
		     "INSERT INTO tool_calls(call_id, tool_id, at, name, ok, outcome, text)"
		     " VALUES((SELECT id FROM calls WHERE call = ?1), ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(call_id, "
		     "tool_id) DO NOTHING",
		     "ssssnss", call, json_text(r, "tool"), at, json_text(r, "name"),
		     (long long)json_flag(r, "ok", false), json_text(r, "outcome"), json_text(r, "text"));
}

/* Told again after a crash, perhaps longer by then. */
int record_message(struct db *d, const struct cJSON *r, const char *call, const char *at)
{
	const char *caller = json_text(r, "caller");

	return db_do(d,
		     "INSERT INTO messages(call, number, at, seconds, file) VALUES(?1, ?2, ?3, ?4, ?5)"
		     " ON CONFLICT(call) DO UPDATE SET seconds = excluded.seconds, file = excluded.file",
		     "sssns", call, caller && *caller ? caller : NULL, at, number_of(r, "seconds"),
		     json_text(r, "file"));
}

int record_end(struct db *d, const struct cJSON *r, const char *call, const char *at)
{
	return db_do(d, "UPDATE calls SET ended_at = ?2, reason = ?3 WHERE call = ?1", "sss", call, at,
		     json_text(r, "reason"));
}
