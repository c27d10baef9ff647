#include "index.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "paragraphs.h"
#include "paths.h"
#include "toolkit.h"
#include "utf8.h"

#define WORDS_MAX 16
#define QUERY_BYTES 1200
#define HITS_LOOKED_AT 400 /* paragraphs, the best first */
#define WAIT_MS 3000
#define PLACE_BITS 16 /* a row's number: the file's, and the paragraph in it; 0 is its title */
#define MANY_FILES 100

static const char schema[] =
	"PRAGMA synchronous = OFF;" /* it can be made anew */
	"CREATE TABLE IF NOT EXISTS folder (path TEXT);"
	"CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY, name TEXT, mtime INTEGER, size INTEGER);"
	"CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, "
	"tokenize = 'unicode61 remove_diacritics 2');";

/* --- rows */

static int run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : -1;
}

/* Runs sql for a number, two more and a text, those that it has places for. */
static int run_with(sqlite3 *db, const char *sql, long long a, long long b, long long c, const char *text)
{
	sqlite3_stmt *s;
	int done;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_bind_parameter_index(s, "?1"))
		sqlite3_bind_int64(s, 1, a);
	if (sqlite3_bind_parameter_index(s, "?2"))
		sqlite3_bind_int64(s, 2, b);
	if (sqlite3_bind_parameter_index(s, "?3"))
		sqlite3_bind_int64(s, 3, c);
	if (sqlite3_bind_parameter_index(s, "?4"))
		sqlite3_bind_text(s, 4, text, -1, SQLITE_STATIC);
	done = sqlite3_step(s);
	sqlite3_finalize(s);
	return done == SQLITE_DONE ? 0 : -1;
}

static long long row_of(long long file, size_t paragraph)
{
	return file << PLACE_BITS | (long long)paragraph;
}

static int add_text(const struct index *x, long long row, const char *text)
{
	int done;

	sqlite3_bind_int64(x->insert, 1, row);
	sqlite3_bind_text(x->insert, 2, text, -1, SQLITE_STATIC);
	done = sqlite3_step(x->insert);
	return sqlite3_reset(x->insert) == SQLITE_OK && done == SQLITE_DONE ? 0 : -1;
}

static int add_document(struct index *x, size_t i)
{
	const struct folder_document *d = &x->folder->documents[i];
	char *text = folder_read(x->folder, i); /* NULL: it is there, and its title can be found */
	struct paragraphs p = { .count = 0 };
	long long file;
	int failed;

	if (run_with(x->db, "INSERT INTO files (mtime, size, name) VALUES (?2, ?3, ?4)", 0, d->mtime_ns, d->size,
		     d->name) < 0) {
		free(text);
		return -1;
	}
	file = sqlite3_last_insert_rowid(x->db);
	failed = add_text(x, row_of(file, 0), d->title);
	if (text && !failed && paragraphs_make(&p, text, d->markdown) == 0)
		for (size_t k = 0; !failed && k < p.count && k + 1 < 1u << PLACE_BITS; k++)
			failed = add_text(x, row_of(file, k + 1), p.all[k]);
	paragraphs_close(&p);
	free(text);
	return failed;
}

static int drop_file(sqlite3 *db, long long file)
{
	return run_with(db, "DELETE FROM words WHERE rowid BETWEEN ?1 AND ?2", row_of(file, 0), row_of(file + 1, 0) - 1,
			0, NULL) < 0 ||
			       run_with(db, "DELETE FROM files WHERE id = ?1", file, 0, 0, NULL) < 0
		       ? -1
		       : 0;
}

/* --- up to date */

static bool is_as_it_was(const struct folder_document *d, sqlite3_stmt *s)
{
	return d->mtime_ns == sqlite3_column_int64(s, 2) && d->size == sqlite3_column_int64(s, 3);
}

