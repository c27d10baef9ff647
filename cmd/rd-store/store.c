#include "store.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "export.h"
#include "forget.h"
#include "json.h"
#include "log.h"
#include "recall.h"
#include "record.h"

#define AGAIN_US (5 * SECOND)
#define PRUNE_CALLS "50" /* at once: a few milliseconds */
#define A_DAY_AGO "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day')"

static struct cJSON *refuse(const char *text)
{
	return json_make("ok:b error:s", 0, text);
}

static struct cJSON *accept_it(void)
{
	return json_make("ok:b", 1);
}

/* --- health */

bool store_well(const struct store *s)
{
	return !s->failed[false] && !s->failed[true];
}

static void tell(const struct store *s, bool well)
{
	if (s->on_health)
		s->on_health(s->ctx, well);
}

/* A line when it begins and one when it is over, not one for each request: what cannot be opened can be neither read
 * nor written, but a disk that is full still answers questions. */
static void note_failure(struct store *s, bool write)
{
	bool said = s->failed[!write] && !s->db.handle;

	if (s->failed[write]++ == 0 && !said)
		log_error("the memory fails: %s", s->db.error);
	tell(s, false);
}

static void note_success(struct store *s, bool write)
{
	if (!s->failed[write])
		return;
	log_warn("the memory works again failed_requests=%u", s->failed[write]);
	s->failed[write] = 0;
	if (store_well(s))
		tell(s, true);
}

/* --- the file */

/* What is damaged goes out of the way, with what it still holds; somebody may want to look into it. */
static int begin_anew(struct store *s)
{
	char aside[PATHS_MAX_BYTES], why[DB_ERROR_BYTES];

	memcpy(why, s->db.error, sizeof why);
	if (db_set_aside(&s->db, aside, sizeof aside) < 0 || db_open(&s->db, s->path) < 0)
		return -1;
	log_error("%s; it was moved to %s and a new memory begun", why, aside);
	return 0;
}

static int open_db(struct store *s)
{
	char folder[PATHS_MAX_BYTES];

	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(s->path, '/') - s->path), s->path);
	if (paths_mkdir(folder) < 0)
		snprintf(s->db.error, sizeof s->db.error, "cannot make %s: %s", folder, strerror(errno));
	else if (db_open(&s->db, s->path) == 0 || (s->db.damaged && begin_anew(s) == 0))
		return 0;
	s->try_again_us = clock_us() + AGAIN_US;
	return -1;
}

void store_open(struct store *s, const char *path, long keep_days)
{
	*s = (struct store){ .keep_days = keep_days };
	snprintf(s->path, sizeof s->path, "%s", path);
	if (open_db(s) < 0)
		note_failure(s, false);
}

void store_close(struct store *s)
{
	db_close(&s->db);
}

static int be_open(struct store *s)
{
	if (s->db.handle)
		return 0;
	return clock_us() < s->try_again_us ? -1 : open_db(s);
}

/* --- the table */

static const struct request {
	const char *name, *needs; /* fields that must be there, as text; ! behind one: not empty either */
	int (*write)(struct db *d, const struct cJSON *r, const char *call, const char *at);
	struct cJSON *(*read)(struct db *d, const struct cJSON *r);
	int (*after)(struct db *d, const struct cJSON *r); /* what was written is committed */
} requests[] = {
	{ "call.begin", "call!", record_call, NULL, NULL },
	{ "turn", "call! who! text", record_turn, NULL, NULL },
	{ "note.add", "call! caller! text!", record_note, NULL, NULL },
	{ "note.search", "call caller query", NULL, recall_matches, NULL },
	{ "context", "call caller", NULL, recall_context, NULL },
	{ "usage", "call! service model", record_usage, NULL, NULL },
	{ "tool", "call! tool! name outcome text", record_tool, NULL, NULL },
	{ "call.end", "call! reason", record_end, NULL, NULL },
	{ "call.list", "call", NULL, recall_calls, NULL },
	{ "call.last", "call caller", NULL, recall_last, NULL },
	{ "message.add", "call! file!", record_message, NULL, NULL },
	{ "message.list", "", NULL, recall_messages, NULL },
	{ "forget", "caller!", forget_caller, NULL, forget_traces },
	{ "export", "caller! kind", NULL, export_rows, NULL },
	{ "health", "", NULL, recall_health, NULL },
};

static bool has_fields(const struct cJSON *r, const struct request *request, char *why, size_t size)
{
	for (const char *p = request->needs; *p; p += strspn(p, "! ")) {
		size_t n = strcspn(p, "! ");
		const char *text;
		char field[16];

		snprintf(field, sizeof field, "%.*s", (int)n, p);
		text = json_text(r, field);
		p += n;
		if (!text || (*p == '!' && !*text)) {
			snprintf(why, size, "%s: %s expected", request->name, field);
			return false;
		}
	}
	return true;
}

