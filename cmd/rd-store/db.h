/* The database: one SQLite file in WAL mode, its schema in numbered steps, rows as JSON objects. The only place that
 * knows SQLite. Every function blocks on the disk: that is why this is a program of its own. */
#ifndef DB_H
#define DB_H

#include <stdbool.h>

#include "paths.h"

#define DB_STATEMENTS_MAX 40
#define DB_ERROR_BYTES (PATHS_MAX_BYTES + 300)

struct cJSON;
struct sqlite3;
struct sqlite3_stmt;

struct db { /* zeroed is closed */
	struct sqlite3 *handle;
	char path[PATHS_MAX_BYTES];
	char error[DB_ERROR_BYTES]; /* after -1 or NULL: what went wrong */
	bool damaged;		    /* the file is no database, or not a whole one */
	struct {
		const char *sql;
		struct sqlite3_stmt *statement;
	} prepared[DB_STATEMENTS_MAX];
};

/* Opens or makes the file and brings its schema up to date. A file of a newer version is left alone: -1. */
int db_open(struct db *d, const char *path);
/* Moves the log into the file first. */
void db_close(struct db *d);

/* Closes it and moves the file and what belongs to it aside, so that db_open begins a new one; aside is the new name.
 */
int db_set_aside(struct db *d, char *aside, size_t size);

/* Statements are literals: they are prepared once and found by their address. The format has a letter a parameter: s
 * text (NULL is null), n long long. db_do: how many rows changed, or -1. db_rows: an array of objects, the caller's, or
 * NULL; a column that is null has no field. */
int db_do(struct db *d, const char *sql, const char *format, ...);
struct cJSON *db_rows(struct db *d, const char *sql, const char *format, ...);

/* Moves the log into the file and empties it. 0, also if somebody else reads it just now; -1. */
int db_clear_log(struct db *d);

/* How many bytes the file has; 0 when it is closed. */
long long db_bytes(struct db *d);

#endif
