#include "web_read.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "pagetext.h"
#include "shelf.h"
#include "toolkit.h"
#include "visit.h"

#define PIECE_BYTES 1200u /* about a minute and a half of speech; one paragraph at least */
#define LONG_BYTES 10000u /* for one who reads by eye; an answer has its limit, and text may double in JSON */

struct request {
	const char *url;
	struct url address; /* if url */
	long from;	    /* 0: not said */
	bool at_length;
	struct shelf shelf;
	char why[VISIT_WHY_BYTES];
};

/* --- a piece of a page */

/* Paragraphs from `from` on that fit, joined; the last of them in *to. The array is a list: it is walked once. */
static char *join(const struct cJSON *list, long from, size_t most, long *to)
{
	const struct cJSON *paragraph = cJSON_GetArrayItem(list, (int)from - 1);
	size_t n = 0, size = most + PARAGRAPHS_BYTES_MAX + 2;
	char *text = calloc(1, size);

	for (*to = from - 1; text && paragraph; paragraph = paragraph->next, ++*to) {
		const char *words = cJSON_GetStringValue(paragraph);
		size_t length = words ? strlen(words) : 0;

		if (length > PARAGRAPHS_BYTES_MAX || (*to >= from && n + length + 1 > most))
			break;
		n += (size_t)snprintf(text + n, size - n, "%s%s", *to >= from ? "\n" : "", words ? words : "");
	}
	return text;
}

/* The same call again, after a crash: it gets the same piece. */
static bool is_again(const struct cJSON *page)
{
	const char *key = getenv("RINGDOWN_TOOL_CALL"), *last = json_text(page, "key");

	return key && *key && last && strcmp(key, last) == 0;
}

static void note_position(struct cJSON *page, long from, long to)
{
	const char *key = getenv("RINGDOWN_TOOL_CALL");

	cJSON_DeleteItemFromObjectCaseSensitive(page, "from");
	cJSON_DeleteItemFromObjectCaseSensitive(page, "to");
	cJSON_DeleteItemFromObjectCaseSensitive(page, "key");
	cJSON_AddNumberToObject(page, "from", (double)from);
	cJSON_AddNumberToObject(page, "to", (double)to);
	if (key && *key)
		cJSON_AddStringToObject(page, "key", key);
}

/* A title that the text does not begin with itself. */
static bool says_title(const char *title, const char *text)
{
	size_t n = strlen(title);

	while (n && strchr(".!?", title[n - 1]))
		n--;
	return n && strncasecmp(text, title, n) != 0;
}

static struct cJSON *answer_piece(const struct request *r, const struct cJSON *page, long from, long to, long count,
				  const char *text)
{
	const char *title = json_text(page, "title"), *url = json_text(page, "url");
	const char *end = to < count			  ? "There is more."
			  : json_flag(page, "cut", false) ? "That is as much of it as I took; the page goes on."
							  : "That is the end.";
	bool say_title = from == 1 && title && says_title(title, text);
	size_t size = strlen(text) + strlen(end) + ARTICLE_TITLE_BYTES + 8;
	char *whole = malloc(size);
	struct cJSON *answer;

	if (!whole)
		return toolkit_failed("I cannot read that page: there is no memory left.");
	snprintf(whole, size, "%s%s%s%s\n%s", say_title ? title : "", say_title ? toolkit_stop(title) : "",
		 say_title ? "\n" : "", text, end);
	answer = toolkit_data(toolkit_text(whole), json_make("title:s url:s paragraphs:i from:i to:i text:s? more:b",
							     title ? title : "", url ? url : "", (int)count, (int)from,
							     (int)to, r->at_length ? NULL : text, to < count));
	free(whole);
	return answer;
}

static struct cJSON *read_piece(const struct request *r, struct cJSON *page)
{
	const struct cJSON *list = json_array(page, "paragraphs");
	long count = cJSON_GetArraySize(list), to = json_whole(page, "to", 0, 0, count), from = to + 1;
	struct cJSON *answer;
	char *text;

	if (r->from)
		from = r->from;
	else if (is_again(page))
		from = json_whole(page, "from", 1, 1, count);
	if (from > count)
		return toolkit_failed("That was the end of the page; it has %ld paragraph%s.", count,
				      count == 1 ? "" : "s");
	text = join(list, from, r->at_length ? LONG_BYTES : PIECE_BYTES, &to);
	if (!text || to < from) {
		free(text);
		return toolkit_failed("I cannot read that page: there is no memory left.");
	}
	answer = answer_piece(r, page, from, to, count, text);
	free(text);
	note_position(page, from, to);
	return answer;
}

