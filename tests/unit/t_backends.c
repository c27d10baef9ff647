#include "../../cmd/tools/web_search/backends.h"

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static const struct {
	const char *backend;
	struct search search;
	const char *path, *body;
} questions[] = {
	{ "tavily", { "a \"b\"", "day", NULL, 3 }, "/search",
	  "{\"query\":\"a \\\"b\\\"\",\"search_depth\":\"basic\",\"topic\":\"general\",\"max_results\":3,"
	  "\"include_answer\":false,\"include_raw_content\":false,\"time_range\":\"day\"}" },
	{ "brave", { "a&b c", NULL, NULL, 5 },
	  "/res/v1/web/search?q=a%26b%20c&count=5&text_decorations=false&result_filter=web", NULL },
	{ "brave", { "x", "year", "de", 1 },
	  "/res/v1/web/search?q=x&count=1&text_decorations=false&result_filter=web&search_lang=de&freshness=py", NULL },
	{ "searxng", { "k\xc3\xb6ln=?", "week", "sv", 1 },
	  "/search?q=k%C3%B6ln%3D%3F&format=json&categories=general&language=sv&time_range=month", NULL },
};

static void questions_are_written(void **state)
{
	char path[BACKENDS_PATH_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		struct cJSON *body = backends_ask(backends_find(questions[i].backend), &questions[i].search, path);
		char *text = body ? json_print(body) : NULL;

		assert_string_equal(path, questions[i].path);
		assert_int_equal(text != NULL, questions[i].body != NULL);
		if (text)
			assert_string_equal(text, questions[i].body);
		free(text);
	}
	assert_null(backends_find("duckduckgo"));
}

#define ONE "{\"title\":\"T\",\"url\":\"https://www.example.com/\",\"content\":\"c\"}"

static const struct {
	const char *backend, *answer, *read;
	bool dumb;
} answers[] = {
	{ "tavily", "{}", "{\"results\":[]}", false },
	{ "tavily", "{\"results\":[" ONE "," ONE "]}",
	  "{\"results\":[{\"n\":1,\"title\":\"T\",\"url\":\"https://www.example.com/\",\"snippet\":\"c\",\"source\":\"example.com\"}]}",
	  false },
	{ "brave", "{\"web\":{\"results\":[{\"title\":\"<strong>A</strong> &lt;b\",\"url\":\"http://a.example.com/\","
		   "\"description\":\"1 < 2 &amp;amp; <i>so</i>\\n\\ton\",\"age\":\"May 1\"}]}}",
	  "{\"results\":[{\"n\":1,\"title\":\"A <b\",\"url\":\"http://a.example.com/\",\"snippet\":\"1 < 2 &amp; so on\","
	  "\"date\":\"May 1\",\"source\":\"a.example.com\"}]}",
	  false },
	{ "brave", "{\"results\":[" ONE "]}", "{\"results\":[]}", false },
	{ "searxng", "{\"results\":[],\"unresponsive_engines\":[[\"x\",\"timeout\"]]}", "{\"results\":[]}", true },
	{ "searxng", "{\"results\":[],\"unresponsive_engines\":[[\"x\",\"y\"]],\"answers\":[\"<b>42</b>\"]}",
	  "{\"results\":[],\"answer\":\"42\"}", false },
	{ "searxng", "{\"results\":{\"a\":1},\"answers\":[{\"x\":1}]}", "{\"results\":[]}", false },
	{ "searxng", "{\"results\":[{\"url\":\"ftp://x/\"},{\"url\":\"ws://x.example.com/\"},{\"url\":\"https://u@x/\"},7,null,"
		     "{\"title\":\"no url\"},{\"url\":\"\"}]}",
	  "{\"results\":[]}", false },
};

static void answers_become_results(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		struct cJSON *answer = json_parse(answers[i].answer, strlen(answers[i].answer));
		bool dumb;
		char *text = json_print(backends_read(backends_find(answers[i].backend), answer, 5, &dumb));

		assert_string_equal(text, answers[i].read);
		assert_int_equal(dumb, answers[i].dumb);
		free(text);
		cJSON_Delete(answer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_written),
		cmocka_unit_test(answers_become_results),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