/* Marks the documents that are in the index as they are; takes out files that are not so any more. */
static int look_at_files(struct index *x, bool *known)
{
	sqlite3_stmt *s;
	int step = SQLITE_DONE, failed = 0;

	if (sqlite3_prepare_v2(x->db, "SELECT id, name, mtime, size FROM files ORDER BY id", -1, &s, NULL) != SQLITE_OK)
		return -1;
	while (!failed && (step = sqlite3_step(s)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(s, 1);
		int at = folder_find_file(x->folder, name ? name : "");

		if (at >= 0 && !known[at] && is_as_it_was(&x->folder->documents[at], s))
			known[at] = true;
		else
			failed = drop_file(x->db, sqlite3_column_int64(s, 0));
	}
	if (!failed && step != SQLITE_DONE)
		failed = -1;
	sqlite3_finalize(s);
	return failed;
}

/* Another folder's index is none of this one. */
static int keep_to_folder(struct index *x)
{
	sqlite3_stmt *s;
	const char *path;
	bool same;

	if (sqlite3_prepare_v2(x->db, "SELECT path FROM folder", -1, &s, NULL) != SQLITE_OK)
		return -1;
	path = sqlite3_step(s) == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : NULL;
	same = path && strcmp(path, x->folder->path) == 0;
	sqlite3_finalize(s);
	if (same)
		return 0;
	return run(x->db, "DELETE FROM words; DELETE FROM files; DELETE FROM folder") < 0
		       ? -1
		       : run_with(x->db, "INSERT INTO folder VALUES (?4)", 0, 0, 0, x->folder->path);
}

static int add_new(struct index *x, const bool *known)
{
	size_t more = 0;
	int failed = 0;

	for (size_t i = 0; i < x->folder->count; i++)
		more += !known[i];
	if (more > MANY_FILES)
		toolkit_progress("looking through %zu documents", more);
	if (more && sqlite3_prepare_v2(x->db, "INSERT INTO words (rowid, text) VALUES (?, ?)", -1, &x->insert, NULL) !=
			    SQLITE_OK)
		return -1;
	for (size_t i = 0; !failed && i < x->folder->count; i++)
		if (!known[i])
			failed = add_document(x, i);
	sqlite3_finalize(x->insert);
	x->insert = NULL;
	return failed;
}

static int update(struct index *x)
{
	bool *known = calloc(x->folder->count + 1, sizeof *known);
	int failed = known && run(x->db, "BEGIN IMMEDIATE") == 0 ? 0 : -1;

	if (!failed && (keep_to_folder(x) < 0 || look_at_files(x, known) < 0 || add_new(x, known) < 0 ||
			run(x->db, "COMMIT") < 0)) {
		(void)run(x->db, "ROLLBACK"); /* it is left as it was */
		failed = -1;
	}
	free(known);
	return failed;
}

static int try_open(struct index *x, const char *path)
{
	if (sqlite3_open_v2(path, &x->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, NULL) ==
		    SQLITE_OK &&
	    sqlite3_busy_timeout(x->db, WAIT_MS) == SQLITE_OK && run(x->db, schema) == 0 && update(x) == 0)
		return 0;
	fprintf(stderr, "cannot use the index %s: %s\n", path, x->db ? sqlite3_errmsg(x->db) : "no memory");
	return -1;
}

static int find_place(char *out, size_t size)
{
	const char *own = getenv("RINGDOWN_TOOL_DIR");
	char state[PATHS_MAX_BYTES], folder[PATHS_MAX_BYTES];

	if (own && *own) {
		if (paths_format(folder, sizeof folder, "%s", own) < 0)
			return -1;
	} else if (paths_state(NULL, state, sizeof state) < 0 ||
		   paths_format(folder, sizeof folder, "%s/tools/docs", state) < 0) {
		return -1;
	}
	return paths_mkdir(folder) < 0 ? -1 : paths_format(out, size, "%s/index.db", folder);
}

int index_open(struct index *x, const struct folder *f)
{
	char path[PATHS_MAX_BYTES];
	mode_t mask = umask(077);
	int failed = -1, busy;

	*x = (struct index){ .folder = f };
	if (find_place(path, sizeof path) == 0) {
		failed = try_open(x, path);
		busy = failed && x->db && (sqlite3_errcode(x->db) & 0xff) == SQLITE_BUSY;
		if (failed && !busy) {
			index_close(x);
			x->folder = f;
			(void)unlink(path); /* whatever it was, it is made anew */
			failed = try_open(x, path);
		}
	}
	if (failed) {
		index_close(x);
		x->folder = f;
		failed = try_open(x, ":memory:");
	}
	umask(mask);
	return failed;
}

void index_close(struct index *x)
{
	sqlite3_close(x->db);
	*x = (struct index){ .db = NULL };
}

/* --- asking */

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool is_filler(const char *word, size_t n)
{
	static const char *const fillers[] = { "a",  "an", "and", "the", "of", "in", "on",  "to",   "for",  "is",
					       "it", "or", "we",  "my",	 "at", "by", "did", "what", "about" };

	for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; i++)
		if (strlen(fillers[i]) == n && strncasecmp(word, fillers[i], n) == 0)
			return true;
	return false;
}

