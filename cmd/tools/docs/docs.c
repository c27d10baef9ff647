#include "docs.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "json.h"
#include "paragraphs.h"
#include "toolkit.h"
#include "utf8.h"

#define PIECE_BYTES 1200u /* about a minute and a half of speech; one paragraph at least */
#define ENTRIES_MAX 80u	  /* in data: an answer has its limit */
#define TITLES_TOLD_MAX 8
#define FOUND_MAX 5
#define EXCERPT_BYTES 160u
#define TEXT_BYTES 1900

struct request {
	const char *name;
	long n, from;
	struct folder folder;
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
static int open_document(const struct request *r, size_t i, struct paragraphs *p, struct cJSON **answer)
{
	const struct folder_document *d = &r->folder.documents[i];
	char *text = folder_read(&r->folder, i);
	int failed;

	*p = (struct paragraphs){ .count = 0 };
	if (!text) {
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

static struct cJSON *read_one(struct request *r)
{
	struct paragraphs p;
	struct cJSON *answer = NULL;
	int i;

	if (r->folder.count == 0)
		return none();
	if (!r->n && !r->name && r->folder.count > 1)
		return toolkit_failed("Which document shall I read?");
	i = !r->n && !r->name ? 0 : folder_find(&r->folder, r->n, r->name);
	if (i == -2)
		return toolkit_failed("Several documents are called like %s. Which one?", r->name);
	if (i < 0)
		return r->n ? toolkit_failed("There is no document with that number; there are %zu.", r->folder.count)
			    : toolkit_failed("There is no document called %s.", r->name);
	if (open_document(r, (size_t)i, &p, &answer) == 0)
		answer = read_piece(r, (size_t)i, &p);
	paragraphs_close(&p);
	return answer;
}

/* --- find */

#define BETWEEN_WORDS " \t\r\n,.?!"

/* Every word of the question occurs. */
static bool has_words(const char *text, const char *words)
{
	char word[128];

	for (; *words; words += strspn(words, BETWEEN_WORDS)) {
		size_t n = strcspn(words, BETWEEN_WORDS);

		snprintf(word, sizeof word, "%.*s", (int)n, words);
		if (n && !strcasestr(text, word))
			return false;
		words += n;
	}
	return true;
}

/* The first paragraph with the words, from 1; 0: none has them. */
static size_t look_into(const struct request *r, size_t i, char excerpt[EXCERPT_BYTES + 1])
{
	struct paragraphs p;
	struct cJSON *answer = NULL;
	size_t at = 0;

	if (open_document(r, i, &p, &answer) == 0)
		for (size_t k = 0; !at && k < p.count; k++)
			if (has_words(p.all[k], r->name)) {
				at = k + 1;
				snprintf(excerpt, EXCERPT_BYTES + 1, "%.*s", (int)utf8_clip(p.all[k], EXCERPT_BYTES),
					 p.all[k]);
			}
	paragraphs_close(&p);
	cJSON_Delete(answer);
	return at;
}

static struct cJSON *find(struct request *r)
{
	struct cJSON *entries;
	char text[TEXT_BYTES], number[TOOLKIT_COUNT_BYTES], excerpt[EXCERPT_BYTES + 1];
	size_t used = 0, found = 0;

	if (!r->name || !r->name[strspn(r->name, BETWEEN_WORDS)])
		return toolkit_failed("Which words shall I look for?");
	entries = cJSON_CreateArray();
	for (size_t i = 0; found < FOUND_MAX && i < r->folder.count; i++) {
		const char *title = r->folder.documents[i].title;
		size_t at = look_into(r, i, excerpt);

		if (!at)
			continue;
		found++;
		used += (size_t)snprintf(text + used, sizeof text - used, "%sIn %s, paragraph %s.", used ? " " : "",
					 title, toolkit_count((long)at, number));
		cJSON_AddItemToArray(entries,
				     json_make("n:i title:s paragraph:i text:s", (int)i + 1, title, (int)at, excerpt));
	}
	if (!found)
		return toolkit_data(toolkit_ok("No document has the words %s.", r->name),
				    json_make("found:j", entries));
	return toolkit_data(toolkit_ok("%s", text), json_make("found:j", entries));
}

static const struct {
	const char *name;
	struct cJSON *(*run)(struct request *r);
} deeds[] = { { "list", list }, { "read", read_one }, { "find", find } };

static struct cJSON *run(struct request *r, size_t deed)
{
	if (folder_open(&r->folder) < 0)
		return toolkit_failed("The folder of the documents cannot be opened: %s.", strerror(errno));
	return deeds[deed].run(r);
}

struct cJSON *docs_run(const struct cJSON *arguments)
{
	const char *deed = json_text(arguments, "do"), *name = json_text(arguments, "name");
	struct request r = { .name = name && name[strspn(name, " \t\r\n")] ? name : NULL,
			     .n = json_whole(arguments, "n", 0, 0, FOLDER_DOCUMENTS_MAX),
			     .from = json_whole(arguments, "from", 1, 1, INT_MAX) };
	struct cJSON *answer = NULL;

	for (size_t i = 0; deed && !answer && i < sizeof deeds / sizeof deeds[0]; i++)
		if (strcmp(deed, deeds[i].name) == 0) {
			answer = run(&r, i);
			folder_close(&r.folder);
		}
	return answer ? answer : toolkit_failed("do: list, read or find expected.");
}
