#include "db.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BUSY_MS 2000 /* somebody looks into it with the sqlite3 shell */

/* The schema, a step a version: never changed once released, only added to. */
static const char *const steps[] = {
	"CREATE TABLE callers(id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT, first_at TEXT NOT NULL,"
	" last_at TEXT NOT NULL);"

	"CREATE TABLE calls(id INTEGER PRIMARY KEY, call TEXT NOT NULL UNIQUE, caller_id INTEGER REFERENCES "
	"callers(id),"
	" carrier TEXT, direction TEXT, to_number TEXT, agent TEXT, begun_at TEXT NOT NULL, ended_at TEXT, reason "
	"TEXT);"
	"CREATE INDEX calls_of_caller ON calls(caller_id, begun_at);"
	"CREATE INDEX calls_by_time ON calls(begun_at);"

	"CREATE TABLE turns(id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,"
	" who TEXT NOT NULL, origin INTEGER NOT NULL, life INTEGER NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL,"
	" at_us INTEGER NOT NULL," /* in the order of the conversation: CLOCK_MONOTONIC, good within a call */
	" text TEXT NOT NULL,"	   /* the words heard */
	" whole TEXT,"		   /* what was generated, where that is more */
	" heard_ms INTEGER, sent_ms INTEGER,"
	" cut INTEGER NOT NULL DEFAULT 0," /* 1: interrupted; 2: still being said, also if nobody came to say the rest
					    */
	" UNIQUE(call_id, who, origin, life, seq));"

	"CREATE TABLE notes(id INTEGER PRIMARY KEY, caller_id INTEGER NOT NULL REFERENCES callers(id) ON DELETE "
	"CASCADE,"
	" call TEXT NOT NULL, origin INTEGER NOT NULL, life INTEGER NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL,"
	" text TEXT NOT NULL, UNIQUE(call, origin, life, seq));"
	"CREATE INDEX notes_of_caller ON notes(caller_id);"

	"CREATE TABLE usage(id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE CASCADE,"
	" origin INTEGER NOT NULL, life INTEGER NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, service TEXT NOT "
	"NULL,"
	" model TEXT NOT NULL, counts TEXT NOT NULL, UNIQUE(call_id, origin, life, seq));"

	"CREATE TABLE tool_calls(id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL REFERENCES calls(id) ON DELETE "
	"CASCADE,"
	" tool_id TEXT NOT NULL, at TEXT NOT NULL, name TEXT NOT NULL, ok INTEGER NOT NULL, outcome TEXT NOT NULL,"
	" text TEXT NOT NULL, UNIQUE(call_id, tool_id));"

	"CREATE VIRTUAL TABLE turns_words USING fts5(text, content='turns', content_rowid='id',"
	" tokenize='unicode61 remove_diacritics 2');"
	"CREATE TRIGGER turns_added AFTER INSERT ON turns BEGIN"
	" INSERT INTO turns_words(rowid, text) VALUES(new.id, new.text); END;"
	"CREATE TRIGGER turns_removed AFTER DELETE ON turns BEGIN"
	" INSERT INTO turns_words(turns_words, rowid, text) VALUES('delete', old.id, old.text); END;"
	"CREATE TRIGGER turns_changed AFTER UPDATE OF text ON turns BEGIN"
	" INSERT INTO turns_words(turns_words, rowid, text) VALUES('delete', old.id, old.text);"
	" INSERT INTO turns_words(rowid, text) VALUES(new.id, new.text); END;"

	"CREATE VIRTUAL TABLE notes_words USING fts5(text, content='notes', content_rowid='id',"
	" tokenize='unicode61 remove_diacritics 2');"
	"CREATE TRIGGER notes_added AFTER INSERT ON notes BEGIN"
	" INSERT INTO notes_words(rowid, text) VALUES(new.id, new.text); END;"
	"CREATE TRIGGER notes_removed AFTER DELETE ON notes BEGIN"
	" INSERT INTO notes_words(notes_words, rowid, text) VALUES('delete', old.id, old.text); END;",

	/* What callers left, a call at most one; it outlives what else is known of the call. */
	"CREATE TABLE messages(id INTEGER PRIMARY KEY, call TEXT NOT NULL UNIQUE, number TEXT, at TEXT NOT NULL,"
	" seconds INTEGER NOT NULL, file TEXT NOT NULL);"
	"CREATE INDEX messages_by_time ON messages(at);",
};
#define VERSION ((int)(sizeof steps / sizeof steps[0]))

