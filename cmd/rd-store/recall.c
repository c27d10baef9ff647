#include "recall.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "parts.h"
#include "search.h"

#define FACTS_BYTES_MAX 8192u
#define TURNS_BYTES_MAX 46000u /* with the facts, an answer stays one message */
#define FOUND_BYTES_MAX 16384u
#define MESSAGES_BYTES_MAX 49152u

/* Rows come newest first: the oldest are left out until the rest fits, then they are put in order. */
static struct cJSON *fit_and_reverse(struct cJSON *rows, size_t bytes_max)
{
	struct cJSON *out = rows ? cJSON_CreateArray() : NULL;
	size_t bytes = 0;

	while (out && rows->child) {
		bytes += parts_entry_bytes(rows->child) + 1;
		if (bytes > bytes_max)
			break;
		cJSON_InsertItemInArray(out, 0, cJSON_DetachItemFromArray(rows, 0));
	}
	cJSON_Delete(rows);
	return out;
}

/* The best come first and the rest is left out. */
static struct cJSON *fit(struct cJSON *rows, size_t bytes_max)
{
	size_t bytes = 0;
	struct cJSON *row = rows ? rows->child : NULL, *next;

	for (; row; row = next) {
		next = row->next;
		bytes += parts_entry_bytes(row) + 1;
		if (bytes > bytes_max)
			cJSON_Delete(cJSON_DetachItemViaPointer(rows, row));
	}
	return rows;
}

/* A list of the request, such as the numbers of those who share notes, as JSON for the SQL side. */
static char *print_list(const struct cJSON *r, const char *key)
{
	const struct cJSON *list = json_array(r, key);

	return list ? cJSON_PrintUnformatted(list) : strdup("[]");
}

static struct cJSON *find_facts(struct db *d, const char *callers)
{
	return fit_and_reverse(
		db_rows(d,
			"SELECT n.text, n.at, c.number AS caller FROM notes n JOIN callers c ON c.id = n.caller_id"
			" WHERE c.number IN (SELECT value FROM json_each(?1)) ORDER BY n.id DESC LIMIT 60",
			"s", callers),
		FACTS_BYTES_MAX);
}

static struct cJSON *find_turns(struct db *d, const char *call)
{
	return fit_and_reverse(
		db_rows(d,
			"SELECT who, origin, life, seq, at_us, text, whole, heard_ms, sent_ms, cut FROM turns"
			" WHERE call_id = (SELECT id FROM calls WHERE call = ?1) ORDER BY at_us DESC, id DESC LIMIT "
			"200",
			"s", call),
		TURNS_BYTES_MAX);
}

struct cJSON *recall_context(struct db *d, const struct cJSON *r)
{
	const char *call = json_text(r, "call"), *caller = json_text(r, "caller");
	char *callers = print_list(r, "callers");
	struct cJSON *facts = callers ? find_facts(d, callers) : NULL, *turns = find_turns(d, call), *rows, *last;

	rows = db_rows(
		d,
		"SELECT begun_at AS at, agent FROM calls WHERE caller_id = (SELECT id FROM callers WHERE number = ?1)"
		" AND call <> ?2 ORDER BY begun_at DESC LIMIT 1",
		"ss", caller, call);
	free(callers);
	if (!facts || !turns || !rows) {
		cJSON_Delete(facts);
		cJSON_Delete(turns);
		cJSON_Delete(rows);
		return NULL;
	}
	last = cJSON_DetachItemFromArray(rows, 0);
	cJSON_Delete(rows);
	return json_make("ok:b facts:j turns:j last:j?", 1, facts, turns, last);
}

/* Between the two moments of the request, either of which may be missing: bounds of `at`. */
static const char *from_of(const struct cJSON *r)
{
	const char *from = json_text(r, "from");

	return from ? from : "";
}

static const char *to_of(const struct cJSON *r)
{
	const char *to = json_text(r, "to");

	return to && *to ? to : "9";
}

static struct cJSON *matching_facts(struct db *d, const struct cJSON *r, const char *query)
{
	char *callers = print_list(r, "callers");
	struct cJSON *rows = db_rows(d,
				     "SELECT n.text, n.at, c.number AS caller FROM notes_words"
				     " JOIN notes n ON n.id = notes_words.rowid JOIN callers c ON c.id = n.caller_id"
				     " WHERE notes_words MATCH ?1 AND c.number IN (SELECT value FROM json_each(?2))"
				     " AND n.at >= ?3 AND n.at < ?4 ORDER BY bm25(notes_words) LIMIT 8",
				     "ssss", query, callers ? callers : "[]", from_of(r), to_of(r));

	free(callers);
	return fit(rows, FOUND_BYTES_MAX);
}

static struct cJSON *matching_turns(struct db *d, const struct cJSON *r, const char *query)
{
	return fit(db_rows(d,
			   "SELECT t.who, t.text, t.at FROM turns_words JOIN turns t ON t.id = turns_words.rowid"
			   " JOIN calls c ON c.id = t.call_id WHERE turns_words MATCH ?1 AND c.call <> ?3"
			   " AND t.who <> 'tool' AND c.caller_id = (SELECT id FROM callers WHERE number = ?2)"
			   " AND t.at >= ?4 AND t.at < ?5 ORDER BY bm25(turns_words) LIMIT 8",
			   "sssss", query, json_text(r, "caller"), json_text(r, "call"), from_of(r), to_of(r)),
		   FOUND_BYTES_MAX);
}

