#include "drive.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "digest.h"
#include "json.h"
#include "once.h"
#include "secret.h"
#include "toolkit.h"
#include "utf8.h"
#include "writing.h"

#define WHO "Google Docs"
#define DRIVE_BASE "https://www.googleapis.com"
#define DOCS_BASE "https://docs.googleapis.com"
#define SCOPES                                                                                                         \
	"https://www.googleapis.com/auth/documents https://www.googleapis.com/auth/drive.readonly "                    \
	"https://www.googleapis.com/auth/drive.file"
#define KIND "application/vnd.google-apps.document"
#define URL_SIZE 4096
#define QUERY_BYTES 900
#define PAGES_MAX 20
#define SHARED "supportsAllDrives=true&includeItemsFromAllDrives=true"

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

bool drive_is_set(void)
{
	return setting("RINGDOWN_SETTING_GOOGLE") != NULL;
}

static const char *drive_base(const struct drive *d)
{
	return d->base ? d->base : DRIVE_BASE;
}

static const char *docs_base(const struct drive *d)
{
	return d->base ? d->base : DOCS_BASE;
}

/* --- listing */

/* 'it''s' of Drive's queries: a quote and a backslash have a backslash before them. Cut at size. */
static void quote(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; *text && n + 3 < size; text++) {
		if (*text == '\'' || *text == '\\')
			out[n++] = '\\';
		out[n++] = (unsigned char)*text < ' ' ? ' ' : *text;
	}
	out[n] = 0;
}

/* A page of the files that the query means; the caller's, NULL with d->trouble. */
static struct cJSON *ask_files(struct drive *d, const char *query, const char *order, const char *page)
{
	char url[URL_SIZE], escaped[3 * QUERY_BYTES], token[1000];

	snprintf(url, sizeof url,
		 "%s/drive/v3/files?q=%s&fields=files(id%%2Cname)%%2CnextPageToken&pageSize=100&spaces=drive&" SHARED
		 "%s%s%s",
		 drive_base(d), ask_escape(query, escaped, sizeof escaped), order, *page ? "&pageToken=" : "",
		 ask_escape(page, token, sizeof token));
	return google_json(&d->google, "GET", url, NULL);
}

static void add_files(struct folder *f, const struct cJSON *files)
{
	const struct cJSON *file;

	cJSON_ArrayForEach(file, json_array(files, "files")) {
		struct folder_document *to = &f->documents[f->count];
		const char *id = json_text(file, "id"), *name = json_text(file, "name");

		if (f->count == FOLDER_DOCUMENTS_MAX)
			break;
		if (!id || !name || strlen(id) >= sizeof to->id)
			continue;
		snprintf(to->id, sizeof to->id, "%s", id);
		toolkit_line(name, to->title, sizeof to->title);
		snprintf(to->name, sizeof to->name, "%s.doc", to->title); /* as of a file, to be looked for by name */
		f->count++;
	}
}

static int list_files(struct drive *d, struct folder *f)
{
	char query[QUERY_BYTES], page[300] = "";

	snprintf(query, sizeof query, "'%s' in parents and mimeType = '" KIND "' and trashed = false", d->place);
	for (int i = 0; i < PAGES_MAX; i++) {
		struct cJSON *files = ask_files(d, query, "&orderBy=name_natural", page);
		const char *next = json_text(files, "nextPageToken");

		if (!files)
			return -1;
		add_files(f, files);
		snprintf(page, sizeof page, "%s", next && strlen(next) < sizeof page ? next : "");
		cJSON_Delete(files);
		if (!*page)
			break;
	}
	return 0;
}

static int open_google(struct drive *d)
{
	char key[SECRET_MAX_BYTES];
	int failed;

	d->google.who = WHO;
	d->google.scope = SCOPES;
	d->google.subject = setting("RINGDOWN_SETTING_GOOGLE_USER");
	d->google.folder = setting("RINGDOWN_TOOL_DIR");
	d->google.trouble = &d->trouble;
	if (secret_take(DRIVE_SECRET, key, sizeof key) < 0)
		return trouble_say(&d->trouble,
				   "I cannot get at the documents: the key " DRIVE_SECRET " is not there.");
	failed = google_open(&d->google, &d->ask, key);
	secret_wipe(key, sizeof key);
	return failed;
}

int drive_open(struct drive *d, struct folder *f, struct cJSON **answer)
{
	*d = (struct drive){ .base = setting("RINGDOWN_SETTING_URL") };
	*f = (struct folder){ .count = 0 };
	quote(setting("RINGDOWN_SETTING_GOOGLE"), d->place, sizeof d->place);
	f->documents = calloc(FOLDER_DOCUMENTS_MAX, sizeof *f->documents);
	if (!f->documents || ask_open(&d->ask) < 0)
		return *answer = toolkit_failed("I cannot get at the documents: %s.", strerror(errno)), -1;
	d->ask.until_us = clock_us() + (DRIVE_TIMEOUT_S - 2) * SECOND;
	if (open_google(d) == 0 && list_files(d, f) == 0)
		return 0;
	return *answer = trouble_answer(&d->trouble), -1;
}

