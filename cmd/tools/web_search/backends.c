#include "backends.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ask.h"
#include "json.h"
#include "toolkit.h"
#include "url.h"
#include "utf8.h"

#define TITLE_BYTES 160u
#define SNIPPET_BYTES 500u
#define ANSWER_BYTES 600u

/* --- asking */

static struct cJSON *ask_tavily(const struct search *s, char *path)
{
	snprintf(path, BACKENDS_PATH_BYTES, "/search");
	return json_make(
		"query:s search_depth:s topic:s max_results:i include_answer:b include_raw_content:b time_range:s?",
		s->query, "basic", "general", s->count, 0, 0, s->time);
}

static struct cJSON *ask_brave(const struct search *s, char *path)
{
	static const struct {
		const char *time, *word;
	} times[] = { { "day", "pd" }, { "week", "pw" }, { "month", "pm" }, { "year", "py" } };
	char words[3 * BACKENDS_QUERY_BYTES + 4], language[32];
	int n = snprintf(path, BACKENDS_PATH_BYTES,
			 "/res/v1/web/search?q=%s&count=%d&text_decorations=false&result_filter=web",
			 ask_escape(s->query, words, sizeof words), s->count);

	if (s->language)
		n += snprintf(path + n, BACKENDS_PATH_BYTES - (size_t)n, "&search_lang=%s",
			      ask_escape(s->language, language, sizeof language));
	for (size_t i = 0; s->time && i < sizeof times / sizeof times[0]; i++)
		if (strcmp(s->time, times[i].time) == 0)
			snprintf(path + n, BACKENDS_PATH_BYTES - (size_t)n, "&freshness=%s", times[i].word);
	return NULL;
}

/* It knows no weeks: a month is the next longer time. */
static struct cJSON *ask_searxng(const struct search *s, char *path)
{
	char words[3 * BACKENDS_QUERY_BYTES + 4], language[32];
	const char *time = s->time && strcmp(s->time, "week") == 0 ? "month" : s->time;
	int n = snprintf(path, BACKENDS_PATH_BYTES, "/search?q=%s&format=json&categories=general",
			 ask_escape(s->query, words, sizeof words));

	if (s->language)
		n += snprintf(path + n, BACKENDS_PATH_BYTES - (size_t)n, "&language=%s",
			      ask_escape(s->language, language, sizeof language));
	if (time)
		snprintf(path + n, BACKENDS_PATH_BYTES - (size_t)n, "&time_range=%s", time);
	return NULL;
}

static const struct backend all[] = {
	{ .name = "tavily",
	  .base = "https://api.tavily.com",
	  .secret = "TAVILY_API_KEY",
	  .posts = true,
	  .ask = ask_tavily },
	{ .name = "brave",
	  .base = "https://api.search.brave.com",
	  .secret = "BRAVE_API_KEY",
	  .key_header = "X-Subscription-Token: ",
	  .within = "web",
	  .one_a_second = true,
	  .ask = ask_brave },
	{ .name = "searxng", .ask = ask_searxng },
};

const struct backend *backends_find(const char *name)
{
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strcmp(all[i].name, name) == 0)
			return &all[i];
	return NULL;
}

struct cJSON *backends_ask(const struct backend *b, const struct search *s, char path[BACKENDS_PATH_BYTES])
{
	return b->ask(s, path);
}

/* --- reading */

static const char *pass_entity(const char *p, char **out)
{
	static const struct {
		const char *name, *is;
	} known[] = { { "&amp;", "&" },
		      { "&lt;", "<" },
		      { "&gt;", ">" },
		      { "&quot;", "\"" },
		      { "&#39;", "'" },
		      { "&#x27;", "'" },
		      { "&apos;", "'" },
		      { "&nbsp;", " " },
		      { "&#34;", "\"" },
		      { "&#x2F;", "/" },
		      { "&hellip;", "\xe2\x80\xa6" } };

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strncasecmp(p, known[i].name, strlen(known[i].name)) == 0) {
			*out = stpcpy(*out, known[i].is);
			return p + strlen(known[i].name);
		}
	*(*out)++ = *p;
	return p + 1;
}

