#include "docs.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "folder.h"
#include "index.h"
#include "json.h"
#include "paragraphs.h"
#include "toolkit.h"
#include "utf8.h"
#include "writing.h"

#define PIECE_BYTES 1200u /* about a minute and a half of speech; one paragraph at least */
#define ENTRIES_MAX 80u	  /* in data: an answer has its limit */
#define TITLES_TOLD_MAX 8
#define FOUND_MAX 5
#define LOOKED_INTO 3 /* at Google: each is fetched */
#define TEXT_BYTES 1900

struct request {
	const char *name, *text;
	long n, from;
	struct folder folder;
	struct drive drive;
	bool at_google; /* there the documents are, else they are files */
};

static struct cJSON *none(void)
{
	return toolkit_failed("There are no documents.");
}

/* --- list */

static struct cJSON *list(struct request *r)
{
	const struct folder *f = &r->folder;
	struct cJSON *titles = cJSON_CreateArray();
	char text[TEXT_BYTES], number[TOOLKIT_COUNT_BYTES];
	size_t used =
		(size_t)snprintf(text, sizeof text, "There are %s documents.", toolkit_count((long)f->count, number));

	if (f->count == 1)
		used = (size_t)snprintf(text, sizeof text, "There is one document.");
	for (size_t i = 0; i < f->count; i++) {
		if (i < ENTRIES_MAX)
			cJSON_AddItemToArray(titles, cJSON_CreateString(f->documents[i].title));
		if (i < TITLES_TOLD_MAX)
			used += (size_t)snprintf(text + used, sizeof text - used, " %s: %s%s",
						 toolkit_count_begin((long)i + 1, number), f->documents[i].title,
						 toolkit_stop(f->documents[i].title));
	}
	if (f->count > TITLES_TOLD_MAX)
		snprintf(text + used, sizeof text - used, " And %s more.",
			 toolkit_count((long)f->count - TITLES_TOLD_MAX, number));
	return toolkit_data(toolkit_ok("%s", text), json_make("count:i titles:j", (int)f->count, titles));
}

/* --- read */

/* The paragraphs of a document; -1 with an answer. */
static int open_document(struct request *r, size_t i, struct paragraphs *p, struct cJSON **answer)
{
	const struct folder_document *d = &r->folder.documents[i];
	char *text = r->at_google ? drive_read(&r->drive, d, answer) : folder_read(&r->folder, i);
	int failed;

	*p = (struct paragraphs){ .count = 0 };
	if (!text) {
		if (!r->at_google)
			*answer = errno == EFBIG ? toolkit_failed("%s is too long to be read aloud.", d->title)
						 : toolkit_failed("%s cannot be read: %s.", d->title, strerror(errno));
		return -1;
	}
	failed = paragraphs_make(p, text, d->markdown);
	free(text);
	if (failed)
		*answer = toolkit_failed("%s cannot be read: there is no memory left.", d->title);
	return failed;
}

/* The paragraphs from `from` on that fit, joined; the last of them in *to. */
static char *join(const struct paragraphs *p, size_t from, size_t *to)
{
	size_t size = PIECE_BYTES + PARAGRAPHS_BYTES_MAX + 2, n = 0, i;
	char *text = malloc(size);

	if (!text)
		return NULL;
	for (i = from; i <= p->count && (i == from || n + strlen(p->all[i - 1]) + 1 <= PIECE_BYTES); i++)
		n += (size_t)snprintf(text + n, size - n, "%s%s", i > from ? "\n" : "", p->all[i - 1]);
	*to = i - 1;
	return text;
}

static struct cJSON *read_piece(const struct request *r, size_t i, const struct paragraphs *p)
{
	const char *title = r->folder.documents[i].title;
	size_t from = (size_t)r->from, to = from;
	bool say_title = from == 1 && !p->titled;
	struct cJSON *answer;
	char *text;