/* What was said then, whatever it was about: in order, the newest if it was much. */
static struct cJSON *turns_between(struct db *d, const struct cJSON *r)
{
	return fit_and_reverse(
		db_rows(d,
			"SELECT t.who, t.text, t.at FROM turns t JOIN calls c ON c.id = t.call_id"
			" WHERE c.caller_id = (SELECT id FROM callers WHERE number = ?1) AND c.call <> ?2"
			" AND t.who <> 'tool' AND t.text <> '' AND t.at >= ?3 AND t.at < ?4"
			" AND c.begun_at < ?4 AND coalesce(c.ended_at, '9') >= ?3"
			" ORDER BY c.begun_at DESC, t.at_us DESC, t.id DESC LIMIT 24",
			"ssss", json_text(r, "caller"), json_text(r, "call"), from_of(r), to_of(r)),
		FOUND_BYTES_MAX);
}

struct cJSON *recall_matches(struct db *d, const struct cJSON *r)
{
	char query[800];
	bool words = search_query(json_text(r, "query"), query, sizeof query) == 0,
	     dates = *from_of(r) || json_text(r, "to");
	struct cJSON *notes = words ? matching_facts(d, r, query) : cJSON_CreateArray();
	struct cJSON *turns = words ? matching_turns(d, r, query) : dates ? turns_between(d, r) : cJSON_CreateArray();

	if (notes && turns)
		return json_make("ok:b notes:j turns:j", 1, notes, turns);
	cJSON_Delete(notes);
	cJSON_Delete(turns);
	return NULL;
}

/* Who called of late: those of `callers`, and, with `strangers`, who is none of `known`. */
struct cJSON *recall_calls(struct db *d, const struct cJSON *r)
{
	char *callers = print_list(r, "callers"), *known = print_list(r, "known");
	struct cJSON *rows;

	rows = fit(
		db_rows(d,
			"SELECT c.call, c.begun_at AS at, p.number AS caller, p.name, m.seconds FROM calls c"
			" LEFT JOIN callers p ON p.id = c.caller_id LEFT JOIN messages m ON m.call = c.call"
			" WHERE c.call <> ?1 AND c.direction = 'in' AND (p.number IN (SELECT value FROM json_each(?2))"
			" OR (?4 AND (p.number IS NULL OR p.number NOT IN (SELECT value FROM json_each(?3)))))"
			" ORDER BY c.begun_at DESC LIMIT 20",
			"sssn", json_text(r, "call"), callers ? callers : "[]", known ? known : "[]",
			(long long)json_flag(r, "strangers", false)),
		FOUND_BYTES_MAX);
	free(callers);
	free(known);
	return rows ? json_make("ok:b calls:j", 1, rows) : NULL;
}

/* The end of the caller's call before this one in which they said something. */
struct cJSON *recall_last(struct db *d, const struct cJSON *r)
{
	struct cJSON *turns = fit_and_reverse(
		db_rows(d,
			"SELECT t.who, t.text, c.begun_at AS at FROM turns t JOIN calls c ON c.id = t.call_id"
			" WHERE t.who <> 'tool' AND t.text <> '' AND c.id = (SELECT l.id FROM calls l"
			" WHERE l.caller_id = (SELECT id FROM callers WHERE number = ?1) AND l.call <> ?2"
			" AND EXISTS (SELECT 1 FROM turns u WHERE u.call_id = l.id AND u.who = 'user')"
			" ORDER BY l.begun_at DESC LIMIT 1) ORDER BY t.at_us DESC, t.id DESC LIMIT 12",
			"ss", json_text(r, "caller"), json_text(r, "call")),
		FOUND_BYTES_MAX);

	return turns ? json_make("ok:b turns:j", 1, turns) : NULL;
}

struct cJSON *recall_messages(struct db *d, const struct cJSON *r)
{
	struct cJSON *rows =
		fit(db_rows(d,
			    "SELECT m.call, m.at, m.number AS caller, p.name, m.seconds, m.file FROM messages m"
			    " LEFT JOIN callers p ON p.number = m.number ORDER BY m.at DESC LIMIT 200",
			    ""),
		    MESSAGES_BYTES_MAX);

	(void)r;
	return rows ? json_make("ok:b messages:j", 1, rows) : NULL;
}

struct cJSON *recall_health(struct db *d, const struct cJSON *r)
{
	struct cJSON *rows =
		db_rows(d,
			"SELECT (SELECT count(*) FROM callers) AS callers, (SELECT count(*) FROM calls) AS calls,"
			" (SELECT count(*) FROM turns) AS turns, (SELECT count(*) FROM notes) AS notes",
			"");
	struct cJSON *counts = cJSON_DetachItemFromArray(rows, 0);

	(void)r;
	cJSON_Delete(rows);
	return counts ? json_make("ok:b bytes:n counts:j", 1, db_bytes(d), counts) : NULL;
}