static bool is_tag(const char *p)
{
	return *p == '<' && (p[1] == '/' || (p[1] >= 'a' && p[1] <= 'z') || (p[1] >= 'A' && p[1] <= 'Z')) &&
	       strchr(p, '>');
}

/* Without marks and in one line, at most so many bytes, cut at a word. */
static void plain(const char *text, char *out, size_t size)
{
	size_t most = utf8_clip(text, 4 * size), n = 0;
	char *copy = strndup(text, most), *to = copy;

	out[0] = 0;
	if (!copy)
		return;
	for (const char *p = text; p < text + most;)
		if (is_tag(p))
			p = strchr(p, '>') + 1;
		else
			p = *p == '&' ? pass_entity(p, &to) : (*to++ = *p, p + 1);
	*to = 0;
	for (const char *p = copy; *p; p++) /* one space for many */
		if ((unsigned char)*p > ' ')
			copy[n++] = *p;
		else if (n && copy[n - 1] != ' ')
			copy[n++] = ' ';
	copy[n] = 0;
	toolkit_line(copy, out, size);
	if (n >= size && strrchr(out, ' '))
		*strrchr(out, ' ') = 0;
	free(copy);
}

static bool is_there(const struct cJSON *results, const char *url)
{
	const struct cJSON *one;
	size_t n = strcspn(url, "#");

	cJSON_ArrayForEach(one, results) {
		const char *theirs = json_text(one, "url");

		if (theirs && strcspn(theirs, "#") == n && strncmp(theirs, url, n) == 0)
			return true;
	}
	return false;
}

static const char *first_text(const struct cJSON *one, const char *const *keys)
{
	for (; *keys; keys++)
		if (json_text(one, *keys))
			return json_text(one, *keys);
	return NULL;
}

static void add_result(struct cJSON *results, const struct cJSON *one)
{
	static const char *const snippets[] = { "content", "description", NULL };
	static const char *const dates[] = { "published_date", "publishedDate", "age", "page_age", NULL };
	const char *url = json_text(one, "url"), *name = json_text(one, "title"), *words = first_text(one, snippets);
	const char *when = first_text(one, dates);
	char title[TITLE_BYTES], snippet[SNIPPET_BYTES], date[40] = "";
	const char *source;
	struct url u;

	if (!url || url_read(&u, url) < 0 || strncmp(u.scheme, "http", 4) != 0 || is_there(results, url))
		return;
	source = strncmp(u.host, "www.", 4) == 0 ? u.host + 4 : u.host;
	plain(name && *name ? name : source, title, sizeof title);
	plain(words ? words : "", snippet, sizeof snippet);
	if (when)
		plain(when, date, sizeof date);
	cJSON_AddItemToArray(results,
			     json_make("n:i title:s url:s snippet:s date:s? source:s", cJSON_GetArraySize(results) + 1,
				       title, url, snippet, *date ? date : NULL, source));
}

/* A text, or an object that has it: by version. */
static const char *answer_of(const struct cJSON *answer)
{
	const struct cJSON *list = json_array(answer, "answers"), *first = list ? list->child : NULL;

	if (json_text(answer, "answer"))
		return json_text(answer, "answer");
	return cJSON_IsString(first) ? cJSON_GetStringValue(first) : json_text(first, "answer");
}

struct cJSON *backends_read(const struct backend *b, const struct cJSON *answer, int count, bool *dumb)
{
	const struct cJSON *list = json_array(b->within ? json_object(answer, b->within) : answer, "results"), *one;
	struct cJSON *results = cJSON_CreateArray();
	const char *told = answer_of(answer);
	char words[ANSWER_BYTES] = "";

	cJSON_ArrayForEach(one, list)
		if (cJSON_GetArraySize(results) < count)
			add_result(results, one);
	if (told)
		plain(told, words, sizeof words);
	*dumb = cJSON_GetArraySize(results) == 0 && !*words &&
		cJSON_GetArraySize(json_array(answer, "unresponsive_engines")) > 0;
	return json_make("results:j answer:s?", results, *words ? words : NULL);
}