/* "garden shed" as FTS5 asks for it: "garden"* "shed"*. Words that are in every text count only where there are no
 * others. The number of words. */
static int write_query(const char *words, bool all, bool fillers, char out[QUERY_BYTES])
{
	size_t used = 0;
	int count = 0;

	out[0] = 0;
	while (count < WORDS_MAX) {
		size_t n = 0;

		while (*words && !is_letter(*words))
			words++;
		while (is_letter(words[n]))
			n++;
		if (!n || used + n + 12 > QUERY_BYTES)
			break;
		if (fillers || !is_filler(words, n))
			used += (size_t)snprintf(out + used, QUERY_BYTES - used, "%s\"%.*s\"*",
						 !count++ ? ""
						 : all	  ? " "
							  : " OR ",
						 (int)n, words);
		words += n;
	}
	return count;
}

int index_count_words(const char *text, const char *words)
{
	int count = 0;

	while (*words) {
		char word[64];
		size_t n = 0;

		while (*words && !is_letter(*words))
			words++;
		while (is_letter(words[n]))
			n++;
		if (n && n < sizeof word && !is_filler(words, n)) {
			snprintf(word, sizeof word, "%.*s", (int)n, words);
			count += strcasestr(text, word) != NULL;
		}
		words += n;
	}
	return count;
}

bool index_has_words(const char *words)
{
	char query[QUERY_BYTES];

	return write_query(words, true, true, query) > 0;
}

/* The first of each document; sorted by rank they come best first. */
static int gather(struct index *x, sqlite3_stmt *s, struct index_hit *hits, int most)
{
	int count = 0, step = SQLITE_DONE;

	while (count < most && (step = sqlite3_step(s)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(s, 1),
			   *text = (const char *)sqlite3_column_text(s, 2);
		int at = folder_find_file(x->folder, name ? name : "");
		long paragraph = (long)(sqlite3_column_int64(s, 0) & ((1 << PLACE_BITS) - 1));
		bool have = false;

		for (int i = 0; i < count; i++)
			have |= hits[i].document == (size_t)at;
		if (at < 0 || have || !text)
			continue;
		hits[count] = (struct index_hit){ .document = (size_t)at, .paragraph = paragraph ? paragraph : 1 };
		snprintf(hits[count].excerpt, sizeof hits[count].excerpt, "%.*s",
			 (int)utf8_clip(text, INDEX_EXCERPT_BYTES), text);
		count++;
	}
	return count == most || step == SQLITE_DONE ? count : -1;
}

int index_find(struct index *x, const char *words, bool all, struct index_hit *hits, int most)
{
	static const char sql[] =
		"SELECT words.rowid, files.name, words.text FROM words JOIN files ON files.id = words.rowid >> ?2 "
		"WHERE words MATCH ?1 ORDER BY rank, words.rowid LIMIT ?3";
	char query[QUERY_BYTES];
	sqlite3_stmt *s;
	int count;

	if (write_query(words, all, false, query) == 0 && write_query(words, all, true, query) == 0)
		return 0;
	if (sqlite3_prepare_v2(x->db, sql, -1, &s, NULL) != SQLITE_OK)
		return -1;
	sqlite3_bind_text(s, 1, query, -1, SQLITE_STATIC);
	sqlite3_bind_int(s, 2, PLACE_BITS);
	sqlite3_bind_int(s, 3, HITS_LOOKED_AT);
	count = gather(x, s, hits, most);
	sqlite3_finalize(s);
	return count;
}