	if (p->count == 0)
		return toolkit_failed("%s is empty.", title);
	if (from > p->count)
		return toolkit_failed("That was the end of %s; it has %zu paragraph%s.", title, p->count,
				      p->count == 1 ? "" : "s");
	text = join(p, from, &to);
	if (!text)
		return toolkit_failed("%s cannot be read: there is no memory left.", title);
	answer = toolkit_ok("%s%s%s%s", say_title ? title : "", say_title ? ".\n" : "", text,
			    to < p->count ? "\nThere is more." : "\nThat is the end.");
	toolkit_data(answer, json_make("title:s n:i paragraphs:i from:i to:i text:s more:b", title, (int)i + 1,
				       (int)p->count, (int)from, (int)to, text, to < p->count));
	free(text);
	return answer;
}

/* The one that is meant, or -1 with an answer. */
static int choose(struct request *r, const char *question, struct cJSON **answer)
{
	int i;

	if (r->folder.count == 0)
		return *answer = none(), -1;
	if (!r->n && !r->name && r->folder.count > 1)
		return *answer = toolkit_failed("%s", question), -1;
	i = !r->n && !r->name ? 0 : folder_find(&r->folder, r->n, r->name);
	if (i == -2)
		*answer = toolkit_failed("Several documents are called like %s. Which one?", r->name);
	else if (i < 0)
		*answer =
			r->n ? toolkit_failed("There is no document with that number; there are %zu.", r->folder.count)
			     : toolkit_failed("There is no document called %s.", r->name);
	return i;
}

static struct cJSON *read_one(struct request *r)
{
	struct paragraphs p = { .count = 0 };
	struct cJSON *answer = NULL;
	int i = choose(r, "Which document shall I read?", &answer);

	if (i >= 0 && open_document(r, (size_t)i, &p, &answer) == 0)
		answer = read_piece(r, (size_t)i, &p);
	paragraphs_close(&p);
	return answer;
}

/* --- find */

static struct cJSON *tell_hits(const struct request *r, const struct index_hit *hits, int count, bool all)
{
	struct cJSON *entries = cJSON_CreateArray();
	char text[TEXT_BYTES] = "", number[TOOLKIT_COUNT_BYTES];
	size_t used = 0;

	if (count && !all)
		used = (size_t)snprintf(text, sizeof text, "Not all of these words are in one place.");
	for (int i = 0; i < count; i++) {
		const char *title = r->folder.documents[hits[i].document].title;

		used += (size_t)snprintf(text + used, sizeof text - used, "%sIn %s, paragraph %s.", used ? " " : "",
					 title, toolkit_count(hits[i].paragraph, number));
		cJSON_AddItemToArray(entries, json_make("n:i title:s paragraph:i text:s", (int)hits[i].document + 1,
							title, (int)hits[i].paragraph, hits[i].excerpt));
	}
	return toolkit_data(count ? toolkit_ok("%s", text) : toolkit_ok("No document has the words %s.", r->name),
			    json_make("found:j", entries));
}

/* The paragraph in which most of the words are, of a document that has them somewhere. */
static void find_paragraph(struct request *r, size_t i, struct index_hit *hit)
{
	struct paragraphs p;
	struct cJSON *answer = NULL;
	int best = 0;

	*hit = (struct index_hit){ .document = i, .paragraph = 1 };
	if (open_document(r, i, &p, &answer) == 0)
		for (size_t k = 0; k < p.count; k++) {
			int has = index_count_words(p.all[k], r->name);

			if (has <= best && k)
				continue;
			best = has;
			hit->paragraph = (long)k + 1;
			snprintf(hit->excerpt, sizeof hit->excerpt, "%.*s",
				 (int)utf8_clip(p.all[k], INDEX_EXCERPT_BYTES), p.all[k]);
		}
	paragraphs_close(&p);
	cJSON_Delete(answer);
}

