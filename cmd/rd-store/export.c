#include "export.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "parts.h"

#define ROWS_BYTES_MAX 20480u /* and one row more, of two texts of 16 KiB at most */

#define OF_CALLER "(SELECT id FROM callers WHERE number = ?1)"
#define OF_CALLS "JOIN calls c ON c.id = x.call_id WHERE c.caller_id = " OF_CALLER
#define NEXT " AND x.id > ?2 ORDER BY x.id LIMIT 100"

static const struct {
	const char *name, *sql;
} kinds[] = {
	{ "facts", "SELECT x.id AS row, x.at, x.call, x.text FROM notes x WHERE x.caller_id = " OF_CALLER NEXT },
	{ "messages", "SELECT x.id AS row, x.at, x.call, x.seconds, x.file FROM messages x WHERE x.number = ?1" NEXT },
	{ "calls", "SELECT x.id AS row, x.call, x.begun_at, x.ended_at, x.carrier, x.direction, x.to_number AS \"to\","
		   " x.agent, x.reason FROM calls x WHERE x.caller_id = " OF_CALLER NEXT },
	{ "turns", "SELECT x.id AS row, c.call, x.at, x.who, x.text, x.whole, x.heard_ms, x.sent_ms, x.cut FROM turns "
		   "x " OF_CALLS NEXT },
	{ "tools",
	  "SELECT x.id AS row, c.call, x.at, x.name, x.ok, x.outcome, x.text FROM tool_calls x " OF_CALLS NEXT },
	{ "usage", "SELECT x.id AS row, c.call, x.at, x.service, x.model, x.counts FROM usage x " OF_CALLS NEXT },
};

/* As many as fit, at least one. */
static bool cut(struct cJSON *rows)
{
	size_t bytes = 0;
	int n = 0;
	struct cJSON *row;

	cJSON_ArrayForEach(row, rows) {
		if (bytes > ROWS_BYTES_MAX)
			break;
		bytes += parts_entry_bytes(row) + 1;
		n++;
	}
	if (n == cJSON_GetArraySize(rows))
		return false;
	while (cJSON_GetArraySize(rows) > n)
		cJSON_DeleteItemFromArray(rows, cJSON_GetArraySize(rows) - 1);
	return true;
}

struct cJSON *export_rows(struct db *d, const struct cJSON *r)
{
	const char *kind = json_text(r, "kind");
	struct cJSON *rows = NULL;
	bool more;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kind, kinds[i].name) == 0) {
			rows = db_rows(d, kinds[i].sql, "sn", json_text(r, "caller"),
				       (long long)json_number(r, "after", 0));
			if (!rows)
				return NULL;
		}
	if (!rows)
		return json_make("ok:b error:s", 0,
				 "export: kind: facts, messages, calls, turns, tools or usage expected");
	more = cJSON_GetArraySize(rows) == 100;
	more |= cut(rows);
	return json_make("ok:b rows:j more:b", 1, rows, (int)more);
}
