#include "web_search.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "api.h"
#include "backends.h"
#include "clock.h"
#include "json.h"
#include "paths.h"
#include "secret.h"
#include "toolkit.h"
#include "utf8.h"

#define TOLD_MAX 3
#define TOLD_BYTES 200u /* of each, aloud */
#define WHO "The search service"

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

const struct backend *web_search_backend(char why[WEB_SEARCH_WHY_BYTES])
{
	const char *name = setting("RINGDOWN_SETTING_BACKEND"), *url = setting("RINGDOWN_SETTING_URL");
	const struct backend *b = name ? backends_find(name) : NULL;

	if (!b) {
		snprintf(why, WEB_SEARCH_WHY_BYTES,
			 "no search service; set tool \"web_search\" { settings = { \"backend=tavily\" }   secret = "
			 "\"TAVILY_API_KEY\" }, or backend=brave with BRAVE_API_KEY, or backend=searxng with "
			 "url=ADDRESS");
		return NULL;
	}
	if (!b->base && !url) {
		snprintf(why, WEB_SEARCH_WHY_BYTES,
			 "no address; set tool \"web_search\" { settings = { \"backend=searxng\", \"url=ADDRESS\" } }");
		return NULL;
	}
	if (b->secret && url && !api_is_safe(url)) {
		snprintf(why, WEB_SEARCH_WHY_BYTES,
			 "its url is neither HTTPS nor this machine, and the key goes there");
		return NULL;
	}
	return b;
}

/* --- asking */

/* One second between two questions, of all calls: the service's small plan allows no more. The lock, or -1: without
 * one it is asked all the same. */
static int wait_for_turn(void)
{
	const char *folder = setting("RINGDOWN_TOOL_DIR");
	char path[PATHS_MAX_BYTES];
	struct timespec now, pause = { .tv_nsec = 0 };
	struct stat st;
	int fd;
	long since_ms;

	if (!folder || paths_mkdir(folder) < 0 || paths_format(path, sizeof path, "%s/lock", folder) < 0)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX) < 0 || fstat(fd, &st) < 0 || !st.st_size)
		return fd; /* empty: nobody has asked yet */
	clock_gettime(CLOCK_REALTIME, &now);
	since_ms = (now.tv_sec - st.st_mtim.tv_sec) * 1000 + (now.tv_nsec - st.st_mtim.tv_nsec) / 1000000;
	if (since_ms >= 0 && since_ms < 1100)
		pause = (struct timespec){ .tv_sec = (1100 - since_ms) / 1000,
					   .tv_nsec = (1100 - since_ms) % 1000 * 1000000 };
	while (nanosleep(&pause, &pause) < 0 && errno == EINTR)
		;
	return fd;
}

static void give_turn(int fd)
{
	if (fd < 0)
		return;
	(void)!pwrite(fd, "\n", 1, 0); /* its time is when; else the next one comes too soon, and is told so */
	close(fd);
}

static struct cJSON *refuse(const struct api *a, const struct backend *b, const char *path, const struct api_reply *r)
{
	struct trouble t;

	(void)api_trouble(&t, a, WHO, path, r);
	switch (r->answer.status) {
	case 401:
		return toolkit_unavailable(WHO " does not accept our key; %s has to be renewed.",
					   b->secret ? b->secret : "it");
	case 403:
		return b->secret ? toolkit_unavailable(WHO " does not accept our key; %s has to be renewed.", b->secret)
				 : toolkit_unavailable(WHO " gives no answers to programs: its settings must list json "
							   "among search formats.");
	case 429: return toolkit_failed(WHO " has been asked too often. Try again in a minute.");
	case 432:
	case 433: return toolkit_failed("What our plan with the search service allows is used up for now.");
	case 400:
	case 422: return toolkit_failed(WHO " does not understand that question. Put it in fewer words.");
	}
	return trouble_answer(&t);
}

/* --- telling */