void drive_close(struct drive *d)
{
	google_close(&d->google);
	ask_close(&d->ask);
}

/* --- reading */

/* NULL with d->trouble. */
static char *export(struct drive *d, const char *id)
{
	char url[URL_SIZE], escaped[300], *text = NULL;
	struct ask_answer a;

	snprintf(url, sizeof url, "%s/drive/v3/files/%s/export?mimeType=text%%2Fplain", drive_base(d),
		 ask_escape(id, escaped, sizeof escaped));
	if (google_ask(&d->google, "GET", url, NULL, NULL, &a) == 0) {
		if (a.status < 300)
			text = strdup(a.body);
		else
			(void)google_refused(&d->google, "GET", url, &a);
	}
	if (text)
		utf8_clean(text, strlen(text));
	ask_answer_close(&a);
	return text;
}

char *drive_read(struct drive *d, const struct folder_document *document, struct cJSON **answer)
{
	char *text = export(d, document->id);

	if (!text)
		*answer = trouble_answer(&d->trouble);
	return text;
}

int drive_find(struct drive *d, const struct folder *f, const char *words, size_t *found, int most,
	       struct cJSON **answer)
{
	char query[QUERY_BYTES], quoted[400];
	const struct cJSON *file;
	struct cJSON *files;
	int count = 0;

	quote(words, quoted, sizeof quoted);
	snprintf(query, sizeof query,
		 "'%s' in parents and mimeType = '" KIND "' and trashed = false and fullText contains '%s'", d->place,
		 quoted);
	files = ask_files(d, query, "", ""); /* the best come first if no order is asked for */
	if (!files)
		return *answer = trouble_answer(&d->trouble), -1;
	cJSON_ArrayForEach(file, json_array(files, "files"))
		for (size_t i = 0; count < most && i < f->count; i++)
			if (json_text(file, "id") && strcmp(json_text(file, "id"), f->documents[i].id) == 0)
				found[count++] = i;
	cJSON_Delete(files);
	return count;
}

/* --- writing */

/* Whether the document ends with the text, as an export shows it; -1: nobody can say. */
static int ends_with(struct drive *d, const char *id, const char *text)
{
	char *all = export(d, id);
	size_t n = 0, length = strlen(text);
	int ends;

	if (!all)
		return -1;
	for (const char *p = all; *p; p++) /* lines end with CR LF there */
		if (*p != '\r')
			all[n++] = *p;
	while (n && strchr(" \n\t", all[n - 1]))
		n--;
	ends = n >= length && memcmp(all + n - length, text, length) == 0;
	free(all);
	return ends;
}

static struct cJSON *insertion(const char *text, const char *revision)
{
	struct cJSON *insert = json_make("text:s endOfSegmentLocation:j", text, cJSON_CreateObject());
	struct cJSON *requests = cJSON_CreateArray();

	cJSON_AddItemToArray(requests, json_make("insertText:j", insert));
	return json_make("requests:j writeControl:j", requests, json_make("requiredRevisionId:s", revision));
}

/* One try: 1 it is there, 0 it may be or not, -1 it is not, with d->trouble. */
static int insert(struct drive *d, const char *id, const char *text, const char *before)
{
	char url[URL_SIZE], escaped[300], *all = NULL;
	struct cJSON *document;
	struct ask_answer a;
	const char *revision;
	int done = -1;

	ask_escape(id, escaped, sizeof escaped);
	snprintf(url, sizeof url, "%s/v1/documents/%s?fields=revisionId", docs_base(d), escaped);
	document = google_json(&d->google, "GET", url, NULL);
	revision = json_text(document, "revisionId");
	if (!document)
		return -1;
	snprintf(url, sizeof url, "%s/v1/documents/%s:batchUpdate", docs_base(d), escaped);
	if (asprintf(&all, "%s%s\n", before, text) < 0) {
		cJSON_Delete(document);
		return trouble_say(&d->trouble, "I cannot write: there is no memory left.");
	}
	if (google_ask(&d->google, "POST", url, NULL, insertion(all, revision ? revision : ""), &a) == 0) {
		if (a.status < 300)
			done = 1;
		else
			(void)google_refused(&d->google, "POST", url, &a);
	}
	if (done < 0 && d->trouble.outcome == FETCH_UNKNOWN)
		done = 0;
	if (done < 0 && a.status == 400) /* somebody else has written meanwhile */
		done = 0;
	ask_answer_close(&a);
	cJSON_Delete(document);
	free(all);
	return done;
}

/* At most two tries; before the second, and before the first of a call that was begun, it is looked for. */
static struct cJSON *put_text(struct drive *d, const char *id, const char *text, const char *before, bool begun,
			      struct cJSON *done)
{
	int there = begun ? ends_with(d, id, text) : 0;