static struct cJSON *find_at_google(struct request *r)
{
	size_t found[LOOKED_INTO];
	struct index_hit hits[LOOKED_INTO];
	struct cJSON *answer = NULL;
	int count = drive_find(&r->drive, &r->folder, r->name, found, LOOKED_INTO, &answer);

	for (int i = 0; i < count; i++)
		find_paragraph(r, found[i], &hits[i]);
	return count < 0 ? answer : tell_hits(r, hits, count, true);
}

static struct cJSON *find(struct request *r)
{
	struct index_hit hits[FOUND_MAX];
	struct index index;
	bool all = true;
	int count = -1;

	if (!r->name || !index_has_words(r->name))
		return toolkit_failed("Which words shall I look for?");
	if (r->at_google)
		return find_at_google(r);
	if (index_open(&index, &r->folder) == 0) {
		count = index_find(&index, r->name, true, hits, FOUND_MAX);
		if (count == 0) {
			all = false;
			count = index_find(&index, r->name, false, hits, FOUND_MAX);
		}
	}
	index_close(&index);
	return count < 0 ? toolkit_failed("I cannot look into the documents now.") : tell_hits(r, hits, count, all);
}

/* --- create, append */

static struct cJSON *create(struct request *r)
{
	if (!writing_is_allowed())
		return toolkit_failed("I may read the documents, but not write any.");
	if (!r->name)
		return toolkit_failed("What is the new document to be called?");
	if (!r->text)
		return toolkit_failed("What shall I write?");
	return r->at_google ? drive_create(&r->drive, &r->folder, r->name, r->text)
			    : writing_create(&r->folder, r->name, r->text);
}

static struct cJSON *append(struct request *r)
{
	struct cJSON *answer = NULL;
	int i;

	if (!writing_is_allowed())
		return toolkit_failed("I may read the documents, but not write to them.");
	if (!r->text)
		return toolkit_failed("What shall I write?");
	i = choose(r, "Which document shall I add to?", &answer);
	if (i < 0)
		return answer;
	return r->at_google ? drive_append(&r->drive, &r->folder, i, r->text) : writing_append(&r->folder, i, r->text);
}

static const struct {
	const char *name;
	struct cJSON *(*run)(struct request *r);
} deeds[] = { { "list", list }, { "read", read_one }, { "find", find }, { "create", create }, { "append", append } };

static struct cJSON *run_at_google(struct request *r, size_t deed)
{
	struct cJSON *answer = NULL;

	if (drive_open(&r->drive, &r->folder, &answer) == 0) {
		r->at_google = true;
		answer = deeds[deed].run(r);
	}
	drive_close(&r->drive);
	return answer;
}

static struct cJSON *run(struct request *r, size_t deed)
{
	if (drive_is_set())
		return run_at_google(r, deed);
	if (folder_open(&r->folder) < 0)
		return toolkit_failed("The folder of the documents cannot be opened: %s.", strerror(errno));
	return deeds[deed].run(r);
}

struct cJSON *docs_run(const struct cJSON *arguments)
{
	const char *deed = json_text(arguments, "do"), *name = json_text(arguments, "name");
	const char *text = json_text(arguments, "text");
	struct request r = { .name = name && name[strspn(name, " \t\r\n")] ? name : NULL,
			     .text = text && text[strspn(text, " \t\r\n")] ? text : NULL,
			     .n = json_whole(arguments, "n", 0, 0, FOLDER_DOCUMENTS_MAX),
			     .from = json_whole(arguments, "from", 1, 1, INT_MAX) };
	struct cJSON *answer = NULL;

	for (size_t i = 0; deed && !answer && i < sizeof deeds / sizeof deeds[0]; i++)
		if (strcmp(deed, deeds[i].name) == 0) {
			answer = run(&r, i);
			folder_close(&r.folder);
		}
	return answer ? answer : toolkit_failed("do: list, read, find, create or append expected.");
}