static int fail(struct db *d, int code, const char *verb)
{
	int primary = code & 0xff;

	d->damaged = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
	snprintf(d->error, sizeof d->error, "cannot %s %s: %s", verb, d->path,
		 d->handle && sqlite3_errcode(d->handle) == code ? sqlite3_errmsg(d->handle) : sqlite3_errstr(code));
	return -1;
}

static int run_script(struct db *d, const char *sql, const char *verb)
{
	int code = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : fail(d, code, verb);
}

static int read_version(struct db *d, int *version)
{
	sqlite3_stmt *s = NULL;
	int code = sqlite3_prepare_v2(d->handle, "PRAGMA user_version", -1, &s, NULL);

	if (code == SQLITE_OK)
		code = sqlite3_step(s);
	*version = code == SQLITE_ROW ? sqlite3_column_int(s, 0) : 0;
	sqlite3_finalize(s);
	return code == SQLITE_ROW ? 0 : fail(d, code, "read");
}

/* Each step is one transaction with its number, so that a crash leaves a version that exists. */
static int migrate(struct db *d)
{
	char number[48];
	int version;

	if (read_version(d, &version) < 0)
		return -1;
	if (version > VERSION) {
		snprintf(d->error, sizeof d->error,
			 "cannot use %s: it has version %d, this program knows versions up to %d", d->path, version,
			 VERSION);
		return -1;
	}
	for (; version < VERSION; version++) {
		snprintf(number, sizeof number, "PRAGMA user_version = %d; COMMIT", version + 1);
		if (run_script(d, "BEGIN IMMEDIATE", "change") < 0 || run_script(d, steps[version], "change") < 0 ||
		    run_script(d, number, "change") < 0)
			return -1;
	}
	return 0;
}

int db_open(struct db *d, const char *path)
{
	int code;

	*d = (struct db){ .handle = NULL };
	snprintf(d->path, sizeof d->path, "%s", path);
	code = sqlite3_open_v2(path, &d->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
			       NULL);
	if (code != SQLITE_OK) {
		fail(d, code, "open");
	} else {
		(void)sqlite3_extended_result_codes(d->handle, 1);
		(void)sqlite3_busy_timeout(d->handle, BUSY_MS);
		/* FULL: what was acknowledged outlives a power failure; 0.3 ms a turn (dependencies.md) are nobody's
		 * here. The cache, 256 KiB, is only for what is touched at once: the kernel keeps the file. */
		if (run_script(d,
			       "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
			       "PRAGMA secure_delete=ON; PRAGMA cache_size=-256",
			       "open") == 0 &&
		    migrate(d) == 0)
			return 0;
	}
	(void)sqlite3_close(d->handle); /* nothing is prepared yet */
	d->handle = NULL;
	return -1;
}

void db_close(struct db *d)
{
	for (int i = 0; i < DB_STATEMENTS_MAX; i++) {
		(void)sqlite3_finalize(d->prepared[i].statement); /* repeats the error of its last step */
		d->prepared[i].sql = NULL;
		d->prepared[i].statement = NULL;
	}
	if (d->handle)
		(void)sqlite3_wal_checkpoint_v2(d->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
						NULL); /* else at the next start */
	(void)sqlite3_close(d->handle);
	d->handle = NULL;
}

int db_set_aside(struct db *d, char *aside, size_t size)
{
	char from[PATHS_MAX_BYTES + 8], to[PATHS_MAX_BYTES + 8], date[24];
	time_t now = time(NULL);
	struct tm t;

	db_close(d);
	strftime(date, sizeof date, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &t));
	if (paths_format(aside, size, "%s.damaged-%s", d->path, date) < 0 || rename(d->path, aside) < 0)
		return -1;
	snprintf(from, sizeof from, "%s-wal", d->path);
	if (paths_format(to, sizeof to, "%s-wal", aside) == 0)
		(void)rename(from, to); /* there need be none */
	snprintf(from, sizeof from, "%s-shm", d->path);
	(void)unlink(from); /* only an index of the log */
	return 0;
}