	for (int tries = 0; there == 0 && tries < 2; tries++) {
		there = insert(d, id, text, before);
		if (there < 0) {
			cJSON_Delete(done);
			return trouble_answer(&d->trouble);
		}
		if (there == 0)
			there = ends_with(d, id, text);
	}
	if (there > 0)
		return done;
	cJSON_Delete(done);
	return toolkit_unknown("Google does not answer well, and I do not know whether it is written.");
}

/* This call's mark in a document that it makes; of Drive's properties 124 bytes are left for it. */
static void make_mark(char out[DIGEST_HEX_BYTES])
{
	digest_hex(once_key() ? once_key() : "", out);
}

/* The id of the document that this call has made, the caller's; NULL: none, or known is false. */
static char *find_mark(struct drive *d, const char *mark, bool *known)
{
	char query[QUERY_BYTES], *id = NULL;
	struct cJSON *files;
	const char *found;

	snprintf(query, sizeof query, "appProperties has { key='req' and value='%s' } and trashed = false", mark);
	files = ask_files(d, query, "", "");
	*known = files != NULL;
	found = json_text(cJSON_GetArrayItem(json_array(files, "files"), 0), "id");
	if (found)
		id = strdup(found);
	cJSON_Delete(files);
	return id;
}

static char *make_file(struct drive *d, const char *title, const char *mark, bool *known)
{
	struct cJSON *parents = toolkit_list(d->place), *file;
	char url[URL_SIZE], *id = NULL;

	snprintf(url, sizeof url, "%s/drive/v3/files?supportsAllDrives=true&fields=id", drive_base(d));
	file = google_json(&d->google, "POST", url,
			   json_make("name:s mimeType:s parents:j appProperties:j?", title, KIND, parents,
				     once_key() ? json_make("req:s", mark) : NULL));
	if (json_text(file, "id"))
		id = strdup(json_text(file, "id"));
	cJSON_Delete(file);
	*known = true;
	if (!id && d->trouble.outcome == FETCH_UNKNOWN)
		id = once_key() ? find_mark(d, mark, known) : (*known = false, NULL);
	return id;
}

static struct cJSON *create(struct drive *d, const char *title, const char *text, bool begun)
{
	char mark[DIGEST_HEX_BYTES], *id = NULL;
	bool known = true;
	struct cJSON *answer;

	make_mark(mark);
	if (begun)
		id = find_mark(d, mark, &known);
	for (int tries = 0; !id && known && tries < 2 && (tries == 0 || d->trouble.outcome == FETCH_UNKNOWN); tries++)
		id = make_file(d, title, mark, &known);
	if (!id)
		return d->trouble.outcome == FETCH_UNKNOWN || !known
			       ? toolkit_unknown("Google does not answer well, and I do not know whether the document "
						 "is there.")
			       : trouble_answer(&d->trouble);
	answer = put_text(d, id, text, "", begun,
			  toolkit_data(toolkit_ok("There is a new document: %s.", title),
				       json_make("file:s title:s", id, title)));
	free(id);
	return answer;
}

/* What is to be written, cleaned, the caller's; NULL with an answer, which may be that of this call before. */
static char *begin(const char *text, bool *begun, struct cJSON **answer)
{
	char *clean = writing_clean(text);
	struct cJSON *about = NULL;

	if (!clean)
		*answer = toolkit_failed("I cannot write: there is no memory left.");
	else if (!*clean)
		*answer = toolkit_failed("What shall I write?");
	else if (strlen(clean) > WRITING_TEXT_BYTES)
		*answer = toolkit_failed("That is too long to be written down at once.");
	else
		*answer = once_recall("docs", begun, &about);
	cJSON_Delete(about);
	if (!*answer)
		return clean;
	free(clean);
	return NULL;
}

struct cJSON *drive_create(struct drive *d, const struct folder *f, const char *name, const char *text)
{
	char title[FOLDER_TITLE_BYTES], *clean;
	struct cJSON *answer = NULL;
	bool begun = false;

	toolkit_line(name, title, sizeof title);
	clean = begin(text, &begun, &answer);
	if (!clean)
		return answer;
	for (size_t i = 0; !begun && !answer && i < f->count; i++)
		if (strcasecmp(f->documents[i].title, title) == 0)
			answer = toolkit_failed("There is a document called %s already. Shall I add to it, or is there "
						"another title?",
						title);
	if (!answer) {
		once_begin("docs", NULL);
		answer = once_conclude("docs", create(d, title, clean, begun));
	}
	free(clean);
	return answer;
}

struct cJSON *drive_append(struct drive *d, const struct folder *f, int document, const char *text)
{
	const struct folder_document *to = &f->documents[document];
	struct cJSON *answer = NULL, *done;
	bool begun = false;
	char *clean = begin(text, &begun, &answer);

	if (!clean)
		return answer;
	done = toolkit_data(toolkit_ok("It is added to %s.", to->title),
			    json_make("file:s title:s", to->id, to->title));
	once_begin("docs", NULL);
	answer = once_conclude("docs", put_text(d, to->id, clean, "\n", begun, done));
	free(clean);
	return answer;
}