static size_t tell_one(char *out, size_t size, const struct cJSON *one)
{
	const char *title = json_text(one, "title"), *source = json_text(one, "source"),
		   *snippet = json_text(one, "snippet");
	char number[TOOLKIT_COUNT_BYTES];
	size_t clip = utf8_clip(snippet, TOLD_BYTES);

	for (size_t n = clip; snippet[clip] && n > TOLD_BYTES / 3; n--) /* a whole sentence, if one ends there */
		if (snippet[n] == ' ' && strchr(".!?", snippet[n - 1])) {
			clip = n;
			break;
		}
	while (snippet[clip] && clip && snippet[clip] != ' ')
		clip--;
	return (size_t)snprintf(out, size, " %s: %s, at %s%s%.*s%s",
				toolkit_count_begin(json_whole(one, "n", 0, 0, 99), number), title, source,
				clip ? ": " : ".", (int)clip, snippet,
				clip && !strchr(".!?", snippet[clip - 1]) ? (snippet[clip] ? " and so on." : ".") : "");
}

static struct cJSON *tell(const char *query, struct cJSON *found)
{
	const struct cJSON *results = json_array(found, "results"), *one;
	const char *answer = json_text(found, "answer");
	int count = cJSON_GetArraySize(results), told = 0;
	char text[2000], number[TOOLKIT_COUNT_BYTES];
	size_t used = 0;

	if (!count && !answer)
		return toolkit_data(toolkit_ok("I found nothing about %.300s.", query), found);
	if (answer)
		used += (size_t)snprintf(text, sizeof text, "%s%s%s", answer, toolkit_stop(answer), count ? " " : "");
	if (count)
		used += (size_t)snprintf(text + used, sizeof text - used, "I found %s page%s.",
					 toolkit_count(count, number), count == 1 ? "" : "s");
	cJSON_ArrayForEach(one, results)
		if (told++ < TOLD_MAX && used < sizeof text - TOLD_BYTES)
			used += tell_one(text + used, sizeof text - used, one);
	return toolkit_data(toolkit_ok("%s", text), found);
}

static struct cJSON *search(struct api *a, const struct backend *b, const struct search *s)
{
	char path[BACKENDS_PATH_BYTES];
	struct cJSON *body = backends_ask(b, s, path), *found, *answer;
	struct api_reply r;
	bool dumb;
	int turn = b->one_a_second ? wait_for_turn() : -1;

	api_call(a, b->posts ? "POST" : "GET", path, NULL, body, &r);
	give_turn(turn);
	if (r.answer.status < 200 || r.answer.status >= 300 || !r.json) {
		answer = refuse(a, b, path, &r);
	} else {
		found = backends_read(b, r.json, s->count, &dumb);
		if (dumb) {
			cJSON_Delete(found);
			answer = toolkit_failed("The search engines do not answer right now. Try again later.");
		} else {
			answer = tell(s->query, found);
		}
	}
	api_reply_close(&r);
	return answer;
}

static struct cJSON *search_with_key(const struct backend *b, const struct search *s)
{
	const char *url = setting("RINGDOWN_SETTING_URL");
	char key[SECRET_MAX_BYTES] = "", header[SECRET_MAX_BYTES + 64];
	struct api a;
	struct cJSON *answer;

	if (b->secret && secret_take(b->secret, key, sizeof key) < 0)
		return toolkit_unavailable("I cannot search: the key %s is not there.", b->secret);
	if (api_open(&a, url ? url : b->base, WEB_SEARCH_TIMEOUT_S - 1) < 0)
		return toolkit_unavailable("I cannot search: the address in the settings is none.");
	a.reads = true;
	snprintf(header, sizeof header, "%s%s", b->key_header ? b->key_header : "", key);
	if (b->key_header)
		a.headers[0] = header;
	else if (b->secret)
		a.bearer = key;
	answer = search(&a, b, s);
	api_close(&a);
	secret_wipe(key, sizeof key);
	secret_wipe(header, sizeof header);
	return answer;
}

struct cJSON *web_search_run(const struct cJSON *arguments)
{
	const char *words = json_text(arguments, "query");
	char why[WEB_SEARCH_WHY_BYTES], query[BACKENDS_QUERY_BYTES + 1];
	const struct backend *b = web_search_backend(why);
	struct search s = { .query = query,
			    .time = json_text(arguments, "time"),
			    .language = setting("RINGDOWN_SETTING_LANGUAGE"),
			    .count = (int)json_whole(arguments, "count", WEB_SEARCH_COUNT, 1, BACKENDS_RESULTS_MAX) };

	if (!b)
		return toolkit_unavailable("I cannot search: %s.", why);
	toolkit_line(words ? words : "", query, sizeof query);
	if (!*query)
		return toolkit_failed("What shall I search for?");
	return search_with_key(b, &s);
}