static const struct request *find_request(const struct cJSON *r, char *why, size_t size)
{
	const char *name = json_text(r, "do");

	for (size_t i = 0; name && i < sizeof requests / sizeof requests[0]; i++) {
		if (strcmp(name, requests[i].name) != 0)
			continue;
		return has_fields(r, &requests[i], why, size) ? &requests[i] : NULL;
	}
	snprintf(why, size, "do: one of the requests of rd-store(8) expected");
	return NULL;
}

/* Back to before BEGIN; what failed is still to be told, whatever the roll-back says. */
static void undo(struct store *s)
{
	char error[DB_ERROR_BYTES];
	bool damaged = s->db.damaged;

	memcpy(error, s->db.error, sizeof error);
	(void)db_do(&s->db, "ROLLBACK", "");
	memcpy(s->db.error, error, sizeof error);
	s->db.damaged = damaged;
}

/* A write is one transaction whatever it consists of. */
static struct cJSON *carry_out(struct store *s, const struct request *request, const struct cJSON *r)
{
	char now[32];
	const char *at = json_text(r, "at");

	if (be_open(s) < 0)
		return NULL;
	if (request->read)
		return request->read(&s->db, r);
	if (db_do(&s->db, "BEGIN IMMEDIATE", "") < 0)
		return NULL;
	if (request->write(&s->db, r, json_text(r, "call"), at ? at : clock_date(now, sizeof now)) >= 0 &&
	    db_do(&s->db, "COMMIT", "") >= 0)
		return request->after && request->after(&s->db, r) < 0 ? NULL : accept_it();
	undo(s);
	return NULL;
}

struct cJSON *store_answer(struct store *s, const struct cJSON *r)
{
	const struct request *request;
	struct cJSON *answer;
	char why[80];

	request = find_request(r, why, sizeof why);
	if (!request)
		return refuse(why);
	answer = carry_out(s, request, r);
	if (!answer && s->db.handle && s->db.damaged && begin_anew(s) == 0)
		answer = carry_out(s, request, r);
	if (!answer) {
		note_failure(s, request->write != NULL);
		return refuse(s->db.error);
	}
	note_success(s, request->write != NULL);
	return answer;
}

/* A call whose end nobody told, as the machine or the service was gone by then: it was over with its last words. */
static void settle_calls(struct store *s)
{
	int calls = s->db.handle ? db_do(&s->db,
					 "UPDATE calls SET reason = 'failed', ended_at = max(begun_at, coalesce("
					 "(SELECT max(at) FROM turns WHERE call_id = calls.id), ''))"
					 " WHERE ended_at IS NULL AND begun_at < " A_DAY_AGO " AND NOT EXISTS"
					 " (SELECT 1 FROM turns WHERE call_id = calls.id AND at > " A_DAY_AGO ")",
					 "")
				 : 0;

	if (calls > 0)
		log_info("calls that nobody ended are over calls=%d", calls);
}

/* Some of those that are too old, with their files. How many. */
static int prune_messages(struct store *s, const char *days)
{
	struct cJSON *rows = db_rows(&s->db,
				     "SELECT call FROM messages WHERE at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?1)"
				     " LIMIT " PRUNE_CALLS,
				     "s", days);
	const struct cJSON *row;
	int messages = 0;

	cJSON_ArrayForEach(row, rows) {
		const char *call = json_text(row, "call");

		forget_message(&s->db, call);
		if (db_do(&s->db, "DELETE FROM messages WHERE call = ?1", "s", call) > 0)
			messages++;
	}
	cJSON_Delete(rows);
	if (messages)
		log_info("old messages are removed messages=%d", messages);
	return messages;
}

int store_prune(struct store *s)
{
	char days[32];
	int calls;

	settle_calls(s);
	if (s->keep_days <= 0 || !s->db.handle)
		return 0;
	snprintf(days, sizeof days, "-%ld days", s->keep_days);
	calls = db_do(&s->db,
		      "DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE begun_at < "
		      "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?1)"
		      " ORDER BY begun_at LIMIT " PRUNE_CALLS ")",
		      "s", days);
	if (calls > 0)
		log_info("old calls are forgotten calls=%d", calls);
	if (calls != 0)
		return calls > 0;
	if (prune_messages(s, days) > 0)
		return 1;
	(void)db_do(&s->db, /* of a stranger nothing is left then, not even the number */
		    "DELETE FROM callers WHERE last_at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ?1)"
		    " AND id NOT IN (SELECT caller_id FROM calls WHERE caller_id IS NOT NULL)"
		    " AND id NOT IN (SELECT caller_id FROM notes)",
		    "s", days);
	return 0;
}