/* --- opening one */

static struct cJSON *without_shelf(struct request *r, const struct visit *v, const struct pagetext *t)
{
	char url[URL_BYTES + 200];
	struct cJSON *page =
		json_make("url:s title:s cut:b paragraphs:j", url_print(&v->at, url, sizeof url), t->title, (int)t->cut,
			  cJSON_CreateStringArray((const char *const *)t->paragraphs.all, (int)t->paragraphs.count));
	struct cJSON *answer = read_piece(r, page);

	cJSON_Delete(page);
	return answer;
}

/* Onto the shelf, which for a caller without a number there is none. */
static struct cJSON *take_down(struct request *r, const struct visit *v, const struct pagetext *t)
{
	char url[URL_BYTES + 200], asked[URL_BYTES + 200];
	struct cJSON *page, *answer;

	if (shelf_open(&r->shelf, r->why, sizeof r->why) < 0)
		return without_shelf(r, v, t);
	page = shelf_put(&r->shelf, url_print(&v->at, url, sizeof url), t->title, t->cut, &t->paragraphs);
	if (!page)
		return toolkit_failed("I cannot read that page: there is no memory left.");
	cJSON_AddStringToObject(page, "asked", url_print(&r->address, asked, sizeof asked));
	answer = read_piece(r, page);
	(void)shelf_write(&r->shelf, r->why, sizeof r->why); /* it cannot go on later, but it can be read now */
	return answer;
}

static unsigned patience_s(void)
{
	const char *setting = getenv("RINGDOWN_SETTING_SECONDS");
	long seconds = setting ? strtol(setting, NULL, 10) : 0;

	return seconds > 0 && seconds <= WEB_READ_TIMEOUT_S ? (unsigned)seconds : WEB_READ_TIMEOUT_S;
}

static struct cJSON *open_page(struct request *r)
{
	struct visit v;
	struct pagetext t = { .cut = false };
	struct cJSON *answer;

	toolkit_progress("opening %s", r->address.host);
	if (visit(&v, &r->address, getenv("RINGDOWN_SETTING_PRIVATE"), patience_s(), r->why) < 0 ||
	    pagetext_make(&t, v.page.body, v.page.body_bytes, v.page.type, v.at.target, v.page.cut, r->why) < 0)
		answer = toolkit_failed("%s", r->why);
	else
		answer = take_down(r, &v, &t);
	pagetext_close(&t);
	visit_close(&v);
	return answer;
}

static struct cJSON *go_on(struct request *r)
{
	char url[URL_BYTES + 200];
	struct cJSON *page = NULL, *answer;

	if (shelf_open(&r->shelf, r->why, sizeof r->why) == 0)
		page = shelf_find(&r->shelf, r->url ? url_print(&r->address, url, sizeof url) : NULL);
	if (!page) {
		shelf_close(&r->shelf);
		return r->url ? open_page(r)
			      : toolkit_failed("There is no page that I was reading. Which one shall I open?");
	}
	answer = read_piece(r, page);
	(void)shelf_write(&r->shelf, r->why, sizeof r->why); /* it is read all the same */
	return answer;
}

struct cJSON *web_read_run(const struct cJSON *arguments)
{
	const char *deed = json_text(arguments, "do"), *url = json_text(arguments, "url");
	struct request r = { .url = url && url[strspn(url, " \t\r\n")] ? url : NULL,
			     .from = json_whole(arguments, "from", 0, 0, WEB_READ_FROM_MAX),
			     .at_length = json_flag(arguments, "long", false),
			     .shelf = { .keep = { .lock = -1 } } };
	struct cJSON *answer;

	if (!deed || (strcmp(deed, "open") != 0 && strcmp(deed, "more") != 0))
		return toolkit_failed("do: open or more expected.");
	if (!r.url && strcmp(deed, "open") == 0)
		return toolkit_failed("Which page shall I open? I need its address.");
	if (r.url && visit_read_address(&r.address, r.url) < 0)
		return toolkit_failed("That is no address of a page that I could open.");
	answer = strcmp(deed, "open") == 0 ? open_page(&r) : go_on(&r);
	shelf_close(&r.shelf);
	return answer;
}