/* --- statements */

static sqlite3_stmt *prepare(struct db *d, const char *sql)
{
	int i = 0, code;

	if (!d->handle)
		return snprintf(d->error, sizeof d->error, "%s is not open", d->path), NULL;
	while (i < DB_STATEMENTS_MAX && d->prepared[i].sql && d->prepared[i].sql != sql)
		i++;
	if (i == DB_STATEMENTS_MAX)
		return snprintf(d->error, sizeof d->error, "too many statements"), NULL;
	if (!d->prepared[i].sql) {
		code = sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &d->prepared[i].statement,
					  NULL);
		if (code != SQLITE_OK)
			return fail(d, code, "ask"), NULL;
		d->prepared[i].sql = sql;
	}
	return d->prepared[i].statement;
}

/* Borrowed values are bound without a copy: the statement is reset before its caller returns. */
static int bind(struct db *d, sqlite3_stmt *s, const char *format, va_list args)
{
	int code = SQLITE_OK;

	for (int i = 1; *format && code == SQLITE_OK; format++, i++) {
		if (*format == 's') {
			const char *text = va_arg(args, const char *);

			code = text ? sqlite3_bind_text(s, i, text, -1, SQLITE_STATIC) : sqlite3_bind_null(s, i);
		} else {
			code = sqlite3_bind_int64(s, i, va_arg(args, long long));
		}
	}
	return code == SQLITE_OK ? 0 : fail(d, code, "ask");
}

static void release(sqlite3_stmt *s)
{
	(void)sqlite3_reset(s); /* repeats the error of its last step */
	(void)sqlite3_clear_bindings(s);
}

int db_do(struct db *d, const char *sql, const char *format, ...)
{
	sqlite3_stmt *s = prepare(d, sql);
	va_list args;
	int code, failed;

	if (!s)
		return -1;
	va_start(args, format);
	failed = bind(d, s, format, args);
	va_end(args);
	while (!failed && (code = sqlite3_step(s)) != SQLITE_DONE)
		if (code != SQLITE_ROW)
			failed = fail(d, code, "write");
	release(s);
	return failed ? -1 : sqlite3_changes(d->handle);
}

static struct cJSON *read_row(sqlite3_stmt *s)
{
	struct cJSON *row = cJSON_CreateObject();

	for (int i = 0; row && i < sqlite3_column_count(s); i++) {
		const char *name = sqlite3_column_name(s, i);
		int type = sqlite3_column_type(s, i);

		if (type == SQLITE_INTEGER || type == SQLITE_FLOAT)
			cJSON_AddNumberToObject(row, name, sqlite3_column_double(s, i));
		else if (type == SQLITE_TEXT)
			cJSON_AddStringToObject(row, name, (const char *)sqlite3_column_text(s, i));
	}
	return row;
}

struct cJSON *db_rows(struct db *d, const char *sql, const char *format, ...)
{
	sqlite3_stmt *s = prepare(d, sql);
	struct cJSON *rows = s ? cJSON_CreateArray() : NULL;
	va_list args;
	int code = SQLITE_NOMEM, failed = -1;

	if (!rows)
		return NULL;
	va_start(args, format);
	failed = bind(d, s, format, args);
	va_end(args);
	while (!failed && (code = sqlite3_step(s)) == SQLITE_ROW)
		cJSON_AddItemToArray(rows, read_row(s));
	if (!failed && code != SQLITE_DONE)
		failed = fail(d, code, "read");
	release(s);
	if (!failed)
		return rows;
	cJSON_Delete(rows);
	return NULL;
}

int db_clear_log(struct db *d)
{
	int code = sqlite3_wal_checkpoint_v2(d->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

	return code == SQLITE_OK || code == SQLITE_BUSY ? 0 : fail(d, code, "write");
}

long long db_bytes(struct db *d)
{
	struct cJSON *rows =
		db_rows(d, "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size", "");
	struct cJSON *bytes = rows ? cJSON_GetObjectItemCaseSensitive(rows->child, "bytes") : NULL;
	long long n = bytes ? (long long)bytes->valuedouble : 0;

	cJSON_Delete(rows);
	return n;
}
