#include "forget.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "keep.h"
#include "log.h"

/* STATE/, in which the database lies. */
static int state_of(const struct db *d)
{
	const char *slash = strrchr(d->path, '/');

	return slash ? (int)(slash - d->path) + 1 : 0;
}

static void remove_file(const char *path)
{
	if (unlink(path) < 0 && errno != ENOENT)
		log_warn("cannot remove %s: %s", path, strerror(errno));
}

void forget_message(const struct db *d, const char *call)
{
	char file[PATHS_MAX_BYTES];

	if (paths_call_id(call) &&
	    paths_format(file, sizeof file, "%.*smessages/%s.wav", state_of(d), d->path, call) == 0)
		remove_file(file);
}

static int forget_messages(struct db *d, const char *number)
{
	struct cJSON *rows = db_rows(d, "SELECT call FROM messages WHERE number = ?1", "s", number);
	const struct cJSON *row;

	if (!rows)
		return -1;
	cJSON_ArrayForEach(row, rows)
		forget_message(d, json_text(row, "call"));
	cJSON_Delete(rows);
	return db_do(d, "DELETE FROM messages WHERE number = ?1", "s", number);
}

int forget_caller(struct db *d, const struct cJSON *r, const char *call, const char *at)
{
	const char *number = json_text(r, "caller");
	int messages = forget_messages(d, number), calls, facts;

	(void)call, (void)at;
	if (messages < 0)
		return -1;
	calls = db_do(d, "DELETE FROM calls WHERE caller_id = (SELECT id FROM callers WHERE number = ?1)", "s", number);
	if (calls < 0)
		return -1;
	facts = db_do(d, "DELETE FROM notes WHERE caller_id = (SELECT id FROM callers WHERE number = ?1)", "s", number);
	if (facts < 0 || db_do(d, "DELETE FROM callers WHERE number = ?1", "s", number) < 0)
		return -1;
	log_info("a caller is forgotten calls=%d facts=%d messages=%d", calls, facts, messages);
	return calls + facts + messages;
}

/* STATE/tools/TOOL/FILE of each tool. */
static void forget_kept(const struct db *d, const char *number)
{
	char folder[PATHS_MAX_BYTES], name[KEEP_NAME_BYTES], file[PATHS_MAX_BYTES];
	const struct dirent *tool;
	DIR *tools;

	keep_name(number, name);
	if (paths_format(folder, sizeof folder, "%.*stools", state_of(d), d->path) < 0)
		return;
	tools = opendir(folder);
	while (tools && (tool = readdir(tools)))
		if (tool->d_name[0] != '.' &&
		    paths_format(file, sizeof file, "%s/%s/%s", folder, tool->d_name, name) == 0)
			remove_file(file);
	if (tools)
		closedir(tools);
}

int forget_traces(struct db *d, const struct cJSON *r)
{
	forget_kept(d, json_text(r, "caller"));
	return db_do(d, "INSERT INTO turns_words(turns_words) VALUES('optimize')", "") < 0 ||
			       db_do(d, "INSERT INTO notes_words(notes_words) VALUES('optimize')", "") < 0 ||
			       db_clear_log(d) < 0
		       ? -1
		       : 0;
}
